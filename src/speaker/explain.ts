/**
 * `explain`: the whole story of a prefix in one answer: who announces it, what import made of that, which path is best
 * and why, what each neighbor is told of it and why not. Reads the tables and asks the rules again; changes nothing.
 */
import { parseAddress } from '../base/address.ts';
import { BellhopError } from '../base/errors.ts';
import { formatPrefix, maskInPlace, type Prefix, parsePrefix } from '../base/prefix.ts';
import { explainImport } from '../engine/explain.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PathRow } from '../rib/path-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { SELECTION_STEPS } from '../rib/select.ts';
import { attributeChanges } from './attribute-changes.ts';
import { explainExports } from './explain-export.ts';
import { faultsAbout } from './explain-faults.ts';
import { type ExplainTarget, type Subject, sessionText } from './explain-target.ts';
import type {
  ExplainedAbsence,
  ExplainedFault,
  ExplainedPath,
  ExplainQuery,
  Explanation,
} from './explanation.ts';
import type { Neighbor } from './neighbor.ts';
import { CONFIG_OWNER } from './own-routes.ts';
import { addPaths } from './route-query.ts';
import type { RouteEntry } from './status.ts';

/** @throws BellhopError NOT_FOUND for an unknown neighbor, INVALID_ARGUMENT for a bad prefix. */
export function explain(target: ExplainTarget, query: ExplainQuery): Explanation {
  const wanted = parsePrefix(query.prefix);
  if (wanted === undefined)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `${query.prefix} is no prefix; write 192.0.2.0/24 or an address`,
    );
  const rib = target.engine.ribs.find(({ family }) => family.keyWords === wanted.bytes.length / 4)!;
  const isAddress = parseAddress(query.prefix) !== undefined;
  const longest = longestMatch(rib, wanted);
  const asked = isAddress && longest !== undefined ? longest : wanted;
  const id = rib.prefixes.findBytes(asked.bytes, asked.length);
  const subject = { rib, id, prefix: textOf(asked) };
  if (query.from !== undefined) target.peerIndex(query.from);
  if (query.to !== undefined) target.peerIndex(query.to);
  const paths = explainPaths(target, subject, query.from);
  const found = id !== 0 && (rib.head[id] ?? 0) !== 0;
  return {
    family: rib.family.name,
    prefix: subject.prefix,
    found,
    longestMatch: found || longest === undefined ? undefined : textOf(longest),
    paths,
    absent: explainAbsences(target, subject, paths, found, query.from),
    waiting: waitingRoutes(target, subject.prefix),
    exports: explainExports(target, subject, query.to),
  };
}

function textOf({ bytes, length }: Prefix): string {
  return formatPrefix(bytes, length);
}

/** The longest prefix around `prefix`, or itself, of which the table has a path. */
function longestMatch(rib: FamilyRib, prefix: Prefix): Prefix | undefined {
  for (let length = prefix.length; length >= 0; length--) {
    const bytes = prefix.bytes.slice();
    maskInPlace(bytes, length);
    const id = rib.prefixes.findBytes(bytes, length);
    if (id !== 0 && (rib.head[id] ?? 0) !== 0) return { bytes, length };
  }
  return undefined;
}

function explainPaths(target: ExplainTarget, { rib, id, prefix }: Subject, from?: string): ExplainedPath[] {
  const only = from === undefined ? undefined : target.peerIndex(from);
  if (id === 0 || (from !== undefined && only === undefined)) return [];
  const { best, reasons } = rib.explain(id);
  const { paths } = rib;
  const rows: PathRow[] = [];
  for (let row = rib.head[id] ?? 0; row !== 0; row = paths.next[row]!)
    if (only === undefined || paths.peer[row] === only) rows.push(row);
  rows.sort((a, b) => Number(b === best) - Number(a === best));
  return rows.map((row) => explainPath(target, rib, id, prefix, row, row === best, reasons.get(row)));
}

