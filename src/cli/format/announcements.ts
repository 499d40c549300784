/** `show announcements`: routes of our own, one line each, with their owner and what is left of their time. */
import type { Announcement } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { formatDuration } from './quantities.ts';
import { tableLines } from './table.ts';

/** Text of `show announcements`; `now` in milliseconds since 1970. */
export function formatAnnouncements(
  announcements: readonly Announcement[],
  paint: Paint,
  now = Date.now(),
): string {
  if (announcements.length === 0) return 'No announcements.\n';
  const lines = tableLines(
    announcements,
    [
      { title: '  ', text: ({ active }) => (active ? '*>' : '  '), style: () => paint.good },
      { title: 'Prefix', text: ({ prefix }) => prefix },
      { title: 'Owner', text: ({ owner }) => owner },
      { title: 'Next hop', text: ({ nextHop }) => nextHop ?? 'self' },
      { title: 'Age', align: 'right', text: ({ since }) => formatDuration((now - Date.parse(since)) / 1000) },
      {
        title: 'Ends in',
        align: 'right',
        text: ({ remainingSeconds }) =>
          remainingSeconds === undefined ? '-' : formatDuration(remainingSeconds),
      },
      { title: 'Attributes', text: attributesText },
    ],
    paint,
  );
  return `${lines.join('\n')}\n`;
}

function attributesText(route: Announcement): string {
  return [
    route.origin === 'igp' ? '' : route.origin,
    route.asPath.length === 0 ? '' : `path ${route.asPath.join(' ')}`,
    route.med === undefined ? '' : `med ${route.med}`,
    route.localPref === undefined ? '' : `local-pref ${route.localPref}`,
    ...route.communities,
    ...route.largeCommunities,
    ...route.extendedCommunities,
    route.atomicAggregate ? 'atomic-aggregate' : '',
    route.aggregator === undefined ? '' : `aggregator ${route.aggregator}`,
    route.peers === undefined ? '' : `only to ${route.peers.join(' ')}`,
    route.reason === undefined ? '' : `(${route.reason})`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
