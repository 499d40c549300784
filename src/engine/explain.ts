/**
 * Why a route is as it is, for people: what import made of a path, and whether a peer is told of a prefix, step by step.
 *
 * The same functions decide here as in `engine.ts` and `exporter.ts`, in the same order, but nothing is stored, counted
 * or sent. A test holds the two to each other: what is explained is what the peers have.
 */
import { equalBytes } from '../base/bytes.ts';
import { ATTR_NEXT_HOP_MARKED } from '../rib/attr-derive.ts';
import type { AttrId } from '../rib/attr-table.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { REJECT, type RouteExplanation, type RouteTransform } from '../rib/transform.ts';
import type { Engine } from './engine.ts';
import { EXPORT_ACCEPT, EXPORT_REASONS, exportVerdict, toldVerdict } from './export-rules.ts';
import { IMPORT_ACCEPT, IMPORT_REASONS } from './import-rules.ts';
import { exportNextHop } from './rewrite.ts';
import type { UpdateGroup } from './update-group.ts';

/** What a policy made of a route. */
export interface PolicyDecision extends RouteExplanation {
  /** Names of the policies of the chain; `none` where none is configured. */
  readonly name: string;
}

/** What import makes of a path. */
export interface ImportDecision {
  /** Why no policy was asked; undefined: one was. */
  readonly rule: string | undefined;
  readonly policy: PolicyDecision | undefined;
  /** Attributes under which it takes part, decided anew; 0: it does not. */
  readonly attr: AttrId;
}

/** Why a peer is or is not told of a prefix; in the order in which they are looked at. */
export const EXPORT_CAUSES = [
  'sent',
  'default-originate',
  'no-session',
  'family-not-negotiated',
  'no-route',
  'split-horizon',
  'summary-only',
  'audience',
  'no-advertise',
  'no-export',
  'internal-route',
  'only-to-customer',
  'as-set',
  'no-export-policy',
  'export-policy',
  'table-full',
  'no-next-hop',
  'own-next-hop',
  'max-prefixes-out',
  'unsendable',
] as const;
export type ExportCause = (typeof EXPORT_CAUSES)[number];

/** By verdict of `exportVerdict` and `toldVerdict`, beside {@link EXPORT_REASONS}. */
const RULE_CAUSES: readonly ExportCause[] = [
  'sent',
  'no-advertise',
  'no-export',
  'internal-route',
  'only-to-customer',
  'no-next-hop',
  'own-next-hop',
  'as-set',
];

/** What holds a change back: it is not decided yet, a walk over the table, earlier changes, the member's socket. */
export type Waiting = 'selection' | 'walk' | 'backlog' | 'paused';

/** A route as a group tells it. */
export interface ToldRoute {
  readonly attr: AttrId;
  readonly source: PeerIndex;
}

/** What a peer is told of a prefix, and why. */
export interface ExportDecision {
  readonly cause: ExportCause;
  /** One clause. */
  readonly reason: string;
  readonly policy: PolicyDecision | undefined;
  /** What it has been told; undefined: nothing, or that it was withdrawn. */
  readonly told: ToldRoute | undefined;
  /** What it should be told now. */
  readonly wanted: ToldRoute | undefined;
  /** Set when the two differ, or the same is about to be sent again. */
  readonly waiting: Waiting | undefined;
}

/** What the policy and rules of a session make of a path it has announced. */
export function explainImport(
  engine: Engine,
  peer: PeerIndex,
  family: number,
  prefix: PrefixId,
  attrIn: AttrId,
): ImportDecision | undefined {
  const session = engine.session(peer);
  if (session === undefined) return undefined;
  const { rules, params } = session;
  const firstAs = params.options?.firstAs;
  const verdict = rules.verdict(attrIn, firstAs);
  if (verdict !== IMPORT_ACCEPT) return { rule: IMPORT_REASONS[verdict], policy: undefined, attr: REJECT };
  const before = rules.before(attrIn, firstAs);
  return {
    rule: undefined,
    policy: before === REJECT ? undefined : decision(params.import, before, family, prefix, peer),
    attr: rules.apply(params.import, attrIn, family, prefix, peer, firstAs),
  };
}

function decision(
  policy: RouteTransform,
  attr: AttrId,
  family: number,
  prefix: PrefixId,
  from: PeerIndex,
): PolicyDecision | undefined {
  const explained = policy.explain?.(attr, family, prefix, from);
  return explained && { name: policy.name, ...explained };
}

/** Whether `member`, which is in `group`, is told of `prefix`; 0 stands for a prefix that is in no table. */
export function explainExport(
  engine: Engine,
  group: UpdateGroup,
  member: PeerIndex,
  prefix: PrefixId,
): ExportDecision {
  const told = toldRoute(group, member, prefix);
  const found = prefix === 0 ? verdict('no-route') : wantedRoute(engine, group, member, prefix);
  const { wanted } = found;
  const same = told?.attr === wanted?.attr && told?.source === wanted?.source;
  const waiting = same && !isRepeated(group, prefix) ? undefined : waitingFor(group, prefix);
  if (!same && waiting === undefined && wanted !== undefined) return { ...unsendable(group), told, waiting };
  return { ...found, told, waiting };
}

