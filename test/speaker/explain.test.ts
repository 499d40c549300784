/**
 * `explain` for routes in more than 25 different fates, compared with what the peers really have: their tables are made
 * from the octets they were sent.
 *
 * Over 300 lines: a row for each fate, on one stage.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explanation } from '../../src/api/schemas/explanation.ts';
import type { ExplainedExport, ExplainedPath } from '../../src/speaker/explanation.ts';
import { compare } from './explain-compare.ts';
import { AWAY, address, Network, type PeerName } from './explain-network.ts';

let network: Network;

/** Prefixes that anybody has named in this file. */
const named = new Set<string>([
  '0.0.0.0/0',
  '10.100.0.0/16',
  '10.102.0.0/16',
  '10.200.0.0/16',
  '10.201.0.0/16',
]);

function announce(...[name, prefix, announced]: Parameters<Network['announce']>): void {
  named.add(prefix);
  network.announce(name, prefix, announced);
}

const path = (...numbers: number[]) => ({ path: numbers });
const community = (...values: string[]) =>
  `c008${(values.length * 4).toString(16).padStart(2, '0')}${values.join('')}`;
const LIFTED = community('fdea00c8');
const OTC = 'c023040000fde9';

beforeAll(async () => {
  network = await Network.start();
  announce('up', '10.1.0.0/16');
  await network.settled();
  announce('up', '10.2.0.0/16', { extra: LIFTED });
  announce('up', '10.66.0.0/16');
  announce('up', '10.3.0.0/25');
  announce('up', '10.4.0.0/16', path(65002, 65001));
  announce('up', '10.5.0.0/16', path(65099));
  announce('up', '10.6.0.0/16', { nextHop: '127.0.0.1' });
  announce('up', '10.7.0.0/16', { extra: '8004020102' });
  announce('up', '10.8.0.0/16', { extra: '40060100' });
  announce('up', '10.9.0.0/16', { extra: community('ffffff01') });
  announce('up', '10.10.0.0/16', { extra: community('ffffff02') });
  announce('up', '10.11.0.0/16');
  announce('up', '10.12.0.0/16');
  announce('second', '10.12.0.0/16', path(65003, 65030));
  announce('up', '10.13.0.0/16', { extra: LIFTED });
  announce('second', '10.13.0.0/16');
  announce('up', '10.14.0.0/16');
  announce('second', '10.14.0.0/16', { origin: 2 });
  announce('up', '10.15.0.0/16', { extra: '80040400000005' });
  announce('inside', '10.15.0.0/16', { extra: '4005040000006480040400000009' });
  announce('up', '10.16.0.0/16');
  announce('inside', '10.16.0.0/16');
  announce('inside', '10.17.0.0/16');
  announce('bare', '10.18.0.0/16');
  announce('customer', '10.19.0.0/16', { extra: OTC });
  announce('provider', '10.20.0.0/16');
  announce('limited', '10.21.0.0/16');
  announce('up', '10.23.0.0/16', { nextHop: '127.0.1.13' });
  // 4,096 octets: with one AS number more it does not fit.
  const fixed = 19 + 4 + 4 + 9 + 7 + 3 + 4;
  const size = 4096 - fixed - ((4096 - fixed) % 4);
  const padding = (4096 - fixed) % 4;
  const values = Array.from({ length: size / 4 }, (_, i) => (0xfdea0000 + i).toString(16)).join('');
  expect(padding).toBeGreaterThanOrEqual(0);
  announce('up', '10.24.0.0/16', { extra: `d008${size.toString(16).padStart(4, '0')}${values}` });
  announce('inside', '10.25.0.0/16', { extra: '4005040000006480090 40a000001'.replaceAll(' ', '') });
  announce('up', '10.26.0.0/16');
  announce('up', '10.28.0.0/16', { set: [64512, 64513] });
  announce('second', '10.29.0.0/16', { set: [64512, 64513] });
  announce('up', '10.200.1.0/24');
  await network.settled();
  announce('second', '10.26.0.0/16');
  named.add('10.27.0.0/16');
  network.announceVia6('second', '10.27.0.0/16');
  announce('limited', '10.22.0.0/16');
  network.withdraw('up', '10.11.0.0/16');
  named.add('10.101.0.0/16').add('10.103.0.0/16');
  const { ownRoutes } = network.subject.speaker;
  ownRoutes.announce('cli', { prefix: '10.101.0.0/16', peers: [address('up')] });
  await network.settled();
  // The interval of 10 minutes began with what came before.
  ownRoutes.announce('cli', { prefix: '10.103.0.0/16' });
  await network.settled();
}, 60_000);

