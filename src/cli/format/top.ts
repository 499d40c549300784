/** The picture of `bellhop top`: the daemon, its neighbors with what they send and are sent, the last events. */
import type { DaemonEvent, NeighborStatus, Summary } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { eventText } from './event.ts';
import { count, formatDuration, formatMemory } from './quantities.ts';
import { stateStyle, upDown } from './summary.ts';
import { tableLines } from './table.ts';

/** What is shown at one moment. */
export interface TopPicture {
  readonly summary: Summary;
  /** The picture before this one, for rates; undefined for the first. */
  readonly before: Summary | undefined;
  /** Seconds between the two. */
  readonly seconds: number;
  /** The newest last. */
  readonly events: readonly DaemonEvent[];
  /** `Date.now()` of this picture. */
  readonly now: number;
}

/** Lines of the picture. */
export function topLines({ summary, before, seconds, events, now }: TopPicture, paint: Paint): string[] {
  const { status, neighbors } = summary;
  const { p50Ms, p99Ms, maxMs } = status.eventLoopDelay;
  const up = neighbors.filter(({ state }) => state === 'Established').length;
  const earlier = new Map(before?.neighbors.map((neighbor) => [neighbor.address, neighbor]));
  const rate = (neighbor: NeighborStatus, direction: 'messagesReceived' | 'messagesSent'): string => {
    const old = earlier.get(neighbor.address);
    if (old === undefined || seconds <= 0) return '-';
    return ((neighbor[direction].updates - old[direction].updates) / seconds).toFixed(1);
  };
  const sum = (neighbor: NeighborStatus, counter: 'received' | 'accepted' | 'advertised'): string =>
    String(neighbor.families.reduce((total, family) => total + family[counter], 0));
  return [
    paint.heading(`bellhop ${status.version}, AS ${status.as}, router id ${status.routerId}`),
    `up ${formatDuration(status.uptimeSeconds)}  ${formatMemory(status.memoryBytes)}  event loop delay ${p50Ms}/${p99Ms}/${maxMs} ms  ${up} of ${count(neighbors.length, 'neighbor')} established`,
    status.families
      .map(({ family, prefixes, paths }) => `${family} ${prefixes} prefixes ${paths} paths`)
      .join('  '),
    '',
    ...tableLines(
      neighbors,
      [
        { title: 'Neighbor', text: ({ address }) => address },
        { title: 'AS', align: 'right', text: ({ peerAs }) => String(peerAs) },
        { title: 'State', text: ({ state }) => state, style: ({ state }) => stateStyle(state, paint) },
        { title: 'Up/Down', align: 'right', text: (neighbor) => upDown(neighbor, now) },
        { title: 'Rcvd', align: 'right', text: (neighbor) => sum(neighbor, 'received') },
        { title: 'Acc', align: 'right', text: (neighbor) => sum(neighbor, 'accepted') },
        { title: 'Adv', align: 'right', text: (neighbor) => sum(neighbor, 'advertised') },
        { title: 'UPD in/s', align: 'right', text: (neighbor) => rate(neighbor, 'messagesReceived') },
        { title: 'out/s', align: 'right', text: (neighbor) => rate(neighbor, 'messagesSent') },
        { title: 'Flaps', align: 'right', text: ({ flaps }) => String(flaps) },
        { title: 'Description', text: ({ description }) => description ?? '' },
      ],
      paint,
    ),
    '',
    ...events.map((event) => `${paint.faint(event.time.slice(11, 19))}  ${eventText(event, paint)}`),
  ];
}
