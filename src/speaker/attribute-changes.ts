/** The difference between two sets of path attributes, for people. */
import type { Blob } from '../engine/rewrite.ts';
import type { ExplainedChange } from '../rib/transform.ts';
import { attributeByCode } from '../wire/attributes/index.ts';
import { readAttributes } from '../wire/attributes/view.ts';

/** What is different in the canonical blob `after`, by attribute. */
export function attributeChanges(before: Blob, after: Blob): ExplainedChange[] {
  const old = texts(before);
  const now = texts(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((attribute) => ({ attribute, before: old.get(attribute), after: now.get(attribute) }))
    .filter((change) => change.before !== change.after);
}

function texts({ bytes, start, end }: Blob): Map<string, string> {
  const { attributes, unknown } = readAttributes(bytes, start, end);
  const result = new Map<string, string>();
  for (const spec of attributeByCode) {
    const value = spec && (attributes as Readonly<Record<string, unknown>>)[spec.name];
    if (spec !== undefined && value !== undefined) result.set(spec.name, spec.format(value));
  }
  for (const { code, hex } of unknown) result.set(`attribute ${code}`, hex);
  return result;
}