afterAll(() => network[Symbol.asyncDispose]());

const ask = (prefix: string) => network.subject.speaker.explain({ prefix });

function heardFrom(name: PeerName | 'local', prefix: string): ExplainedPath {
  const peer = name === 'local' ? name : address(name);
  return ask(prefix).paths.find((one) => one.peer === peer)!;
}

function toldTo(name: PeerName | typeof AWAY, prefix: string): ExplainedExport {
  const to = name === AWAY ? AWAY : address(name as PeerName);
  return network.subject.speaker.explain({ prefix, to }).exports[0]!;
}

const absence = (name: PeerName, prefix: string) =>
  network.subject.speaker.explain({ prefix, from: address(name) }).absent[0]!;

test('for every peer and prefix: explain says it was sent exactly when the peer has it, with these attributes', () => {
  // Neither side of the comparison is empty.
  expect(compare(network, named)).toBeGreaterThan(100);
});

test('every answer is what the schema of the API says, to the last key', () => {
  for (const prefix of [...named, '2001:db8:1::/48', '192.0.2.1'])
    explanation.parse(JSON.parse(JSON.stringify(ask(prefix))));
});

describe('the fate of what was announced to us', () => {
  const accepted: [fate: string, name: PeerName, prefix: string, expected: object][] = [
    ['accepted as it came', 'up', '10.1.0.0/16', { accepted: true, best: true, changes: [] }],
    [
      'changed by an import term: name, place, before and after',
      'up',
      '10.2.0.0/16',
      {
        changes: [{ attribute: 'localPref', before: undefined, after: '200' }],
        policy: {
          verdict: 'accept',
          reason: 'term `lift` of policy `from-up`',
          steps: [
            { term: 'unwanted', verdict: undefined, failed: expect.stringContaining('10.66.0.0/16') },
            { term: 'lift', place: 'test.yaml:8', verdict: 'accept' },
          ],
        },
      },
    ],
    [
      'rejected by an import term',
      'up',
      '10.66.0.0/16',
      { accepted: false, policy: { verdict: 'reject', reason: 'term `unwanted` of policy `from-up`' } },
    ],
    [
      'rejected by the end of a policy',
      'up',
      '10.3.0.0/25',
      { accepted: false, policy: { reason: expect.stringContaining('the end of a policy is reject') } },
    ],
    ['no import policy (RFC 8212)', 'bare', '10.18.0.0/16', { accepted: false, policy: { name: 'none' } }],
    ['AS loop', 'up', '10.4.0.0/16', { accepted: false, rule: expect.stringContaining('our own AS') }],
    ['not the first AS', 'up', '10.5.0.0/16', { accepted: false, rule: expect.stringContaining('first AS') }],
    [
      'our next hop',
      'up',
      '10.6.0.0/16',
      { accepted: false, rule: expect.stringContaining('our own address') },
    ],
    ['our ORIGINATOR_ID', 'inside', '10.25.0.0/16', { rule: expect.stringContaining('ORIGINATOR_ID') }],
    ['route leak (RFC 9234)', 'customer', '10.19.0.0/16', { rule: expect.stringContaining('route leak') }],
    [
      'OTC added at import',
      'provider',
      '10.20.0.0/16',
      { changes: [{ attribute: 'onlyToCustomer', before: undefined, after: '65006' }] },
    ],
    [
      'attribute discarded (RFC 7606)',
      'up',
      '10.8.0.0/16',
      {
        accepted: true,
        faults: [{ disposition: 'attribute-discard', rfc: expect.stringContaining('RFC 7606') }],
      },
    ],
    ['lost by LOCAL_PREF', 'second', '10.13.0.0/16', { best: false, lostBy: 'LOCAL_PREF' }],
    ['lost by AS path length', 'second', '10.12.0.0/16', { best: false, lostBy: 'AS path length' }],
    ['lost by ORIGIN', 'second', '10.14.0.0/16', { best: false, lostBy: 'ORIGIN' }],
    ['lost by MED', 'inside', '10.15.0.0/16', { best: false, lostBy: 'MED' }],
    ['lost to eBGP', 'inside', '10.16.0.0/16', { best: false, lostBy: 'eBGP over iBGP' }],
    ['lost to the older route', 'second', '10.26.0.0/16', { lostBy: 'older eBGP route (RFC 5004)' }],
  ];
  test.each(accepted)('%s', (_fate, name, prefix, expected) => {
    const found = heardFrom(name, prefix);
    expect(found).toMatchObject(expected);
    expect(Date.parse(found.since!)).toBeLessThanOrEqual(Date.now());
  });

  test('our own route names its owner', () => {
    expect(heardFrom('local', '10.103.0.0/16')).toMatchObject({ owner: 'cli', best: true });
    expect(heardFrom('local', '10.100.0.0/16')).toMatchObject({ owner: 'config' });
  });
});

