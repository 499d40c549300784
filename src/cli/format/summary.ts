/**
 * `show summary` and `show neighbors`: one line for each neighbor and family, then what needs attention.
 */
import type { DaemonStatus, NeighborFamilyStatus, NeighborStatus, Summary } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { lastErrorText } from './last-error.ts';
import { count, formatDuration, formatMemory } from './quantities.ts';
import { type Column, tableLines } from './table.ts';

interface Line {
  readonly neighbor: NeighborStatus;
  readonly family: NeighborFamilyStatus | undefined;
  /** The first line of its neighbor, which carries what is not per family. */
  readonly first: boolean;
}

/** Text of `show summary`; `now` (milliseconds since 1970) dates sessions that are down. */
export function formatSummary(summary: Summary, paint: Paint, now = Date.now()): string {
  return `${[...headerLines(summary.status, paint), ''].join('\n')}\n${formatNeighbors(summary.neighbors, paint, now)}`;
}

/** Text of `show neighbors`. */
export function formatNeighbors(
  neighbors: readonly NeighborStatus[],
  paint: Paint,
  now = Date.now(),
): string {
  if (neighbors.length === 0) return 'No neighbors.\n';
  const lines = neighbors.flatMap((neighbor): Line[] =>
    neighbor.families.length === 0
      ? [{ neighbor, family: undefined, first: true }]
      : neighbor.families.map((family, i) => ({ neighbor, family, first: i === 0 })),
  );
  const text = tableLines(lines, columns(paint, now), paint);
  const warnings = neighbors.flatMap((neighbor) =>
    [...neighbor.warnings, ...whyDown(neighbor)].map((warning) =>
      paint.warning(`! ${neighbor.address}: ${warning}`),
    ),
  );
  if (warnings.length > 0) text.push('', ...warnings);
  return `${text.join('\n')}\n`;
}

/** Style of a session state: what works is good, what waits for its configured turn is neither. */
export function stateStyle(state: NeighborStatus['state'], paint: Paint): (text: string) => string {
  return state === 'Established' ? paint.good : paint.bad;
}

/** The state, and whether it is what an operator wants. */
export function stateText({ state, disabled }: NeighborStatus): string {
  return disabled === undefined ? state : 'Disabled';
}

/** Why there is no session, as far as the last attempt tells; nothing when an operator wants it so. */
function whyDown({ state, disabled, held, lastError }: NeighborStatus): string[] {
  if (state === 'Established' || disabled !== undefined || held !== undefined) return [];
  return lastError === undefined ? [] : [`no session: ${lastErrorText(lastError)}`];
}

/** Time since the session came up or was lost; `never` when there was none. */
export function upDown(neighbor: NeighborStatus, now: number): string {
  if (neighbor.state === 'Established') return formatDuration(neighbor.uptimeSeconds);
  if (neighbor.lastError === undefined || neighbor.flaps === 0) return 'never';
  return formatDuration((now - Date.parse(neighbor.lastError.time)) / 1000);
}

function headerLines(status: DaemonStatus, paint: Paint): string[] {
  const { p50Ms, p99Ms, maxMs } = status.eventLoopDelay;
  const lines = [
    paint.heading(`bellhop ${status.version}, AS ${status.as}, router id ${status.routerId}`),
    `up ${formatDuration(status.uptimeSeconds)}, ${formatMemory(status.memoryBytes)}, event loop delay ${p50Ms}/${p99Ms}/${maxMs} ms (median/99 %/longest)`,
  ];
  for (const { address, port, error } of status.listen) {
    const place = `${address.includes(':') ? `[${address}]` : address}:${port}`;
    lines.push(
      error === undefined ? `listening on ${place}` : paint.bad(`not listening on ${place}: ${error}`),
    );
  }
  for (const { family, prefixes, paths } of status.families)
    lines.push(`${family}: ${count(prefixes, 'prefix', 'prefixes')}, ${count(paths, 'path')}`);
  for (const { prefix, contributors } of status.aggregates)
    lines.push(`aggregate ${prefix}: ${count(contributors, 'route')} inside`);
  if (status.unknownPeerConnections > 0)
    lines.push(`${count(status.unknownPeerConnections, 'connection')} from addresses that are no neighbor`);
  const { tableFull, flushes, failures } = status.policies;
  if (failures > 0)
    lines.push(
      paint.warning(`! functions of policies failed ${count(failures, 'time')}: those routes are rejected`),
    );
  if (tableFull > 0)
    lines.push(
      paint.warning(`! ${count(tableFull, 'route')} rejected: no room for what policies made of them`),
    );
  if (flushes > 0)
    lines.push(`${count(flushes, 'time')} the remembered results of policies were too many and dropped`);
  return lines;
}

function columns(paint: Paint, now: number): Column<Line>[] {
  const once =
    (text: (neighbor: NeighborStatus) => string) =>
    ({ neighbor, first }: Line): string =>
      first ? text(neighbor) : '';
  const counter =
    (name: 'received' | 'accepted' | 'advertised') =>
    ({ family }: Line): string =>
      family?.negotiated === true ? String(family[name]) : '-';
  return [
    { title: 'Neighbor', text: once((neighbor) => neighbor.address) },
    { title: 'AS', align: 'right', text: once((neighbor) => String(neighbor.peerAs)) },
    {
      title: 'State',
      text: once((neighbor) => stateText(neighbor)),
      style: ({ neighbor }) => stateStyle(neighbor.state, paint),
    },
    { title: 'Up/Down', align: 'right', text: once((neighbor) => upDown(neighbor, now)) },
    { title: 'Family', text: ({ family }) => family?.family ?? '-' },
    { title: 'Rcvd', align: 'right', text: counter('received') },
    { title: 'Acc', align: 'right', text: counter('accepted') },
    { title: 'Adv', align: 'right', text: counter('advertised') },
    { title: 'Description', text: once((neighbor) => neighbor.description ?? '') },
  ];
}
