/** The layout of BIRD's `show protocols` and `show route`. */
import type { NeighborStatus, RouteEntry, Summary } from '../../api/types.ts';

const ORIGINS: Readonly<Record<string, string>> = { igp: 'i', egp: 'e', incomplete: '?' };
const TABLES: Readonly<Record<string, string>> = { 'ipv4-unicast': 'master4', 'ipv6-unicast': 'master6' };

/** `show protocols`: a line for each neighbor, named after its address. */
export function birdcSummary({ neighbors }: Summary, now: number): string {
  const width = Math.max(10, ...neighbors.map(({ address }) => address.length));
  const heading = `${'Name'.padEnd(width)} Proto      Table      State  Since         Info`;
  const lines = neighbors.map((neighbor) => {
    const { address, state } = neighbor;
    const up = state === 'Established' ? 'up' : 'start';
    return `${address.padEnd(width)} ${'BGP'.padEnd(10)} ${'---'.padEnd(10)} ${up.padEnd(6)} ${since(neighbor, now).padEnd(13)} ${state}`;
  });
  return `${[heading, ...lines].join('\n')}\n`;
}

/** Time of the day within a day, else the date. */
function since({ state, uptimeSeconds, lastError }: NeighborStatus, now: number): string {
  const at = state === 'Established' ? now - uptimeSeconds * 1000 : Date.parse(lastError?.time ?? '');
  if (Number.isNaN(at)) return '---';
  const text = new Date(at).toISOString();
  return now - at < 86_400_000 ? text.slice(11, 23) : text.slice(0, 10);
}

/** `show route`: a table for each family. */
export function birdcRoutes(routes: readonly RouteEntry[]): string {
  if (routes.length === 0) return 'Network not found\n';
  let table = '';
  let before = '';
  const lines: string[] = [];
  for (const route of routes) {
    const name = TABLES[route.family] ?? route.family;
    if (name !== table) lines.push(...(table === '' ? [] : ['']), `Table ${name}:`);
    const shown = route.prefix === before && name === table ? '' : route.prefix;
    table = name;
    before = route.prefix;
    const preference = `(${route.localPref ?? 100})`;
    const last = /(\d+)\}?$/.exec(route.asPath)?.[1];
    const origin = `[${last === undefined ? '' : `AS${last}`}${ORIGINS[route.origin] ?? '?'}]`;
    const mark = route.best ? '* ' : '';
    lines.push(`${shown.padEnd(20)} unicast [${route.peer} -] ${mark}${preference} ${origin}`);
    lines.push(route.nextHop === 'self' ? '\tblackhole' : `\tvia ${route.nextHop}`);
  }
  return `${lines.join('\n')}\n`;
}
