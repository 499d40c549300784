/**
 * Paths as plain objects, the tables made from them, and the decision process written down a second time: naively,
 * from the text of RFC 4271 section 9.1.2.2 and RFC 4456 section 9. The model is the specification.
 */
import fc from 'fast-check';
import { AttrTable } from '../../src/rib/attr-table.ts';
import { type PathRow, PathTable } from '../../src/rib/path-table.ts';
import { PeerTable, SOURCE_EXTERNAL, SOURCE_INTERNAL, SOURCE_LOCAL } from '../../src/rib/peer-table.ts';
import { SELECTION_STEPS, type SelectOptions, Selector } from '../../src/rib/select.ts';
import { blobOf, sequence } from './blobs.ts';

export interface Attributes {
  readonly localPref: number | undefined;
  readonly asPath: readonly number[];
  readonly origin: 'igp' | 'egp' | 'incomplete';
  readonly med: number | undefined;
  readonly originatorId: number | undefined;
  readonly clusters: number;
}

export interface Peer {
  readonly index: number;
  readonly source: 'local' | 'external' | 'internal';
  readonly routerId: number;
  /** Last octet of the address; IPv6 when `wide`. */
  readonly address: number;
  readonly wide: boolean;
}

export interface Candidate {
  readonly peer: Peer;
  /** undefined when import did not accept the path. */
  readonly attributes: Attributes | undefined;
}

export type Step = (typeof SELECTION_STEPS)[number];

export const PLAIN: Attributes = {
  localPref: undefined,
  asPath: [65001],
  origin: 'igp',
  med: undefined,
  originatorId: undefined,
  clusters: 0,
};

export const DEFAULTS: SelectOptions = {
  alwaysCompareMed: false,
  missingMedAsWorst: false,
  compareRouterId: true,
};

/** The peer with this index and ordinary values for what is not given. */
export function peerOf(index: number, values: Partial<Peer> = {}): Peer {
  return { index, source: 'external', routerId: index, address: index, wide: false, ...values };
}

const SOURCES = { local: SOURCE_LOCAL, external: SOURCE_EXTERNAL, internal: SOURCE_INTERNAL };

export function setPeer(peers: PeerTable, peer: Peer): void {
  const bytes = new Uint8Array(peer.wide ? 16 : 4);
  bytes[bytes.length - 1] = peer.address;
  peers.set(peer.index, SOURCES[peer.source], peer.routerId, bytes);
}

export function internAttributes(attrs: AttrTable, of: Attributes): number {
  const dotted = (id: number) => `10.0.0.${id}`;
  const blob = blobOf({
    origin: of.origin,
    asPath: sequence(...of.asPath),
    ...(of.med === undefined ? {} : { med: of.med }),
    ...(of.localPref === undefined ? {} : { localPref: of.localPref }),
    ...(of.originatorId === undefined ? {} : { originatorId: dotted(of.originatorId) }),
    ...(of.clusters === 0 ? {} : { clusterList: new Array<string>(of.clusters).fill('10.9.9.9') }),
  });
  return attrs.intern(blob, 0, blob.length);
}

/** Router ids and originator ids live in the same small space, so that they meet. */
const ROUTER_ID_BASE = 0x0a000000;

/** Runs the real decision process; `incumbent` is an index in `candidates`, the result too (-1 for none). */
export function decide(
  candidates: readonly Candidate[],
  options: SelectOptions,
  incumbent = -1,
): { best: number; withoutReasons: number; reasons: (Step | undefined)[] } {
  const attrs = new AttrTable(1);
  const peers = new PeerTable();
  const paths = new PathTable();
  const rows: PathRow[] = [];
  let head = 0;
  for (const { peer, attributes } of candidates) {
    setPeer(peers, { ...peer, routerId: ROUTER_ID_BASE + peer.routerId });
    const row = paths.allocate();
    paths.prefix[row] = 1;
    paths.peer[row] = peer.index;
    paths.attr[row] = attributes === undefined ? 0 : internAttributes(attrs, attributes);
    paths.next[row] = head;
    head = row;
    rows.push(row);
  }
  const selector = new Selector(attrs, peers, options);
  const steps = new Map<PathRow, number>();
  const incumbentRow = rows[incumbent] ?? 0;
  const best = selector.select(paths, head, incumbentRow, steps);
  return {
    best: rows.indexOf(best),
    withoutReasons: rows.indexOf(selector.select(paths, head, incumbentRow)),
    reasons: rows.map((row) => (steps.has(row) ? SELECTION_STEPS[steps.get(row)!] : undefined)),
  };
}

