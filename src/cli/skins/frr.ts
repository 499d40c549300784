/** The layout of FRR's `show bgp summary` and `show bgp ipv4 unicast`. */
import type { NeighborStatus, RouteEntry, Summary } from '../../api/types.ts';
import { upDown } from '../format/summary.ts';

const ORIGINS: Readonly<Record<string, string>> = { igp: 'i', egp: 'e', incomplete: '?' };
const FAMILY_NAMES: Readonly<Record<string, string>> = {
  'ipv4-unicast': 'IPv4 Unicast',
  'ipv6-unicast': 'IPv6 Unicast',
};

/** `show bgp summary`: a table for each family. */
export function frrSummary({ status, neighbors }: Summary, now: number): string {
  const sections = status.families.flatMap(({ family, prefixes }) => {
    const members = neighbors.filter(({ families }) => families.some((one) => one.family === family));
    if (members.length === 0) return [];
    const width = Math.max(15, ...members.map(({ address }) => address.length));
    return [
      [
        `${FAMILY_NAMES[family] ?? family} Summary:`,
        `BGP router identifier ${status.routerId}, local AS number ${status.as} VRF default vrf-id 0`,
        'BGP table version 0',
        `RIB entries ${prefixes}, using 0 bytes of memory`,
        `Peers ${members.length}, using 0 KiB of memory`,
        '',
        `${'Neighbor'.padEnd(width)} V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc`,
        ...members.map((neighbor) => summaryLine(neighbor, family, width, now)),
        '',
        `Total number of neighbors ${members.length}`,
      ].join('\n'),
    ];
  });
  return sections.length === 0 ? '% No BGP neighbors found\n' : `${sections.join('\n\n')}\n`;
}

function summaryLine(neighbor: NeighborStatus, family: string, width: number, now: number): string {
  const counts = neighbor.families.find((one) => one.family === family);
  const up = neighbor.state === 'Established';
  const cell = (value: string | number, size: number): string => ` ${String(value).padStart(size)}`;
  return [
    neighbor.address.padEnd(width),
    ' 4',
    cell(neighbor.peerAs, 10),
    cell(neighbor.messagesReceived.total, 9),
    cell(neighbor.messagesSent.total, 9),
    cell(0, 8),
    cell(0, 4),
    cell(0, 4),
    cell(upDown(neighbor, now), 8),
    cell(!up ? neighbor.state : counts?.negotiated === true ? counts.accepted : 'NoNeg', 12),
    cell(up ? (counts?.advertised ?? 0) : 0, 8),
    ` ${neighbor.description ?? 'N/A'}`,
  ].join('');
}

/** `show bgp`: one line a path, the prefix only in its first. */
export function frrRoutes(routes: readonly RouteEntry[]): string {
  let before = '';
  const network = Math.max(16, ...routes.map(({ prefix }) => prefix.length));
  const nextHop = Math.max(19, ...routes.map((route) => route.nextHop.length));
  const lines = routes.map((route) => {
    const { prefix, med, localPref, asPath, origin } = route;
    const shown = prefix === before ? '' : prefix;
    before = prefix;
    const mark = route.best ? '*>' : route.accepted ? '* ' : '  ';
    const hop = route.nextHop === 'self' ? '0.0.0.0' : route.nextHop;
    const weight = route.peer === 'local' ? 32768 : 0;
    const path = `${asPath === '' ? '' : `${asPath} `}${ORIGINS[origin] ?? '?'}`;
    const number = (value: number | undefined, size: number): string => String(value ?? '').padStart(size);
    return ` ${mark} ${shown.padEnd(network)} ${hop.padEnd(nextHop)}${number(med, 7)}${number(localPref, 7)}${number(weight, 7)} ${path}`;
  });
  const heading = `    ${'Network'.padEnd(network)} ${'Next Hop'.padEnd(nextHop)} Metric LocPrf Weight Path`;
  return `${[heading, ...lines, '', `Displayed ${routes.length} total paths`].join('\n')}\n`;
}
