/** Each match of a policy: what it takes and what it leaves. */
import { describe, expect, test } from 'vitest';
import { chain, outcome, policyOf, type TestRoute } from './fixtures.ts';

/** Whether a route with these attributes is taken by `match`. */
function takes(match: string, route: TestRoute | TestRoute['attributes'] = {}, sets = ''): boolean {
  const policies = chain(`${sets}\npolicies: { p: [{ match: { ${match} }, then: accept }] }`, 'p');
  const isRoute = 'prefix' in route || 'source' in route || 'from' in route || 'attributes' in route;
  return outcome(policies, (isRoute ? route : { attributes: route }) as TestRoute) !== 'reject';
}

/** One line: what is asked, the routes that match and those that do not. */
type Row = readonly [match: string, yes: readonly object[], no: readonly object[]];

function table(name: string, rows: readonly Row[], sets = ''): void {
  describe(name, () => {
    test.each(rows)('%s', (match, yes, no) => {
      expect(yes.filter((route) => !takes(match, route, sets))).toEqual([]);
      expect(no.filter((route) => takes(match, route, sets))).toEqual([]);
    });
  });
}

const at = (prefix: string) => ({ prefix });
const path = (asPath: string) => ({ asPath });
const communities = (...list: string[]) => ({ communities: list });

table(
  'prefix and prefix-set: lengths below a prefix',
  [
    ['prefix: 10.0.0.0/8', [at('10.0.0.0/8')], [at('10.0.0.0/9'), at('10.1.0.0/16'), at('11.0.0.0/8')]],
    ['prefix: 10.0.0.0/8 le 16', [at('10.0.0.0/8'), at('10.1.0.0/16')], [at('10.1.0.0/17'), at('0.0.0.0/0')]],
    [
      'prefix: 10.0.0.0/8 ge 24',
      [at('10.1.2.0/24'), at('10.1.2.3/32')],
      [at('10.0.0.0/8'), at('10.1.0.0/23')],
    ],
    [
      'prefix: 10.0.0.0/8 ge 16 le 24',
      [at('10.1.0.0/16'), at('10.1.2.0/24')],
      [at('10.0.0.0/15'), at('10.1.2.0/25')],
    ],
    ['prefix: 0.0.0.0/0', [at('0.0.0.0/0')], [at('10.0.0.0/8'), at('::/0')]],
    ['prefix: 0.0.0.0/0 le 32', [at('0.0.0.0/0'), at('203.0.113.7/32')], [at('::/0')]],
    [
      'prefix: "2001:db8::/32 ge 48 le 64"',
      [at('2001:db8:1::/48')],
      [at('2001:db8::/32'), at('2001:db9:1::/48')],
    ],
    ['prefix: [10.0.0.0/8, "::/0"]', [at('10.0.0.0/8'), at('::/0')], [at('0.0.0.0/0')]],
    ['prefix-set: vips', [at('203.0.113.9/32'), at('2001:db8:5:1::/64')], [at('203.0.112.0/24')]],
    ['prefix-set: [vips, more]', [at('203.0.113.0/24'), at('192.0.2.0/24')], [at('192.0.2.0/25')]],
    [
      'prefix-set: overlapping',
      [at('10.0.0.0/8'), at('10.0.0.0/24'), at('10.2.0.0/20')],
      [at('10.0.0.0/12')],
    ],
  ],
  `prefix-sets: { vips: [203.0.113.0/24 le 32, "2001:db8:5::/48 ge 64 le 128"], more: [192.0.2.0/24],
     overlapping: [10.0.0.0/8, 10.0.0.0/8 ge 24, 10.2.0.0/16 le 20] }`,
);

table('bogons: what has no place in the Internet, but the default routes', [
  [
    'prefix-set: bogons',
    [
      '10.0.0.0/8',
      '192.168.1.0/24',
      '100.64.0.1/32',
      '240.0.0.0/8',
      '2001:db8::/32',
      'fe80::/64',
      '::1/128',
    ].map(at),
    ['0.0.0.0/0', '::/0', '8.8.8.0/24', '192.0.1.0/24', '2001:4860::/32', '2000::/3'].map(at),
  ],
]);

