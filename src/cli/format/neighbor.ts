/** `show neighbor ADDRESS`: all that is known of one session. */
import type { ErrorTotals, MessageCounters, NeighborFamilyStatus, NeighborStatus } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { lastErrorText } from './last-error.ts';
import { count, formatDuration } from './quantities.ts';
import { stateStyle } from './summary.ts';
import { fieldLines, tableLines } from './table.ts';

const MESSAGES: readonly (readonly [title: string, counter: keyof MessageCounters])[] = [
  ['OPEN', 'opens'],
  ['UPDATE', 'updates'],
  ['KEEPALIVE', 'keepalives'],
  ['NOTIFICATION', 'notifications'],
  ['ROUTE-REFRESH', 'routeRefreshes'],
  ['total', 'total'],
];

/** Text of `show neighbor`. */
export function formatNeighbor(neighbor: NeighborStatus, paint: Paint): string {
  const sections = [
    [paint.heading(`Neighbor ${neighbor.address}`), ...sessionLines(neighbor, paint)],
    capabilityLines(neighbor, paint),
    familyLines(neighbor, paint),
    messageLines(neighbor, paint),
    troubleLines(neighbor, paint),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function sessionLines(neighbor: NeighborStatus, paint: Paint): string[] {
  const up = neighbor.state === 'Established' ? `, up ${formatDuration(neighbor.uptimeSeconds)}` : '';
  const modes = [neighbor.passive ? 'passive' : '', neighbor.dynamic ? 'dynamic' : ''].filter(Boolean);
  return fieldLines([
    ['State', stateStyle(neighbor.state, paint)(neighbor.state) + up],
    ['Disabled', disabledText(neighbor)],
    ['Description', neighbor.description],
    [
      'Remote AS',
      `${neighbor.peerAs}${isNumber(neighbor.peerAs) && neighbor.type ? ` (${neighbor.type})` : ''}`,
    ],
    ['Local AS', String(neighbor.localAs)],
    ['Router id', neighbor.routerId],
    ['Connection', connection(neighbor)],
    ['Mode', modes.join(', ')],
    ['Hold time', seconds(neighbor.holdTimeSeconds)],
    ['Keepalive', seconds(neighbor.keepaliveSeconds)],
    ['Import', neighbor.importPolicy],
    ['Export', neighbor.exportPolicy],
    ...Object.entries(neighbor.options),
    ['Flaps', String(neighbor.flaps)],
    ['Last error', neighbor.lastError === undefined ? undefined : lastErrorText(neighbor.lastError)],
  ]);
}

function disabledText({ disabled }: NeighborStatus): string | undefined {
  if (disabled === undefined) return undefined;
  return `since ${disabled.since}${disabled.message === '' ? '' : `: "${disabled.message}"`}`;
}

function connection(neighbor: NeighborStatus): string | undefined {
  const { localAddress, localPort, address, remotePort } = neighbor;
  if (remotePort === undefined) return localAddress === undefined ? undefined : `from ${localAddress}`;
  return `${endpoint(localAddress ?? '?', localPort)} - ${endpoint(address, remotePort)}`;
}

function endpoint(address: string, port: number | undefined): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port ?? '?'}`;
}

function capabilityLines({ capabilities }: NeighborStatus, paint: Paint): string[] {
  const { local, remote } = capabilities;
  const texts = [...new Set([...local, ...remote])];
  if (texts.length === 0) return [];
  const mark = (list: readonly string[], text: string): string => (list.includes(text) ? 'yes' : '-');
  const lines = texts.flatMap((text): [name: string, local: string, remote: string][] => {
    const name = nameOf(text);
    const [ours, theirs] = [valueIn(local, name), valueIn(remote, name)];
    if (ours === undefined || theirs === undefined || ours === theirs)
      return [[text, mark(local, text), mark(remote, text)]];
    return local.includes(text) ? [[name, ours, theirs]] : [];
  });
  return tableLines(
    lines,
    [
      { title: 'Capability', text: ([name]) => name },
      { title: 'Local', text: ([, ours]) => ours },
      { title: 'Remote', text: ([, , theirs]) => theirs },
    ],
    paint,
  );
}

/** `four-octet-as` of `four-octet-as 65001`. */
function nameOf(capability: string): string {
  return capability.split(' ', 1)[0] ?? '';
}

/** The value of a capability that each side has once, so that both stand in one line. */
function valueIn(capabilities: readonly string[], name: string): string | undefined {
  const [first, ...more] = capabilities.filter((text) => nameOf(text) === name);
  if (name === 'multiprotocol' || first === undefined || more.length > 0) return undefined;
  return first.slice(name.length + 1) || 'yes';
}

function familyLines({ families }: NeighborStatus, paint: Paint): string[] {
  if (families.length === 0) return [];
  return tableLines(
    families,
    [
      { title: 'Family', text: (family) => family.family },
      { title: 'Negotiated', text: negotiatedText },
      { title: 'Received', align: 'right', text: (family) => String(family.received) },
      { title: 'Accepted', align: 'right', text: (family) => String(family.accepted) },
      { title: 'Advertised', align: 'right', text: (family) => String(family.advertised) },
      { title: 'End-of-RIB', text: (family) => (family.endOfRibReceived ? 'received' : '-') },
    ],
    paint,
  );
}

/** A family that was closed is not as good as one that was agreed; the warnings say why. */
function negotiatedText({ negotiated, disabled }: NeighborFamilyStatus): string {
  return disabled === undefined ? yesNo(negotiated) : 'disabled';
}

function messageLines({ messagesReceived, messagesSent }: NeighborStatus, paint: Paint): string[] {
  return tableLines(
    MESSAGES,
    [
      { title: 'Message', text: ([title]) => title },
      { title: 'Received', align: 'right', text: ([, counter]) => String(messagesReceived[counter]) },
      { title: 'Sent', align: 'right', text: ([, counter]) => String(messagesSent[counter]) },
    ],
    paint,
  );
}

/** What went wrong so far; empty for a healthy neighbor. */
function troubleLines(neighbor: NeighborStatus, paint: Paint): string[] {
  const { attributeDiscard, treatAsWithdraw, familyDisable, sessionReset } = neighbor.updateErrors;
  const lines: string[] = [];
  if (attributeDiscard + treatAsWithdraw + familyDisable + sessionReset > 0)
    lines.push(
      `Malformed UPDATEs: ${attributeDiscard} with an attribute discarded, ${treatAsWithdraw} treated as withdrawal, ${familyDisable} closed a family, ${sessionReset} ended the session`,
    );
  const malformed = total(neighbor.errors);
  if (malformed > 0)
    lines.push(
      `${count(malformed, 'malformed message')}, ${malformed - neighbor.errors.overwritten} kept: \`bellhop show errors ${neighbor.address}\``,
    );
  for (const [reason, routes] of Object.entries(neighbor.refusedRoutes))
    lines.push(`${count(routes, 'route')} not accepted: ${reason}`);
  for (const [reason, times] of Object.entries(neighbor.rejectedConnections))
    if (times > 0) lines.push(`Rejected connections: ${times} (${reason})`);
  return [...lines, ...neighbor.warnings].map((line) => paint.warning(`! ${line}`));
}

function total({ overwritten: _overwritten, ...byDisposition }: ErrorTotals): number {
  return Object.values(byDisposition).reduce((sum, times) => sum + times, 0);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function seconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value} s`;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
