/**
 * `tests` of a file: checked so far that running them cannot fail for another reason than the policy.
 */
import { canonicalAddress, parseAddress } from '../base/address.ts';
import { formatPrefix, parsePrefix } from '../base/prefix.ts';
import { attributeOctets, type PolicyTest } from '../policy/test-run.ts';
import type { Policy } from '../policy/types.ts';
import { ATTRIBUTES, attributeByName } from '../wire/attributes/index.ts';
import type { JsonValue } from '../wire/json-value.ts';
import type { Report } from './diagnostic.ts';
import type { KeyPath } from './key-path.ts';
import { resolvePolicyNames } from './policy-resolve.ts';
import type { FileInput, PolicyTestInput } from './schema.ts';
import { suggest } from './suggest.ts';
import type { NeighborConfig } from './types.ts';

/** What tests are resolved against. */
interface TestContext {
  readonly policies: readonly Policy[];
  readonly neighbors: readonly NeighborConfig[];
}

/** Address of the neighbor in a test that names none. */
const ANY_NEIGHBOR = '192.0.2.1';

/** The tests of the file that can be run; what is wrong with the others has been reported. */
export function resolvePolicyTests(file: FileInput, context: TestContext, report: Report): PolicyTest[] {
  return (file.tests ?? []).flatMap((input, i) => {
    const test = resolveTest(input, ['tests', i], file, context, report);
    return test === undefined ? [] : [test];
  });
}

function resolveTest(
  input: PolicyTestInput,
  path: KeyPath,
  file: FileInput,
  context: TestContext,
  report: Report,
): PolicyTest | undefined {
  const direction = input.direction ?? 'import';
  const neighbor = findNeighbor(input.neighbor, [...path, 'neighbor'], context, report);
  const policies =
    resolvePolicyNames(input.policy, [...path, 'policy'], file, report) ?? neighbor?.[direction];
  if (policies === undefined) {
    const hint = `add \`policy: NAME\`, or the \`neighbor\` whose ${direction} policies are meant`;
    if (input.neighbor === undefined || neighbor !== undefined)
      report.error(path, 'the test does not say which policy it is about', hint, 'key');
    return undefined;
  }
  const prefix = prefixOf(input.route.prefix, [...path, 'route', 'prefix'], report);
  checkAttributes(input.route.attributes, [...path, 'route', 'attributes'], false, report);
  checkAttributes(input.attributes, [...path, 'attributes'], true, report);
  if (prefix === undefined) return undefined;
  const address = neighbor?.address ?? canonicalAddress(input.neighbor ?? '') ?? ANY_NEIGHBOR;
  const from = input.route.from ?? (direction === 'import' ? address : undefined);
  const fromNeighbor = context.neighbors.find((one) => one.address === from);
  return {
    name: input.name,
    place: report.locate(path),
    policies,
    session: {
      direction,
      address,
      peerGroup: neighbor?.peerGroup,
      self: [parseAddress('192.0.2.254'), parseAddress('2001:db8::254')],
    },
    route: {
      prefix,
      source: input.route.source ?? 'external',
      from: from === undefined ? undefined : { address: from, group: fromNeighbor?.peerGroup },
      attributes: (input.route.attributes ?? {}) as Record<string, JsonValue>,
    },
    expect: input.expect,
    decidedBy: input['decided-by'],
    attributes: (input.attributes ?? {}) as Record<string, JsonValue | null>,
  };
}

function findNeighbor(
  address: string | undefined,
  path: KeyPath,
  { neighbors }: TestContext,
  report: Report,
): NeighborConfig | undefined {
  if (address === undefined) return undefined;
  const canonical = canonicalAddress(address);
  const found = neighbors.find((neighbor) => neighbor.address === canonical);
  if (found === undefined)
    report.error(path, `there is no neighbor \`${address}\``, 'write the address of one in `neighbors`');
  return found;
}

function prefixOf(text: string, path: KeyPath, report: Report): string | undefined {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return formatPrefix(prefix.bytes, prefix.length);
  report.error(path, `\`${text}\` is not a prefix`, 'write an address and a length, such as `192.0.2.0/24`');
  return undefined;
}

function checkAttributes(
  attributes: Readonly<Record<string, unknown>> | undefined,
  path: KeyPath,
  mayBeAbsent: boolean,
  report: Report,
): void {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    const at = [...path, name];
    if (attributeByName(name) === undefined) {
      const meant = suggestAttribute(name);
      const hint = meant === undefined ? 'docs/decode.md has the names' : `did you mean \`${meant}\`?`;
      report.error(at, `there is no attribute \`${name}\``, hint, 'key');
      continue;
    }
    if (value === null && mayBeAbsent) continue;
    try {
      attributeOctets(name, value as JsonValue);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      report.error(at, `this cannot be ${name}: ${reason}`, 'docs/decode.md has the form of attributes');
    }
  }
}

/** Names of attributes are in camel case, unlike those of the file. */
function suggestAttribute(name: string): string | undefined {
  const kebab = (text: string) => text.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const names = new Map(ATTRIBUTES.map((spec) => [kebab(spec.name), spec.name]));
  const meant = suggest(name, [...names.keys()]);
  return meant === undefined ? undefined : names.get(meant);
}