table('prefix-length, family, source', [
  ['prefix-length: 24', [at('192.0.2.0/24')], [at('192.0.2.0/25')]],
  ['prefix-length: ">= 25"', [at('192.0.2.0/25'), at('2001:db8::/32')], [at('192.0.2.0/24')]],
  ['prefix-length: 8-16, family: ipv4', [at('10.0.0.0/8')], [at('2000::/12'), at('10.0.0.0/17')]],
  ['family: ipv6-unicast', [at('2001:db8::/32')], [at('10.0.0.0/8')]],
  ['source: local', [{ source: 'local' }], [{ source: 'internal' }, { source: 'external' }]],
  ['source: [internal, external]', [{ source: 'internal' }, { source: 'external' }], [{ source: 'local' }]],
]);

table(
  'AS path',
  [
    ['as-path: "^$"', [path('')], [path('65001')]],
    ['as-path: "^65001$"', [path('65001')], [path('65001 65001'), path('650010')]],
    [
      'as-path: "_65002_"',
      [path('65001 65002 65003'), path('65002'), path('1 {65002}')],
      [path('165002'), path('')],
    ],
    ['as-path: ["^65009_", "_65003$"]', [path('1 65003'), path('65009 1')], [path('1 65009')]],
    ['as-path-set: customers', [path('65010'), path('65010 1')], [path('1 65010'), path('650101')]],
    ['as-path-length: 2', [path('1 2'), path('1 {2,3}')], [path('1'), path('1 2 3')]],
    ['as-path-length: "<= 2"', [path(''), path('1 {2,3,4}')], [path('1 2 3')]],
    ['as-path-contains: 65002', [path('1 65002 3'), path('1 {65002}')], [path('1 2'), path('')]],
    ['as-path-contains: [65002-65004, 7]', [path('65003'), path('1 7')], [path('65005'), path('8')]],
    ['as-path-contains: private-asns', [path('1 64512'), path('4200000000')], [path('65535'), path('1')]],
    ['as-path-contains: bogon-asns', [path('23456'), path('1 65535'), path('64496')], [path('3356 15169')]],
    ['origin-as: 3', [path('1 2 3')], [path('3 2'), path(''), path('1 {3}')]],
    ['origin-as: [transits]', [path('1 174')], [path('174 1')]],
    ['neighbor-as: 1-2', [path('2 3')], [path('3 1'), path('')]],
    ['neighbor-as: "0.7"', [path('7 3')], [path('3 7')]],
  ],
  'as-path-sets: { customers: ["^65010(_|$)"] }\nas-sets: { transits: [174, 3356] }',
);

table(
  'communities of all kinds',
  [
    [
      'community: "65000:1"',
      [communities('65000:1'), communities('1:1', '65000:1')],
      [communities('65000:2'), {}],
    ],
    ['community: "65000:*"', [communities('65000:9')], [communities('65001:9')]],
    ['community: "*:666"', [communities('7:666')], [communities('666:7')]],
    ['community: "65000:100-199"', [communities('65000:150')], [communities('65000:200')]],
    ['community: no-export', [communities('no-export')], [communities('no-advertise')]],
    ['community: ["1:1", "2:2"]', [communities('1:1'), communities('2:2')], [communities('3:3')]],
    [
      'community: { all: ["1:1", "2:*"] }',
      [communities('1:1', '2:7')],
      [communities('1:1'), communities('2:2')],
    ],
    ['community: { none: ["1:1", "2:*"] }', [communities('3:3'), {}], [communities('3:3', '2:7')]],
    ['community: { any: ["1:1"], none: ["9:9"] }', [communities('1:1')], [communities('1:1', '9:9'), {}]],
    [
      'community: internal',
      [communities('65000:1'), { largeCommunities: ['65000:1:7'] }],
      [{ largeCommunities: ['65000:2:7'] }],
    ],
    ['community-set: internal', [{ largeCommunities: ['65000:1:0'] }], [communities('1:65000')]],
    ['community: "65000:1:*"', [{ largeCommunities: ['65000:1:4294967295'] }], [communities('65000:1')]],
    ['community: "large:*:*:7"', [{ largeCommunities: ['1:2:7'] }], [{ largeCommunities: ['7:7:8'] }]],
    [
      'community: "rt:65000:1"',
      [{ extendedCommunities: ['rt:65000:1'] }],
      [{ extendedCommunities: ['ro:65000:1'] }, communities('65000:1')],
    ],
    [
      'community: "rt:65000:*"',
      [{ extendedCommunities: ['rt:65000:9'] }],
      [{ extendedCommunities: ['rt:65001:9'] }],
    ],
    [
      'community: "target:*:9"',
      [{ extendedCommunities: ['rt:65000:9'] }],
      [{ extendedCommunities: ['rt:9:1'] }],
    ],
    ['community-count: ">= 2"', [communities('1:1', '2:2')], [communities('1:1'), {}]],
    ['large-community-count: 0', [{}], [{ largeCommunities: ['1:1:1'] }]],
    ['extended-community-count: 1', [{ extendedCommunities: ['rt:1:1'] }], [{}]],
  ],
  'community-sets: { internal: ["65000:*", "large:65000:1:*"] }',
);

