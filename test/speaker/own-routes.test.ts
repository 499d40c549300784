/** What owners want announced, and what the engine hears of it: differences, precedence, leases, bounds. */
import { describe, expect, test } from 'vitest';
import { AUDIENCE_LINGER_MILLISECONDS, MAX_AUDIENCES, MAX_ROUTE_OWNERS } from '../../src/base/limits.ts';
import { formatPrefix } from '../../src/base/prefix.ts';
import { OwnRouteTable } from '../../src/speaker/own-route-table.ts';
import type { OwnRoute } from '../../src/speaker/own-routes.ts';
import { ManualClock } from './manual-clock.ts';

/** A table over an engine that only writes down what it is told; `full` makes it refuse. */
function table() {
  const clock = new ManualClock();
  const told: string[] = [];
  const audiencesChanged: string[] = [];
  const expired: string[][] = [];
  const engine = { full: false };
  const routes = new OwnRouteTable({
    clock,
    engine: {
      announce(_family, prefix, length, blob, audience) {
        const med = blob[blob.length - 1];
        told.push(`+${formatPrefix(prefix, length)} ${med}${audience === 0 ? '' : ` to ${audience}`}`);
        return !engine.full;
      },
      withdraw(_family, prefix, length) {
        told.push(`-${formatPrefix(prefix, length)}`);
        return true;
      },
    },
    scheduler: { kick: () => undefined },
    audiencesChanged: (address) => audiencesChanged.push(address),
    announcementsExpired: (owner, prefixes) => expired.push([owner, ...prefixes]),
    flushed: () => Promise.resolve(true),
  });
  return { routes, clock, engine, audiencesChanged, expired, told: () => told.splice(0) };
}

const route = (prefix: string, med = 1, more: Partial<OwnRoute> = {}): OwnRoute => ({ prefix, med, ...more });
const A = '192.0.2.0/24';
const B = '198.51.100.0/24';
const C = '2001:db8::/32';

describe('OwnRoutes.set', () => {
  test('tells the engine the difference and nothing else', () => {
    const { routes, told } = table();
    expect(routes.set('api:x', [route(A), route(B)])).toEqual({ announced: 2, changed: 0, withdrawn: 0 });
    expect(told()).toEqual([`+${A} 1`, `+${B} 1`]);
    expect(routes.set('api:x', [route(B), route(A)])).toEqual({ announced: 0, changed: 0, withdrawn: 0 });
    expect(told()).toEqual([]);
    expect(routes.set('api:x', [route(B, 2), route(C)])).toEqual({ announced: 1, changed: 1, withdrawn: 1 });
    expect(told()).toEqual([`-${A}`, `+${B} 2`, `+${C} 1`]);
    expect(routes.set('api:x', [])).toEqual({ announced: 0, changed: 0, withdrawn: 2 });
    expect(told().sort()).toEqual([`-${B}`, `-${C}`]);
    expect(routes.count).toBe(0);
  });

  test('changes nothing at all when one route of the set is wrong', () => {
    const { routes, told } = table();
    routes.set('api:x', [route(A)]);
    told();
    for (const [bad, message] of [
      [route('10.0.0.0'), /10\.0\.0\.0 is not written as 10\.0\.0\.0\/32/],
      [route('everything'), /is not a prefix/],
      [route('10.0.0.1/8'), /is not written as 10\.0\.0\.0\/8/],
      [route(C, 1, { nextHop: '192.0.2.1' }), /needs an IPv6 next hop/],
      [route(B, 1, { nextHop: 'here' }), /next hop here of 198\.51\.100\.0\/24 is not an IP address/],
      [route(B, 1, { extendedCommunities: ['12'] }), /not 16 hexadecimal digits/],
      [route(B, 1, { aggregator: { as: 1, address: '::1' } }), /is not an IPv4 address/],
      [route(B, 1, { asPath: new Array<number>(20_000).fill(1) }), /take 80\d\d\d bytes; 60000 fit/],
      [route(A), /appears twice/],
    ] as const)
      expect(() => routes.set('api:x', [route(A, 9), bad])).toThrow(message);
    expect(told()).toEqual([]);
    expect(routes.entries().map((entry) => entry.route)).toEqual([route(A)]);
  });

  test('a set with a time to live ends as a whole when its owner does not repeat it', async () => {
    const { routes, clock, told, expired } = table();
    routes.set('api:x', [route(A), route(B)], { ttlMilliseconds: 1000 });
    await clock.advance(900);
    routes.set('api:x', [route(A), route(B)], { ttlMilliseconds: 1000 });
    await clock.advance(900);
    told();
    await clock.advance(100);
    expect(told().sort()).toEqual([`-${A}`, `-${B}`]);
    expect(routes.expired).toBe(2);
    expect(expired).toEqual([['api:x', A, B]]);
  });
});

