/**
 * `show routes`: one line for each path, in the notation of router CLIs: `*>` before the best one, the AS path
 * last and closed by the letter of ORIGIN. For one prefix also the attributes that have no column.
 */
import type { RouteEntry } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { type Column, fieldLines, tableLines } from './table.ts';

const ORIGIN_LETTERS: Readonly<Record<string, string>> = { igp: 'i', egp: 'e', incomplete: '?' };

/** Text of `show routes`. With `details` every path is followed by its other attributes. */
export function formatRoutes(routes: readonly RouteEntry[], paint: Paint, details = false): string {
  return new RouteTable(paint, details).end(routes);
}

/** The same text in blocks, for tables of any length: columns only ever get wider. */
export class RouteTable {
  readonly #paint: Paint;
  readonly #details: boolean;
  readonly #widths: number[] = [];
  #isBegun = false;

  constructor(paint: Paint, details = false) {
    this.#paint = paint;
    this.#details = details;
  }

  /** Text of some routes; the first ones come with the heading. */
  block(routes: readonly RouteEntry[]): string {
    const paint = this.#paint;
    const [heading, ...lines] = tableLines(routes, columns(paint), paint, this.#widths);
    const body = this.#details ? lines.flatMap((line, i) => [line, ...detailLines(routes[i]!)]) : lines;
    const legend = paint.faint('*> best, * usable, x not accepted; origin: i igp, e egp, ? incomplete');
    const all = this.#isBegun ? body : [legend, heading, ...body];
    this.#isBegun = true;
    return `${all.join('\n')}\n`;
  }

  /** Text of the last routes. */
  end(routes: readonly RouteEntry[]): string {
    if (routes.length > 0) return this.block(routes);
    return this.#isBegun ? '' : 'No routes.\n';
  }
}

function columns(paint: Paint): Column<RouteEntry>[] {
  return [
    { title: '  ', text: marks, style: (route) => (route.best ? paint.good : undefined) },
    { title: 'Prefix', text: (route) => route.prefix },
    { title: 'Next hop', text: (route) => route.nextHop },
    { title: 'Peer', text: (route) => route.peer },
    { title: 'MED', align: 'right', text: (route) => numberOrDash(route.med) },
    { title: 'LocPref', align: 'right', text: (route) => numberOrDash(route.localPref) },
    { title: 'Path', text: pathText },
  ];
}

function marks(route: RouteEntry): string {
  if (!route.accepted) return 'x ';
  return route.best ? '*>' : '* ';
}

function pathText(route: RouteEntry): string {
  const letter = ORIGIN_LETTERS[route.origin] ?? route.origin;
  const path = route.asPath === '' ? letter : `${route.asPath} ${letter}`;
  return route.rejectReason === undefined ? path : `${path}  (${route.rejectReason})`;
}

function detailLines(route: RouteEntry): string[] {
  const unknown = route.unknown.map(({ code, flags, hex }) => `${code}/0x${flags.toString(16)}:${hex}`);
  const fields = fieldLines([
    ['family', route.family],
    ['link-local next hop', route.nextHopLinkLocal],
    ['communities', route.communities.join(' ')],
    ['large communities', route.largeCommunities.join(' ')],
    ['extended communities', route.extendedCommunities.join(' ')],
    ['originator id', route.originatorId],
    ['cluster list', route.clusterList.join(' ')],
    ['aggregator', route.aggregator],
    ['atomic aggregate', route.atomicAggregate ? 'yes' : undefined],
    ['unknown attributes', unknown.join(' ')],
    ['not best because of', route.lostBy],
  ]);
  return fields.map((line) => `    ${line}`);
}

function numberOrDash(value: number | undefined): string {
  return value === undefined ? '-' : String(value);
}
