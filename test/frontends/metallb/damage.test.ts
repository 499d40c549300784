/** Manifests that somebody, or something, has damaged: a word about each object, and never an exception. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { readFiles } from '../../../src/frontends/metallb/manifest-files.ts';
import { objectStatuses } from '../../../src/frontends/metallb/object-status.ts';
import { evaluateText } from './evaluated.ts';
import { examples } from './example.ts';

const texts = examples
  .flatMap(({ manifests }) => [...readFiles([manifests]).keys()])
  .map((path) => readFileSync(path, 'utf8'));

/** All places of a document: the holder of a value and its key. */
function placesIn(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [
    [holder, key] as [Record<string, unknown>, string],
    ...placesIn(holder[key]),
  ]);
}

const junk = fc.constantFrom<unknown>(
  null,
  '',
  'x',
  '__proto__',
  '192.0.2.1',
  '::/0',
  '0.0.0.0/0',
  -1,
  1e99,
  true,
  [],
  [null],
  {},
  { __proto__: null, constructor: 'x' },
  [[['deep']]],
);

test('any values replaced or removed, any lines cut: every object still has a status', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.oneof(junk, fc.constant(undefined))), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(fc.constantFrom(...texts), damage, fc.option(fc.nat(), { freq: 5 }), (text, changes, cut) => {
      const documents = parseAllDocuments(text).map((document) => document.toJS() as unknown);
      const root = { documents };
      for (const [number, value] of changes) {
        const places = placesIn(root.documents);
        if (places.length === 0) break;
        const [holder, key] = places[number % places.length]!;
        if (value === undefined) delete holder[key];
        else holder[key] = structuredClone(value);
      }
      const damaged = root.documents.map((one) => stringify(one ?? null)).join('---\n');
      const evaluation = evaluateText(cut === null ? damaged : damaged.slice(0, cut % damaged.length));
      const statuses = objectStatuses(evaluation);
      expect(statuses).toHaveLength(evaluation.objects.length);
      for (const { state, reason } of statuses)
        expect(state === 'accepted' || reason !== undefined).toBe(true);
      for (const { prefix } of evaluation.routes) expect(prefix).toMatch(/^[\da-f.:]+\/\d+$/);
    }),
    { numRuns: 400 },
  );
}, 60_000);