describe('OwnRoutes: one active route for each prefix', () => {
  test('the owner who was first is active, and the next one when it goes', () => {
    const { routes, told } = table();
    routes.announce('cli', route(A, 1));
    routes.announce('vip:web', route(A, 2));
    routes.announce('api:x', route(A, 3));
    expect(told()).toEqual([`+${A} 1`]);
    expect(routes.entries().map(({ owner, active, reason }) => [owner, active, reason])).toEqual([
      ['cli', true, undefined],
      ['vip:web', false, 'cli announces this prefix'],
      ['api:x', false, 'cli announces this prefix'],
    ]);
    routes.withdraw('vip:web', A);
    expect(told()).toEqual([]);
    expect(routes.withdraw('cli', A)).toBe(true);
    expect(told()).toEqual([`+${A} 3`]);
    expect(routes.withdraw('cli', A)).toBe(false);
    routes.remove('api:x');
    expect(told()).toEqual([`-${A}`]);
  });

  test('the configuration comes before everybody, and gives back what it takes', () => {
    const { routes, told } = table();
    routes.announce('cli', route(A, 1));
    routes.set('config', [route(A, 7)]);
    expect(told()).toEqual([`+${A} 1`, `+${A} 7`]);
    routes.announce('cli', route(A, 2));
    expect(told()).toEqual([]);
    routes.set('config', []);
    expect(told()).toEqual([`+${A} 2`]);
  });

  test('a route for which the tables have no room is not active, and the old one is gone', () => {
    const { routes, engine, told } = table();
    routes.announce('cli', route(A));
    engine.full = true;
    routes.announce('cli', route(A, 2));
    expect(told()).toEqual([`+${A} 1`, `+${A} 2`, `-${A}`]);
    expect(routes.entries()).toMatchObject([{ active: false, reason: 'a table is full' }]);
  });
});

describe('OwnRoutes.announce with a time to live', () => {
  test('is withdrawn unless announced again in time', async () => {
    const { routes, clock, told } = table();
    routes.announce('cli', route(A), { ttlMilliseconds: 3000 });
    await clock.advance(2000);
    expect(routes.entries()).toMatchObject([{ remainingMilliseconds: 1000, active: true }]);
    routes.announce('cli', route(A), { ttlMilliseconds: 3000 });
    await clock.advance(2999);
    expect(told()).toEqual([`+${A} 1`]);
    await clock.advance(1);
    expect(told()).toEqual([`-${A}`]);
    expect(routes.entries()).toEqual([]);
    expect(routes.expired).toBe(1);
  });

  test('a shorter time counts as well, and none at all makes it stay', async () => {
    const { routes, clock } = table();
    routes.announce('cli', route(A), { ttlMilliseconds: 60_000 });
    routes.announce('cli', route(B), { ttlMilliseconds: 60_000 });
    routes.announce('cli', route(A), { ttlMilliseconds: 10 });
    routes.announce('cli', route(B));
    await clock.advance(10);
    expect(routes.entries().map((entry) => [entry.route.prefix, entry.expiresAt])).toEqual([[B, undefined]]);
    await clock.advance(100_000);
    expect(routes.count).toBe(1);
  });

  test('a time below or above the bounds is refused', () => {
    const { routes } = table();
    for (const ttlMilliseconds of [0, -1, Number.NaN, 8 * 24 * 3_600_000])
      expect(() => routes.announce('cli', route(A), { ttlMilliseconds })).toThrow(/time to live/);
    expect(routes.count).toBe(0);
  });

  test('many leases, renewed and shortened at random, end when they say and in that order', async () => {
    const { routes, clock } = table();
    const ends = new Map<string, number>();
    const seen: [string, number][] = [];
    routes.observe((_owner, prefix, now) => {
      if (now === undefined) seen.push([prefix, clock.now()]);
    });
    let random = 1;
    for (let i = 0; i < 5000; i++) {
      random = (random * 48_271) % 0x7fff_ffff;
      const prefix = `10.0.${random % 200}.0/24`;
      const ttlMilliseconds = 1 + (random % 997);
      routes.announce('cli', route(prefix), { ttlMilliseconds });
      ends.set(prefix, ttlMilliseconds);
    }
    await clock.advance(1000);
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(ends));
    expect(seen.map(([, at]) => at)).toEqual(seen.map(([, at]) => at).sort((a, b) => a - b));
    expect(routes.count).toBe(0);
  });
});

