/**
 * What the policy tests share: policies as they stand in a file, and tables to run them on.
 */
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { parsePrefix } from '../../src/base/prefix.ts';
import { formatDiagnostic } from '../../src/config/diagnostic.ts';
import { parseConfig } from '../../src/config/load.ts';
import { chainOf } from '../../src/config/policy-chain.ts';
import { type CompiledPolicy, compilePolicy } from '../../src/policy/compile.ts';
import { PolicyMemory } from '../../src/policy/memo.ts';
import { attributeOctets, type TestAttributes } from '../../src/policy/test-run.ts';
import type { Policy, PolicySession, RouteSource } from '../../src/policy/types.ts';
import { AttrTable } from '../../src/rib/attr-table.ts';
import { PeerTable, SOURCE_EXTERNAL, SOURCE_INTERNAL } from '../../src/rib/peer-table.ts';
import { PrefixTable4 } from '../../src/rib/prefix-table4.ts';
import { PrefixTable6 } from '../../src/rib/prefix-table6.ts';
import type { RouteExplanation } from '../../src/rib/transform.ts';
import { forEachAttribute, writeAttribute } from '../../src/wire/attributes/blob.ts';
import { attributeByName } from '../../src/wire/attributes/index.ts';
import { readAttributes } from '../../src/wire/attributes/view.ts';
import { UNICAST_FAMILIES } from '../../src/wire/families/index.ts';
import { attributeToJson, type JsonValue } from '../../src/wire/json-value.ts';

/** Our AS in all of them. */
export const OWN = 65000;

/** The configuration of a file with what every one needs on top. */
export function load(body: string) {
  const result = parseConfig(`as: ${OWN}\nrouter-id: 10.0.0.1\n${body}`, 'lab.yaml', { env: {} });
  if (!result.ok) throw new Error(result.errors.map((error) => formatDiagnostic(error, 'error')).join('\n'));
  return result;
}

/** The policies of a file under the names of a chain. */
export function chain(body: string, ...names: string[]): readonly Policy[] {
  return chainOf(names, load(body).config.policies);
}

/** The policy `p` with these terms, in YAML flow style: one term an argument. */
export function policyOf(...terms: string[]): readonly Policy[] {
  return chain(`policies:\n  p:\n${terms.map((term) => `    - ${term}\n`).join('')}`, 'p');
}

/** The canonical blob of attributes in their JSON form; mandatory ones are made up when they are missing. */
export function blobOf(attributes: TestAttributes): Uint8Array {
  const out = new ByteWriter();
  const all: TestAttributes = { origin: 'igp', asPath: '65001', nextHop: '192.0.2.1', ...attributes };
  for (const [name, json] of Object.entries(all).sort(([a], [b]) => code(a) - code(b)))
    writeAttribute(out, attributeByName(name)!.flags, code(name), attributeOctets(name, json));
  return out.take();
}

function code(name: string): number {
  return attributeByName(name)!.code;
}

/** A route as tests say it. */
export interface TestRoute {
  readonly prefix?: string;
  readonly source?: RouteSource;
  /** Index of one of {@link Ground.peer}. */
  readonly from?: number;
  readonly attributes?: TestAttributes;
}

/** What came out: the attributes, or that the route is rejected. */
export type Result = 'reject' | Readonly<Record<string, JsonValue>>;

/** Tables with some peers, and policies on them. */
export class Ground {
  readonly attrs = new AttrTable(1);
  readonly peers = new PeerTable();
  readonly ribs = UNICAST_FAMILIES.map((family) => ({
    family,
    prefixes4: new PrefixTable4(1),
    prefixes6: new PrefixTable6(1),
  }));
  readonly memory = new PolicyMemory(this.attrs);
  #peer = 0;

  constructor() {
    this.peer('external', '10.0.0.2');
    this.peer('internal', '10.0.0.3');
  }

  /** Adds a peer; 1 is external and 2 internal from the start. */
  peer(source: 'internal' | 'external', address: string, group?: string): number {
    const index = ++this.#peer;
    this.peers.set(
      index,
      source === 'internal' ? SOURCE_INTERNAL : SOURCE_EXTERNAL,
      index,
      new Uint8Array(4),
    );
    this.peers.identity[index] = { address, group };
    return index;
  }

  compile(policies: readonly Policy[], session: Partial<PolicySession> = {}): CompiledPolicy {
    const defaults: PolicySession = {
      direction: 'import',
      localAs: OWN,
      address: '10.0.0.2',
      peerGroup: undefined,
      self: [Uint8Array.of(10, 0, 0, 254), undefined],
    };
    return compilePolicy(policies, { ...defaults, ...session }, this);
  }

  intern(attributes: TestAttributes = {}): number {
    const blob = blobOf(attributes);
    return this.attrs.intern(blob, 0, blob.length);
  }

  /** The family and id of a prefix. */
  prefix(text: string): { family: number; prefix: number } {
    const { bytes, length } = parsePrefix(text)!;
    const family = bytes.length === 4 ? 0 : 1;
    const { prefixes4, prefixes6 } = this.ribs[family]!;
    return { family, prefix: (family === 0 ? prefixes4 : prefixes6).internBytes(bytes, length) };
  }

  /** Puts a route through a policy. */
  run(policy: CompiledPolicy, route: TestRoute = {}): Result {
    const { attr, family, prefix, from } = this.#arguments(route);
    const result = policy.apply(attr, family, prefix, from);
    return result === 0 ? 'reject' : this.read(result);
  }

  explain(policy: CompiledPolicy, route: TestRoute = {}): RouteExplanation {
    const { attr, family, prefix, from } = this.#arguments(route);
    return policy.explain(attr, family, prefix, from);
  }

  #arguments(route: TestRoute) {
    const from = route.from ?? { local: 0, external: 1, internal: 2 }[route.source ?? 'external'];
    return { attr: this.intern(route.attributes), ...this.prefix(route.prefix ?? '198.18.0.0/16'), from };
  }

  /** The attributes of a set, in their JSON form. */
  read(attr: number): Readonly<Record<string, JsonValue>> {
    const { bytes, start, end } = this.attrs.blob(attr);
    const { attributes } = readAttributes(bytes, start, end);
    return Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, attributeToJson(name, value)]),
    );
  }

  /** Low bits of the flags of an attribute of a set. */
  marks(attr: number, wanted: number): number | undefined {
    const { bytes, start, end } = this.attrs.blob(attr);
    let marks: number | undefined;
    forEachAttribute(bytes, start, end, (found, flags) => {
      if (found === wanted) marks = flags & 0x0f;
    });
    return marks;
  }
}

/** Runs one policy over one route. */
export function outcome(
  policies: readonly Policy[],
  route: TestRoute = {},
  session: Partial<PolicySession> = {},
): Result {
  const ground = new Ground();
  return ground.run(ground.compile(policies, session), route);
}