describe('why there is nothing', () => {
  test('treated as withdrawn (RFC 7606): the fault is named', () => {
    expect(absence('up', '10.7.0.0/16')).toMatchObject({
      cause: 'treated-as-withdrawn',
      faults: [{ disposition: 'treat-as-withdraw', attribute: 'med' }],
    });
  });

  test('an AS_SET from a neighbor without allow-as-sets (RFC 9774)', () => {
    expect(absence('up', '10.28.0.0/16')).toMatchObject({
      cause: 'treated-as-withdrawn',
      faults: [{ disposition: 'treat-as-withdraw', attribute: 'asPath' }],
    });
  });

  test('withdrawn', () => {
    expect(ask('10.11.0.0/16')).toMatchObject({ found: false, paths: [] });
    expect(absence('up', '10.11.0.0/16').cause).toBe('not-announced');
  });

  test('refused at max-prefixes', () => {
    expect(absence('limited', '10.22.0.0/16').cause).toBe('max-prefixes');
    expect(heardFrom('limited', '10.21.0.0/16').accepted).toBe(true);
  });

  test('never heard: the longest match is named; for an address it is explained', () => {
    expect(ask('10.200.1.128/25')).toMatchObject({ found: false, longestMatch: '10.200.1.0/24' });
    expect(ask('192.0.2.0/24')).toMatchObject({ found: false, longestMatch: undefined });
    expect(ask('10.200.1.7')).toMatchObject({ found: true, prefix: '10.200.1.0/24' });
  });

  test('a neighbor without a session', () => {
    const { absent } = network.subject.speaker.explain({ prefix: '10.11.0.0/16', from: AWAY });
    expect(absent).toMatchObject([{ peer: AWAY, cause: 'no-session' }]);
  });

  test('a network that waits for another route, an aggregate without contributors', () => {
    expect(ask('10.102.0.0/16').waiting).toEqual([
      'the network waits for a route to 10.250.0.0/16 (announce-if-present)',
    ]);
    expect(ask('10.201.0.0/16').waiting).toHaveLength(1);
  });

  test('a neighbor that is none, a prefix that is none', () => {
    const { speaker } = network.subject;
    expect(() => speaker.explain({ prefix: '10.1.0.0/16', to: '192.0.2.77' })).toThrow('no neighbor');
    expect(() => speaker.explain({ prefix: 'nonsense' })).toThrow('is no prefix');
  });
});

