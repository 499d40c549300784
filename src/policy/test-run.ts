/**
 * Tests of policies: a route goes in, a verdict and attributes must come out. No speaker and no session is needed.
 */
import { parseAddress } from '../base/address.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { parsePrefix } from '../base/prefix.ts';
import { AttrTable } from '../rib/attr-table.ts';
import { PeerTable, SOURCE_EXTERNAL, SOURCE_INTERNAL } from '../rib/peer-table.ts';
import { PrefixTable4 } from '../rib/prefix-table4.ts';
import { PrefixTable6 } from '../rib/prefix-table6.ts';
import type { RouteExplanation } from '../rib/transform.ts';
import { type AsPathSegment, formatSegments } from '../wire/attributes/as-path-segments.ts';
import { writeAttribute } from '../wire/attributes/blob.ts';
import { attributeByName } from '../wire/attributes/index.ts';
import { CANONICAL_CONTEXT, readAttributes } from '../wire/attributes/view.ts';
import { UNICAST_FAMILIES } from '../wire/families/index.ts';
import { attributeFromJson, attributeToJson, type JsonValue, sameMeaning } from '../wire/json-value.ts';
import { compilePolicy } from './compile.ts';
import { PolicyMemory } from './memo.ts';
import type { Policy, PolicySession, RouteSource } from './types.ts';

/** Attributes by name, in the JSON form of messages. */
export type TestAttributes = Readonly<Record<string, JsonValue>>;

export interface PolicyTest {
  readonly name: string;
  readonly place: { readonly file: string; readonly line: number };
  /** Names of the chain. */
  readonly policies: readonly string[];
  readonly session: Omit<PolicySession, 'localAs'>;
  readonly route: {
    /** Canonical text. */
    readonly prefix: string;
    readonly source: RouteSource;
    /** The neighbor it came from. */
    readonly from: { readonly address: string; readonly group: string | undefined } | undefined;
    readonly attributes: TestAttributes;
  };
  readonly expect: 'accept' | 'reject';
  readonly decidedBy: string | undefined;
  /** `null` for one that must be absent. */
  readonly attributes: Readonly<Record<string, JsonValue | null>>;
}

/** One thing that is not as expected. */
export interface TestDifference {
  /** `verdict`, `decided-by`, or the name of an attribute. */
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
}

export interface TestResult {
  readonly test: PolicyTest;
  readonly differences: readonly TestDifference[];
  readonly explanation: RouteExplanation;
}

/** Attributes of a test route that says nothing about them. */
function defaultAttributes(prefix: string): TestAttributes {
  return { origin: 'igp', asPath: [], nextHop: prefix.includes(':') ? '2001:db8::1' : '192.0.2.1' };
}

/** `65001 65002 {65003,65004}` as the segments of a path; undefined when the text is none. */
export function parseAsPathText(text: string): AsPathSegment[] | undefined {
  const segments: AsPathSegment[] = [];
  for (const part of text.match(/\{[^}]*\}|[^\s{]+/g) ?? []) {
    const isSet = part.startsWith('{');
    const texts = isSet
      ? part
          .slice(1, -1)
          .split(/[\s,]+/)
          .filter((one) => one !== '')
      : [part];
    const asns = texts.map((one) => (/^\d{1,10}$/.test(one) ? Number(one) : Number.NaN));
    if (asns.length === 0 || !asns.every((as) => as > 0 && as <= 0xffffffff)) return undefined;
    const last = segments.at(-1);
    if (!isSet && last?.type === 'sequence')
      segments[segments.length - 1] = { type: 'sequence', asns: [...last.asns, ...asns] };
    else segments.push({ type: isSet ? 'set' : 'sequence', asns });
  }
  return segments;
}

/** The value of an attribute in a test. @throws BellhopError, RangeError or TypeError when it cannot be one */
export function attributeValue(name: string, json: JsonValue): unknown {
  if (name !== 'asPath' || typeof json !== 'string') return attributeFromJson(name, json);
  const segments = parseAsPathText(json);
  if (segments === undefined) throw new TypeError(`not an AS path: ${json}`);
  return segments;
}