/** The naive decision process: who is left after each step, and at which step each loser went. */
export function naiveDecide(
  candidates: readonly Candidate[],
  options: SelectOptions,
  incumbent = -1,
): { best: number; reasons: (Step | undefined)[] } {
  const reasons: (Step | undefined)[] = candidates.map(() => undefined);
  let left = candidates.map((_, i) => i);
  const attributesOf = (i: number) => candidates[i]!.attributes!;
  const keep = (step: Step, stays: (i: number) => boolean) => {
    const stay = left.filter(stays);
    for (const i of left) if (!stay.includes(i)) reasons[i] = step;
    left = stay;
  };
  const keepLowest = (step: Step, key: (i: number) => number) => {
    const lowest = Math.min(...left.map(key));
    keep(step, (i) => key(i) === lowest);
  };
  const med = (i: number) => attributesOf(i).med ?? (options.missingMedAsWorst ? 0xffffffff : 0);
  const comparable = (i: number, j: number) =>
    options.alwaysCompareMed || (attributesOf(i).asPath[0] ?? 0) === (attributesOf(j).asPath[0] ?? 0);

  keep('not accepted', (i) => candidates[i]!.attributes !== undefined);
  keepLowest('local route preferred', (i) => (candidates[i]!.peer.source === 'local' ? 0 : 1));
  keepLowest('LOCAL_PREF', (i) => -(attributesOf(i).localPref ?? 100));
  keepLowest('AS path length', (i) => attributesOf(i).asPath.length);
  keepLowest('ORIGIN', (i) => ['igp', 'egp', 'incomplete'].indexOf(attributesOf(i).origin));
  const before = left;
  keep('MED', (i) => !before.some((j) => comparable(i, j) && med(j) < med(i)));
  keepLowest('eBGP over iBGP', (i) => (candidates[i]!.peer.source === 'external' ? 0 : 1));
  const allExternal = left.every((i) => candidates[i]!.peer.source === 'external');
  if (!options.compareRouterId && allExternal && left.includes(incumbent))
    keep('older eBGP route (RFC 5004)', (i) => i === incumbent);
  keepLowest('router id', (i) => attributesOf(i).originatorId ?? candidates[i]!.peer.routerId);
  keepLowest('cluster list length', (i) => attributesOf(i).clusters);
  keepLowest('peer address', (i) => {
    const { wide, address, index } = candidates[i]!.peer;
    return (wide ? 1e6 : 0) + address * 1000 + index;
  });
  return { best: left[0] ?? -1, reasons };
}

const few = fc.constantFrom;

/** Attributes from a space so small that paths tie in most steps. */
export const anyAttributes: fc.Arbitrary<Attributes> = fc.record({
  localPref: few(undefined, undefined, 100, 50, 200, 0xffffffff),
  asPath: few([65001], [65001, 1], [65002], [65002, 1], [65003], []),
  origin: few('igp', 'igp', 'egp', 'incomplete'),
  med: few(undefined, 0, 1, 2, 0xffffffff),
  originatorId: few(undefined, undefined, 1, 2, 3),
  clusters: fc.nat(2),
});

/** Attributes that tie up to MED, so that the later steps are reached often. */
export const tiedAttributes: fc.Arbitrary<Attributes> = anyAttributes.map((of) => ({
  ...of,
  localPref: undefined,
  origin: 'igp',
  asPath: [of.asPath[0] ?? 65001],
}));

export const anyOptions: fc.Arbitrary<SelectOptions> = fc.record({
  alwaysCompareMed: fc.boolean(),
  missingMedAsWorst: fc.boolean(),
  compareRouterId: fc.boolean(),
});

/** One to eight paths of different peers; sometimes one of them our own. */
export const anyCandidates: fc.Arbitrary<Candidate[]> = fc
  .array(
    fc.record({
      attributes: fc.oneof(
        { weight: 9, arbitrary: fc.oneof(anyAttributes, tiedAttributes) },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
      source: few<Peer['source']>('external', 'external', 'internal'),
      routerId: fc.integer({ min: 1, max: 3 }),
      address: fc.nat(2),
      wide: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .chain((list) =>
    few(...[0, 1, 1, 1, 1, 1, 1, 1]).map((first) =>
      list.map(({ attributes, ...peer }, i) => ({
        attributes,
        peer: { ...peer, index: i + first, source: i + first === 0 ? 'local' : peer.source },
      })),
    ),
  );