table(
  'MED, LOCAL_PREF, ORIGIN, next hop',
  [
    ['med: 10', [{ med: 10 }], [{ med: 11 }, {}]],
    ['med: "< 10"', [{ med: 9 }, { med: 0 }], [{ med: 10 }, {}]],
    ['med: none', [{}], [{ med: 0 }]],
    ['local-pref: 100', [{}, { localPref: 100 }], [{ localPref: 99 }]],
    ['local-pref: "> 100"', [{ localPref: 101 }], [{}]],
    ['origin: [egp, incomplete]', [{ origin: 'egp' }, { origin: 'incomplete' }], [{}]],
    ['next-hop: 192.0.2.1', [{}], [{ nextHop: '192.0.2.2' }]],
    [
      'next-hop: ["192.0.2.0/24", "2001:db8::/32"]',
      [{}, { nextHop: '2001:db8::7' }],
      [{ nextHop: '10.0.0.1' }],
    ],
    ['next-hop: lan', [{ nextHop: '10.9.9.9' }], [{}]],
  ],
  'prefix-sets: { lan: ["10.0.0.0/8 le 32"] }',
);

table('not, any, all', [
  ['not: { med: 1 }', [{ med: 2 }], [{ med: 1 }]],
  ['not: { med: 1, local-pref: 100 }', [{ med: 2 }, { med: 1, localPref: 7 }], [{ med: 1 }]],
  ['any: [{ med: 1 }, { med: 2, origin: egp }]', [{ med: 1 }, { med: 2, origin: 'egp' }], [{ med: 2 }, {}]],
  ['all: [{ med: 1 }, { not: { origin: egp } }]', [{ med: 1 }], [{ med: 1, origin: 'egp' }]],
  [
    'med: 1, any: [{ prefix: 10.0.0.0/8 }, { source: local }]',
    [{ prefix: '10.0.0.0/8', attributes: { med: 1 } }],
    [{ prefix: '10.0.0.0/8' }],
  ],
]);

describe('neighbor and peer-group', () => {
  const policies = (match: string) =>
    chain(
      `peer-groups: { fabric: {}, edge: {} }\npolicies: { p: [{ match: { ${match} }, then: accept }] }`,
      'p',
    );

  test.each([
    ['neighbor: 10.0.0.2', true],
    ['neighbor: [10.0.0.9, 10.0.0.0/24]', true],
    ['neighbor: 10.0.1.0/24', false],
    ['peer-group: fabric', true],
    ['peer-group: edge', false],
    ['not: { peer-group: edge }', true],
    ['any: [{ neighbor: 10.9.9.9 }, { peer-group: fabric }]', true],
    ['all: [{ neighbor: 10.0.0.2 }, { peer-group: edge }]', false],
  ])('at export they are the one that would hear the route: %s', (match, expected) => {
    const session = { direction: 'export', address: '10.0.0.2', peerGroup: 'fabric' } as const;
    expect(outcome(policies(match), { source: 'internal' }, session) !== 'reject').toBe(expected);
  });

  test('from-neighbor is the one that sent it, in both directions', () => {
    const from = policies('from-neighbor: 10.0.0.3');
    const session = { direction: 'export', address: '10.0.0.9' } as const;
    expect(outcome(from, { source: 'internal' }, session)).not.toBe('reject');
    expect(outcome(from, { source: 'external' }, session)).toBe('reject');
    expect(outcome(from, { source: 'local' }, session)).toBe('reject');
    expect(outcome(from, {}, { address: '10.0.0.3' })).not.toBe('reject');
    expect(outcome(from, {}, { address: '10.0.0.2' })).toBe('reject');
  });

  test('a term without conditions takes every route', () => {
    expect(outcome(policyOf('then: accept'))).not.toBe('reject');
  });
});