/** The octets of an attribute in a test. @throws as {@link attributeValue}, and when the value cannot be carried */
export function attributeOctets(name: string, json: JsonValue): Uint8Array {
  const spec = attributeByName(name)!;
  const value = attributeValue(name, json);
  const out = new ByteWriter();
  spec.write(value, out, CANONICAL_CONTEXT);
  const octets = out.take();
  // In a blob the next hop of any family is NEXT_HOP, which `check` of the wire refuses.
  const isGood =
    name === 'nextHop' ? octets.length > 0 : spec.check(octets, 0, octets.length, CANONICAL_CONTEXT) === 0;
  if (!isGood || !sameMeaning(value, spec.read(octets, 0, octets.length, CANONICAL_CONTEXT)))
    throw new RangeError('the value cannot be carried as it is');
  return octets;
}

/** Runs one test against a chain of policies. */
export function runPolicyTest(test: PolicyTest, chain: readonly Policy[], localAs: number): TestResult {
  const { route } = test;
  const attrs = new AttrTable(1);
  const tables = UNICAST_FAMILIES.map((family) => ({
    family,
    prefixes4: new PrefixTable4(1),
    prefixes6: new PrefixTable6(1),
  }));
  const { bytes, length } = parsePrefix(route.prefix)!;
  const family = bytes.length === 4 ? 0 : 1;
  const prefix = tables[family]![family === 0 ? 'prefixes4' : 'prefixes6'].internBytes(bytes, length);
  const peers = new PeerTable();
  const from = route.source === 'local' ? 0 : 1;
  if (from === 1) {
    const kind = route.source === 'internal' ? SOURCE_INTERNAL : SOURCE_EXTERNAL;
    peers.set(1, kind, 1, parseAddress(route.from?.address.replace(/%.*/, '') ?? '192.0.2.1')!);
    peers.identity[1] = route.from;
  }
  const policy = compilePolicy(
    chain,
    { ...test.session, localAs },
    { attrs, peers, ribs: tables, memory: new PolicyMemory(attrs) },
  );
  const blob = testBlob(route.prefix, route.attributes);
  const attr = attrs.intern(blob, 0, blob.length);
  const explanation = policy.explain(attr, family, prefix, from);
  const result = policy.apply(attr, family, prefix, from);
  const out = result === 0 ? undefined : attributesOf(attrs, result);
  return { test, explanation, differences: differences(test, explanation, out) };
}

function testBlob(prefix: string, attributes: TestAttributes): Uint8Array {
  const out = new ByteWriter();
  const all = Object.entries({ ...defaultAttributes(prefix), ...attributes })
    .map(([name, json]) => ({ spec: attributeByName(name)!, octets: attributeOctets(name, json) }))
    .sort((a, b) => a.spec.code - b.spec.code);
  for (const { spec, octets } of all) writeAttribute(out, spec.flags, spec.code, octets);
  return out.take();
}

function attributesOf(attrs: AttrTable, attr: number): Readonly<Record<string, JsonValue>> {
  const { bytes, start, end } = attrs.blob(attr);
  const { attributes } = readAttributes(bytes, start, end);
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, attributeToJson(name, value)]),
  );
}

function differences(
  test: PolicyTest,
  { verdict, reason, steps }: RouteExplanation,
  out: Readonly<Record<string, JsonValue>> | undefined,
): TestDifference[] {
  if (verdict !== test.expect)
    return [{ what: 'verdict', expected: test.expect, actual: `${verdict}, by ${reason}` }];
  const found: TestDifference[] = [];
  const last = steps.at(-1);
  const decidedBy =
    last !== undefined && last.failed === undefined && last.verdict !== 'next' ? last.term : undefined;
  if (test.decidedBy !== undefined && test.decidedBy !== decidedBy)
    found.push({ what: 'decided-by', expected: test.decidedBy, actual: decidedBy ?? reason });
  if (out === undefined) return found;
  for (const [name, wanted] of Object.entries(test.attributes)) {
    const actual = out[name];
    const value = wanted === null ? undefined : attributeToJson(name, attributeValue(name, wanted));
    const isSame =
      value === undefined || actual === undefined ? value === actual : sameMeaning(value, actual);
    if (!isSame)
      found.push({ what: name, expected: valueText(name, value), actual: valueText(name, actual) });
  }
  return found;
}

function valueText(name: string, value: JsonValue | undefined): string {
  if (value === undefined) return 'none';
  if (name === 'asPath') return formatSegments(value as unknown as AsPathSegment[]) || 'empty';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