describe('OwnRoutes restricted to some neighbors', () => {
  test('one set of neighbors has one number, whatever the order; it goes a while after its last route', async () => {
    const { routes, clock, audiencesChanged, told } = table();
    routes.announce('cli', route(A, 1, { peers: ['10.0.0.2', '10.0.0.1'] }));
    routes.announce('cli', route(B, 1, { peers: ['10.0.0.1', '10.0.0.2'] }));
    routes.announce('cli', route(C, 1, { peers: ['10.0.0.1'] }));
    expect(told()).toEqual([`+${A} 1 to 1`, `+${B} 1 to 1`, `+${C} 1 to 2`]);
    expect(audiencesChanged.splice(0)).toEqual(['10.0.0.2', '10.0.0.1', '10.0.0.1']);
    expect(routes.audiences.of('10.0.0.1')).toEqual([1, 2]);
    expect(routes.audiences.of('10.0.0.3')).toEqual([]);
    routes.remove('cli');
    expect(routes.audiences.of('10.0.0.1')).toEqual([1, 2]);
    await clock.advance(AUDIENCE_LINGER_MILLISECONDS);
    expect(routes.audiences.of('10.0.0.1')).toEqual([]);
    expect(audiencesChanged).toHaveLength(3);
  });

  test('there is a bound, and what is refused leaves nothing behind', () => {
    const { routes } = table();
    const many = Array.from({ length: MAX_AUDIENCES }, (_, i) =>
      route(`10.0.${i}.0/24`, 1, { peers: [`192.0.2.${i}`] }),
    );
    routes.set('api:x', many.slice(1));
    expect(() =>
      routes.set('api:y', [route(A, 1, { peers: ['::1'] }), route(B, 1, { peers: ['::2'] })]),
    ).toThrow(expect.objectContaining({ code: 'LIMIT_REACHED' }));
    routes.set('api:x', many);
    expect(routes.audiences.of('::1')).toEqual([]);
  });
});

test('OwnRoutes: owners have names of bounded length and number', () => {
  const { routes } = table();
  for (const owner of ['', 'two words', 'x'.repeat(65), 'umlaut-ä'])
    expect(() => routes.announce(owner, route(A))).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  for (let i = 0; i < MAX_ROUTE_OWNERS; i++)
    routes.announce(`api:${i}`, route(`10.${i >> 8}.${i & 255}.0/24`));
  expect(() => routes.announce('api:more', route(A))).toThrow(
    expect.objectContaining({ code: 'LIMIT_REACHED' }),
  );
  routes.announce('api:1', route(A));
});

test('OwnRoutes: 200,000 routes one by one cost no more each than 20,000', () => {
  const time = (count: number) => {
    const { routes } = table();
    const start = performance.now();
    for (let i = 0; i < count; i++)
      routes.announce('cli', route(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`), {
        ttlMilliseconds: 60_000,
      });
    return (performance.now() - start) / count;
  };
  time(20_000);
  expect(time(200_000)).toBeLessThan(8 * time(20_000));
});
