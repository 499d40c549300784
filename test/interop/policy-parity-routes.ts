/** The routes that policies of several daemons are compared on. */
import type { RouteSpec } from './lab/peer.ts';

export const ROUTES = 10_000;

/** The same numbers in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Routes with something for every term: bogons, long prefixes, long and private paths, communities of all sorts. */
export function generatedRoutes(): RouteSpec[] {
  const below = random(7);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!;
  const several = <Item>(items: readonly Item[], most: number): Item[] => [
    ...new Set(Array.from({ length: below(most + 1) }, () => pick(items))),
  ];
  const routes = new Map<string, RouteSpec>();
  while (routes.size < ROUTES) {
    const first = pick([45, 45, 45, 8, 80, 185, 10, 100, 172, 192, 198, 203]);
    const length = pick([16, 18, 20, 21, 22, 23, 24, 24, 24, 25, 28]);
    const address = (first * 2 ** 24 + below(2 ** 24)) & (-1 << (32 - length));
    const octets = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255);
    const prefix = `${octets.join('.')}/${length}`;
    const communities = several(
      ['65000:80', '65000:120', '65000:7', '65000:666', '3000:666', '174:30', '3356:2', '3356:123'],
      4,
    );
    routes.set(prefix, {
      prefix,
      asPath: Array.from({ length: pick([0, 0, 1, 2, 3, 4, 8, 24]) }, () =>
        pick([3000, 174, 3356, 4999, 4999, 64_700, 13_335]),
      ),
      ...(below(2) === 0 ? { med: below(200) } : {}),
      ...(communities.length > 0 && { communities }),
      largeCommunities: several(['65000:0:65000', '65000:1:7', '3000:1:7', '3356:2:2'], 2),
      origin: pick(['igp', 'igp', 'egp', 'incomplete'] as const),
    });
  }
  return [...routes.values()];
}