function explainPath(
  target: ExplainTarget,
  rib: FamilyRib,
  id: PrefixId,
  prefix: string,
  row: PathRow,
  best: boolean,
  step: number | undefined,
): ExplainedPath {
  const { engine } = target;
  const peer = rib.paths.peer[row]!;
  const attrIn = rib.paths.attrIn[row]!;
  const attr = rib.paths.attr[row]!;
  const received: RouteEntry[] = [];
  addPaths(target, rib, id, peer, received, { from: peer, best: false, accepts: undefined });
  const decided = peer === 0 ? undefined : explainImport(engine, peer, rib.family.index, id, attrIn);
  const neighbor = target.neighbors.find(({ index }) => index === peer);
  const [owner] = peer === 0 ? target.ownRoutes.ownersOf(prefix) : [];
  const own = owner === undefined ? undefined : target.ownRoutes.entry(owner, prefix);
  return {
    peer: target.peerName(peer),
    owner: own?.owner,
    since: own?.since ?? (neighbor && establishedTime(neighbor)),
    faults: neighbor === undefined ? [] : faultsOf(target, neighbor, prefix),
    received: received[0]!,
    accepted: attr !== 0,
    rule: decided?.rule,
    policy: decided?.policy,
    changes: attr === 0 ? [] : attributeChanges(engine.attrs.blob(attrIn), engine.attrs.blob(attr)),
    best,
    lostBy: best || step === undefined ? undefined : SELECTION_STEPS[step],
    pending: pendingImport(decided?.attr, attr, peer !== 0 && neighbor === undefined),
  };
}

function pendingImport(wanted: number | undefined, attr: number, isGone: boolean): string | undefined {
  if (isGone) return 'the session is over, and its routes are being removed';
  if (wanted === undefined || wanted === attr) return undefined;
  return 'import has changed, and the route will be judged again shortly';
}

/** ISO 8601 time at which the session was established; undefined without one. */
function establishedTime({ index, establishedAt, host }: Neighbor): string | undefined {
  if (index === undefined) return undefined;
  const milliseconds = Date.now() - (host.clock.now() - establishedAt);
  // The two clocks drift apart by milliseconds: whole seconds read the same each time.
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
}

function faultsOf(target: ExplainTarget, { settings }: Neighbor, prefix: string): ExplainedFault[] {
  return faultsAbout(target.errors(settings.address), prefix);
}

/** Neighbors without a path: all when there is none at all, else the one asked for and those with a reason to show. */
function explainAbsences(
  target: ExplainTarget,
  subject: Subject,
  paths: readonly ExplainedPath[],
  found: boolean,
  from: string | undefined,
): ExplainedAbsence[] {
  const present = new Set(paths.map(({ peer }) => peer));
  return target.neighbors
    .filter(
      ({ settings }) => (from === undefined || settings.address === from) && !present.has(settings.address),
    )
    .map((neighbor) => explainAbsence(target, subject, neighbor))
    .filter(
      ({ cause }) =>
        !found || from !== undefined || cause === 'treated-as-withdrawn' || cause === 'max-prefixes',
    );
}

function explainAbsence(
  target: ExplainTarget,
  { rib: { family }, prefix }: Subject,
  neighbor: Neighbor,
): ExplainedAbsence {
  const { engine } = target;
  const { index, negotiated, settings } = neighbor;
  const faults = faultsOf(target, neighbor, prefix);
  const absence = (cause: ExplainedAbsence['cause'], reason: string): ExplainedAbsence => ({
    peer: settings.address,
    cause,
    reason,
    since: establishedTime(neighbor),
    faults,
  });
  if (index === undefined || negotiated === undefined) return absence('no-session', sessionText(neighbor));
  if ((negotiated.context.families & (1 << family.index)) === 0)
    return absence('family-not-negotiated', `${family.name} was not negotiated`);
  const disabled = engine.disabledReason(index, family.index);
  if (disabled !== undefined)
    return absence('family-disabled', `${family.name} is closed until the next session: ${disabled}`);
  if (faults[0]?.disposition === 'treat-as-withdraw')
    return absence(
      'treated-as-withdrawn',
      `the message that announced it last was malformed, and treated as a withdrawal`,
    );
  const refused = engine.refusedByLimit(index, family.index);
  if (refused > 0)
    return absence(
      'max-prefixes',
      `not in the table; ${refused} announcements were refused because the neighbor has as many prefixes as it may (max-prefixes)`,
    );
  return absence('not-announced', 'it has not announced it in this session, or has withdrawn it since');
}

/** Routes of the configuration that wait for others. */
function waitingRoutes({ config, aggregates, ownRoutes }: ExplainTarget, prefix: string): string[] {
  const result: string[] = [];
  const isAnnounced = ownRoutes.entry(CONFIG_OWNER, prefix) !== undefined;
  for (const { prefix: network, announceIfPresent } of config.networks)
    if (network === prefix && announceIfPresent !== undefined && !isAnnounced)
      result.push(`the network waits for a route to ${announceIfPresent} (announce-if-present)`);
  for (const { prefix: aggregate, contributors } of aggregates)
    if (aggregate === prefix && contributors === 0)
      result.push('the aggregate waits for a route inside of it: it has no contributors');
  return result;
}