function toldRoute(group: UpdateGroup, member: PeerIndex, prefix: PrefixId): ToldRoute | undefined {
  const attr = prefix === 0 ? 0 : group.attrOf(prefix);
  const source = group.source[prefix] ?? 0;
  return attr === 0 || source === member ? undefined : { attr, source };
}

type Found = Pick<ExportDecision, 'cause' | 'reason' | 'policy' | 'wanted'>;

const REASONS: Readonly<Partial<Record<ExportCause, string>>> = {
  sent: 'rules and policy let it pass',
  'default-originate': 'the peer hears a default route of our own (default-originate)',
  'no-route': 'there is no accepted route',
  'split-horizon': 'the best route comes from this peer',
  'summary-only': 'an aggregate with summary-only is announced in its place',
  audience: 'our own route is for other neighbors only (peers)',
  'table-full': 'there was no room for its attributes as the policy left them',
};

function verdict(cause: ExportCause, policy?: PolicyDecision, wanted?: ToldRoute): Found {
  return { cause, reason: REASONS[cause]!, policy, wanted };
}

function ruled(rule: number, policy?: PolicyDecision): Found {
  return { cause: RULE_CAUSES[rule]!, reason: EXPORT_REASONS[rule]!, policy, wanted: undefined };
}

/** As `Exporter` decides, for one member. */
function wantedRoute(engine: Engine, group: UpdateGroup, member: PeerIndex, prefix: PrefixId): Found {
  const { rib, params } = group;
  const exporter = engine.exporters[rib.family.index]!;
  const { best } = rib.explain(prefix);
  if (prefix === group.defaultPrefix)
    return verdict('default-originate', undefined, { attr: group.defaultAttr, source: 0 });
  if (best === 0) return verdict('no-route');
  const source = rib.paths.peer[best]!;
  const attr = rib.paths.attr[best]!;
  if (source === member) return verdict('split-horizon');
  if (exporter.watches.suppresses(prefix)) return verdict('summary-only');
  if (source === 0 && !exporter.mayHear(group, prefix)) return verdict('audience');
  const kind = engine.peers.source[source]!;
  const before = exportVerdict(params, engine.attrs, attr, kind);
  if (before !== EXPORT_ACCEPT) return ruled(before);
  const policy = decision(params.export, attr, rib.family.index, prefix, source);
  const told = params.export.apply(attr, rib.family.index, prefix, source);
  if (told === REJECT) {
    if (policy?.verdict === 'accept') return verdict('table-full', policy);
    const cause = params.export.key === 'none' ? 'no-export-policy' : 'export-policy';
    return { cause, reason: policy?.reason ?? 'export policy', policy, wanted: undefined };
  }
  const after = toldVerdict(params, engine.attrs, told, kind);
  if (after !== EXPORT_ACCEPT) return ruled(after, policy);
  if (isMembersNextHop(engine, group, member, told, kind)) return ruled(6, policy);
  if (isWithheld(group, member, prefix)) {
    const reason = `the peer has been told ${params.options.maximumPrefixes} prefixes, as many as it may (max-prefixes-out)`;
    return { cause: 'max-prefixes-out', reason, policy, wanted: undefined };
  }
  return verdict('sent', policy, { attr: told, source });
}

/** Peers that share a group: the one whose address is the next hop leaves it, and is not told (RFC 4271 5.1.3). */
function isMembersNextHop(
  engine: Engine,
  { params }: UpdateGroup,
  member: PeerIndex,
  attr: AttrId,
  kind: number,
): boolean {
  const isMarked = (engine.attrs.flags[attr]! & ATTR_NEXT_HOP_MARKED) !== 0;
  if (!isMarked && (params.external || params.nextHop.mode === 'self')) return false;
  const nextHop = exportNextHop(params, engine.attrs.blob(attr), kind);
  const address = engine.peers.address[member]!;
  return (
    nextHop !== undefined &&
    address.length <= nextHop.length &&
    equalBytes(nextHop, 0, address.length, address, 0)
  );
}

/** As `UpdateGroup.withholds`, without taking note of it. */
function isWithheld(group: UpdateGroup, member: PeerIndex, prefix: PrefixId): boolean {
  const maximum = group.params.options.maximumPrefixes;
  if (maximum === undefined) return false;
  return toldRoute(group, member, prefix) === undefined && group.advertisedTo(member) >= maximum;
}

/** A route refresh or a change of the next hop: the walk has not come to it yet, and sends what was told already. */
function isRepeated(group: UpdateGroup, prefix: PrefixId): boolean {
  return group.force && group.cursor !== 0 && group.cursor <= prefix && group.attrOf(prefix) !== 0;
}

function waitingFor(group: UpdateGroup, prefix: PrefixId): Waiting | undefined {
  if (group.rib.dirty.has(prefix)) return 'selection';
  if (group.paused) return 'paused';
  if (group.backlog.has(prefix)) return 'backlog';
  return group.cursor !== 0 && group.cursor <= prefix ? 'walk' : undefined;
}

/** All rules let it pass, nothing is outstanding, and still it was not told: the encoder refused it. */
function unsendable({ params }: UpdateGroup): Found {
  const reason = `its attributes do not fit into a message of ${params.maximumLength} bytes`;
  return { cause: 'unsendable', reason, policy: undefined, wanted: undefined };
}
