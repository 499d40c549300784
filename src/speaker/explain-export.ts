/** What each neighbor is told of a prefix, and why: the second half of `explain`. */
import { type ExportDecision, explainExport, type ToldRoute, type Waiting } from '../engine/explain.ts';
import type { UpdateGroup } from '../engine/update-group.ts';
import { attributeChanges } from './attribute-changes.ts';
import { type ExplainTarget, type Subject, sessionText } from './explain-target.ts';
import type { ExplainedExport } from './explanation.ts';
import type { Neighbor } from './neighbor.ts';
import { advertisedEntry, exportedBlob } from './route-query.ts';
import type { RouteEntry } from './status.ts';

/** One entry for each neighbor, or for `to` alone. */
export function explainExports(
  target: ExplainTarget,
  subject: Subject,
  to: string | undefined,
): ExplainedExport[] {
  return target.neighbors
    .filter(({ settings }) => to === undefined || settings.address === to)
    .map((neighbor) => explainTo(target, subject, neighbor));
}

function explainTo(target: ExplainTarget, subject: Subject, neighbor: Neighbor): ExplainedExport {
  const { rib, id } = subject;
  const { index, settings } = neighbor;
  const nothing = {
    peer: settings.address,
    policy: undefined,
    sent: undefined,
    changes: [],
    pending: undefined,
  };
  if (index === undefined) return { ...nothing, cause: 'no-session', reason: sessionText(neighbor) };
  const { family } = rib;
  const group = target.engine.exporters[family.index]!.groupOf(index);
  if (group === undefined)
    return { ...nothing, cause: 'family-not-negotiated', reason: `${family.name} was not negotiated` };
  const decision = explainExport(target.engine, group, index, id);
  const { cause, reason, policy, told, wanted, waiting } = decision;
  return {
    peer: settings.address,
    cause,
    reason,
    policy,
    sent: told && entryOf(target, subject, group, told),
    changes: wanted === undefined ? [] : changesOf(target, subject, group, wanted),
    pending:
      waiting === undefined
        ? undefined
        : {
            reason: waitingText(waiting, decision, neighbor),
            wanted: wanted && entryOf(target, subject, group, wanted),
          },
  };
}

function entryOf(
  target: ExplainTarget,
  { rib, id }: Subject,
  group: UpdateGroup,
  route: ToldRoute,
): RouteEntry {
  return advertisedEntry(target, rib, group, id, route.attr, route.source);
}

/** Against the path that is best; a default route of our own comes from none. */
function changesOf(
  target: ExplainTarget,
  { rib, id }: Subject,
  group: UpdateGroup,
  { attr, source }: ToldRoute,
): ExplainedExport['changes'] {
  const row = rib.findPath(id, source);
  const before = row === 0 ? 0 : rib.paths.attr[row]!;
  if (before === 0 || id === group.defaultPrefix) return [];
  const out = exportedBlob(target, group, attr, source);
  return attributeChanges(target.engine.attrs.blob(before), { bytes: out.bytes, start: 0, end: out.length });
}

function waitingText(waiting: Waiting, { told, wanted }: ExportDecision, neighbor: Neighbor): string {
  const isRepeated = told !== undefined && told.attr === wanted?.attr && told.source === wanted.source;
  const what = isRepeated
    ? 'the repetition'
    : wanted === undefined
      ? 'the withdrawal'
      : told === undefined
        ? 'the announcement'
        : 'the change';
  if (waiting === 'selection') return `${what} is decided in a moment`;
  if (waiting === 'walk') return `${what} is sent when the walk over the table comes to it`;
  if (waiting === 'backlog') return `${what} is sent after earlier changes`;
  const { advertisementIntervalSeconds } = neighbor.settings;
  return neighbor.paced
    ? `${what} waits for the advertisement interval of ${advertisementIntervalSeconds} s`
    : `${what} waits until the neighbor reads what it has been sent`;
}