describe('the fate of what we tell', () => {
  const told: [fate: string, name: PeerName | typeof AWAY, prefix: string, expected: object][] = [
    ['sent, our AS in front', 'second', '10.1.0.0/16', { cause: 'sent', sent: { asPath: '65001 65002' } }],
    [
      'sent, changed by an export term',
      'picky',
      '10.100.0.0/16',
      {
        cause: 'sent',
        sent: { med: 77, asPath: '65001 65001 65001' },
        policy: { reason: 'term `ours` of policy `to-picky`' },
      },
    ],
    [
      'rejected by an export term',
      'picky',
      '10.1.0.0/16',
      {
        cause: 'export-policy',
        reason: 'term `not-this` of policy `to-picky`',
        policy: { steps: [{ place: 'test.yaml:11' }] },
      },
    ],
    ['rejected by the end of an export policy', 'picky', '10.2.0.0/16', { cause: 'export-policy' }],
    ['no export policy (RFC 8212)', 'bare', '10.1.0.0/16', { cause: 'no-export-policy' }],
    ['split horizon', 'up', '10.1.0.0/16', { cause: 'split-horizon' }],
    ['NO_EXPORT', 'second', '10.9.0.0/16', { cause: 'no-export' }],
    ['NO_EXPORT stays in the AS', 'inside', '10.9.0.0/16', { cause: 'sent' }],
    ['NO_ADVERTISE', 'inside', '10.10.0.0/16', { cause: 'no-advertise' }],
    ['iBGP to iBGP', 'inside2', '10.17.0.0/16', { cause: 'internal-route' }],
    ['only to customers', 'provider2', '10.20.0.0/16', { cause: 'only-to-customer' }],
    ['an AS_SET (RFC 9774)', 'up', '10.29.0.0/16', { cause: 'as-set' }],
    ['an AS_SET, to an internal peer', 'inside', '10.29.0.0/16', { cause: 'as-set' }],
    [
      'an AS_SET, to a peer that may have it',
      'inside2',
      '10.29.0.0/16',
      { cause: 'sent', sent: { asPath: '65003 {64512 64513}' } },
    ],
    ['max-prefixes-out', 'limited', '10.2.0.0/16', { cause: 'max-prefixes-out' }],
    ['for other neighbors', 'second', '10.101.0.0/16', { cause: 'audience' }],
    ['for this neighbor', 'up', '10.101.0.0/16', { cause: 'sent' }],
    ['inside of an aggregate', 'second', '10.200.1.0/24', { cause: 'summary-only' }],
    ['the aggregate', 'second', '10.200.0.0/16', { cause: 'sent', sent: { aggregator: '65001 10.0.0.1' } }],
    ['no next hop to tell', 'transparent', '10.27.0.0/16', { cause: 'no-next-hop' }],
    ["the peer's own next hop", 'transparent', '10.23.0.0/16', { cause: 'own-next-hop' }],
    ['too long for a message', 'second', '10.24.0.0/16', { cause: 'unsendable' }],
    ['a default route whatever the policy', 'default', '0.0.0.0/0', { cause: 'default-originate' }],
    ['no accepted route', 'second', '10.66.0.0/16', { cause: 'no-route' }],
    ['family not negotiated', 'second', '2001:db8:1::/48', { cause: 'family-not-negotiated' }],
    ['no session', AWAY, '10.1.0.0/16', { cause: 'no-session' }],
    [
      'waits for the advertisement interval',
      'paced',
      '10.103.0.0/16',
      {
        cause: 'sent',
        sent: undefined,
        pending: {
          reason: 'the announcement waits for the advertisement interval of 600 s',
          wanted: { asPath: '65001' },
        },
      },
    ],
  ];
  test.each(told)('%s', (_fate, name, prefix, expected) => {
    expect(toldTo(name, prefix)).toMatchObject(expected);
  });
});

describe('what is told but not any more, or not yet', () => {
  const PREFIX = '10.104.0.0/16';
  const pending = (name: PeerName, prefix: string) => toldTo(name, prefix).pending?.reason;

  test('an announcement, a change and a withdrawal that are not decided yet', async () => {
    const { ownRoutes } = network.subject.speaker;
    named.add(PREFIX);
    ownRoutes.announce('cli', { prefix: PREFIX });
    expect(toldTo('second', PREFIX)).toMatchObject({
      cause: 'sent',
      sent: undefined,
      pending: { reason: 'the announcement is decided in a moment', wanted: { asPath: '65001' } },
    });
    await network.settled();
    expect(toldTo('second', PREFIX)).toMatchObject({ sent: { asPath: '65001' }, pending: undefined });
    ownRoutes.announce('cli', { prefix: PREFIX, med: 9 });
    expect(toldTo('second', PREFIX)).toMatchObject({
      sent: { med: undefined },
      pending: { wanted: { med: 9 } },
    });
    await network.settled();
    ownRoutes.withdraw('cli', PREFIX);
    expect(toldTo('second', PREFIX)).toMatchObject({ cause: 'no-route', sent: { med: 9 } });
    expect(pending('second', PREFIX)).toBe('the withdrawal is decided in a moment');
    await network.settled();
    expect(toldTo('second', PREFIX)).toMatchObject({ sent: undefined, pending: undefined });
    expect(network.heard('second').has(PREFIX)).toBe(false);
  });

  test('a route refresh: what was told is told again', async () => {
    network.subject.speaker.clear(address('second'), 'out');
    expect(pending('second', '10.1.0.0/16')).toBe(
      'the repetition is sent when the walk over the table comes to it',
    );
    await network.settled();
    expect(pending('second', '10.1.0.0/16')).toBeUndefined();
  });
});
