/** The layout of `gobgp neighbor` and `gobgp global rib`. */
import type { NeighborStatus, RouteEntry, Summary } from '../../api/types.ts';
import { upDown } from '../format/summary.ts';

const STATES: Readonly<Record<NeighborStatus['state'], string>> = {
  Idle: 'Idle',
  Connect: 'Connect',
  Active: 'Active',
  OpenSent: 'Sent',
  OpenConfirm: 'Confirm',
  Established: 'Establ',
};

const ORIGINS: Readonly<Record<string, string>> = { igp: 'i', egp: 'e', incomplete: '?' };

/** `gobgp neighbor`. */
export function gobgpSummary({ neighbors }: Summary, now: number): string {
  const rows = neighbors.map((neighbor) => ({
    peer: neighbor.address,
    as: String(neighbor.peerAs),
    time: upDown(neighbor, now),
    state: STATES[neighbor.state],
    received: neighbor.families.reduce((sum, { received }) => sum + received, 0),
    accepted: neighbor.families.reduce((sum, { accepted }) => sum + accepted, 0),
  }));
  const width = (least: number, key: 'peer' | 'as' | 'time'): number =>
    Math.max(least, ...rows.map((row) => row[key].length));
  const [peer, as, time] = [width(4, 'peer'), width(2, 'as'), width(8, 'time')];
  const heading = `${'Peer'.padEnd(peer)} ${'AS'.padStart(as)} ${'Up/Down'.padStart(time)} ${'State'.padEnd(11)} |#Received  Accepted`;
  const lines = rows.map(
    (row) =>
      `${row.peer.padEnd(peer)} ${row.as.padStart(as)} ${row.time.padStart(time)} ${row.state.padEnd(11)} |${String(row.received).padStart(9)} ${String(row.accepted).padStart(9)}`,
  );
  return `${[heading, ...lines].join('\n')}\n`;
}

/** `gobgp global rib`. */
export function gobgpRoutes(routes: readonly RouteEntry[]): string {
  if (routes.length === 0) return 'Network not in table\n';
  const network = Math.max(20, ...routes.map(({ prefix }) => prefix.length));
  const nextHop = Math.max(20, ...routes.map((route) => route.nextHop.length));
  const heading = `   ${'Network'.padEnd(network)} ${'Next Hop'.padEnd(nextHop)} ${'AS_PATH'.padEnd(20)} ${'Age'.padEnd(10)} Attrs`;
  const lines = routes.map((route) => {
    const mark = route.best ? '*>' : route.accepted ? '* ' : '  ';
    return `${mark} ${route.prefix.padEnd(network)} ${route.nextHop.padEnd(nextHop)} ${route.asPath.padEnd(20)} ${'-'.padEnd(10)} [${attributes(route)}]`;
  });
  return `${[heading, ...lines].join('\n')}\n`;
}

function attributes({ origin, med, localPref, communities }: RouteEntry): string {
  return [
    `{Origin: ${ORIGINS[origin] ?? '?'}}`,
    ...(med === undefined ? [] : [`{Med: ${med}}`]),
    ...(localPref === undefined ? [] : [`{LocalPref: ${localPref}}`]),
    ...(communities.length === 0 ? [] : [`{Communities: ${communities.join(', ')}}`]),
  ].join(' ');
}
