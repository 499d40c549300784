/** Lines of processes: the commands they become, and the sentence of what cannot be obeyed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnnounceCommand, parseCommand } from '../../../src/frontends/exabgp/command.ts';

function announced(line: string): AnnounceCommand {
  const command = parseCommand(line);
  if (command?.kind !== 'announce') throw new Error(`not announced: ${JSON.stringify(command)}`);
  return command;
}

function refusal(line: string): string {
  const command = parseCommand(line);
  return command?.kind === 'refused' ? command.reason : `not refused: ${JSON.stringify(command)}`;
}

function attributesOf(words: string): object {
  const {
    prefix: _,
    nextHop: __,
    ...rest
  } = announced(`announce route 192.0.2.0/24 next-hop self ${words}`).routes[0]!;
  return rest;
}

describe('parseCommand: routes', () => {
  test('a route with a next hop, ours with self', () => {
    expect(announced('announce route 192.0.2.0/24 next-hop 10.0.0.1').routes).toEqual([
      { prefix: '192.0.2.0/24', nextHop: '10.0.0.1' },
    ]);
    expect(announced('announce route 2001:DB8:0::/32 next-hop self').routes).toEqual([
      { prefix: '2001:db8::/32', nextHop: undefined },
    ]);
    expect(announced('announce route 192.0.2.1 next-hop self').routes[0]!.prefix).toBe('192.0.2.1/32');
  });

  test('ipv4 unicast and ipv6 unicast name the family of their prefix', () => {
    expect(announced('announce ipv4 unicast 192.0.2.0/24 next-hop self').routes).toHaveLength(1);
    expect(announced('announce ipv6 unicast 2001:db8::/32 next-hop self').routes).toHaveLength(1);
    expect(refusal('announce ipv6 unicast 192.0.2.0/24 next-hop self')).toBe(
      '192.0.2.0/24 is not an ipv6 prefix',
    );
    expect(refusal('announce ipv4 mpls-vpn 192.0.2.0/24 next-hop self')).toContain(
      'does not originate ipv4 mpls-vpn',
    );
  });

  test('attributes for several prefixes behind nlri', () => {
    expect(
      announced('announce attributes next-hop 10.0.0.1 med 5 nlri 192.0.2.0/24 198.51.100.0/24').routes,
    ).toEqual([
      { prefix: '192.0.2.0/24', nextHop: '10.0.0.1', med: 5 },
      { prefix: '198.51.100.0/24', nextHop: '10.0.0.1', med: 5 },
    ]);
    expect(refusal('announce attributes next-hop 10.0.0.1 med 5')).toContain('nlri');
  });

  test.each([
    ['med 100 local-preference 200', { med: 100, localPref: 200 }],
    ['origin EGP', { origin: 'egp' }],
    ['as-path [ 65000 1.10, 4200000000 ]', { asPath: [65000, 65546, 4200000000], asPathAsIs: true }],
    ['as-path [65000]', { asPath: [65000], asPathAsIs: true }],
    ['as-path 65000', { asPath: [65000], asPathAsIs: true }],
    ['community 65000:1', { communities: [0xfde80001], communitiesAsIs: true }],
    [
      'community [65000:1 no-export 0xffff029a 5 nopeer]',
      { communities: [0xfde80001, 0xffffff01, 0xffff029a, 5, 0xffffff04], communitiesAsIs: true },
    ],
    [
      'large-community [ 65000:1:2 65000:3:4 ]',
      {
        largeCommunities: [
          [65000, 1, 2],
          [65000, 3, 4],
        ],
      },
    ],
    [
      'extended-community [ target:65000:1 origin:10.0.0.1:2 target:70000:3 target:5L:3 0x0002fde800000001 7:8 ]',
      {
        extendedCommunities: [
          '0002fde800000001',
          '01030a0000010002',
          '0202000111700003',
          '0202000000050003',
          '0002000700000008',
        ],
      },
    ],
    ['extended-community bandwidth:65000:1000', { extendedCommunities: ['4004fde8447a0000'] }],
    [
      'atomic-aggregate aggregator ( 65000:10.0.0.1 )',
      { atomicAggregate: true, aggregator: { as: 65000, address: '10.0.0.1' } },
    ],
    ['aggregator (65000:10.0.0.1)', { aggregator: { as: 65000, address: '10.0.0.1' } }],
    [
      'originator-id 10.0.0.9 cluster-list [ 10.0.0.1 10.0.0.2 ]',
      { originatorId: '10.0.0.9', clusterList: ['10.0.0.1', '10.0.0.2'] },
    ],
    ['name anything', {}],
  ])('attributes: %s', (words, expected) => {
    expect(attributesOf(words)).toEqual(expected);
  });

  test('split announces the prefixes inside', () => {
    expect(
      announced('announce route 10.0.0.0/22 next-hop self split /24').routes.map(({ prefix }) => prefix),
    ).toEqual(['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24']);
    expect(parseCommand('withdraw route 2001:db8::/31 split /32')).toMatchObject({
      kind: 'withdraw',
      prefixes: ['2001:db8::/32', '2001:db9::/32'],
    });
    expect(refusal('announce route 0.0.0.0/0 next-hop self split /32')).toContain('more than 65536');
    expect(refusal('announce route 10.0.0.0/8 next-hop self split /33')).toContain('too long');
  });

  test('a withdrawal needs no next hop and ignores attributes', () => {
    expect(parseCommand('withdraw route 192.0.2.0/24')).toEqual({
      kind: 'withdraw',
      prefixes: ['192.0.2.0/24'],
      selectors: [],
    });
    expect(parseCommand('withdraw route 192.0.2.0/24 next-hop 10.0.0.1 med 5')).toMatchObject({
      kind: 'withdraw',
    });
  });

  test('path-information is understood, and noted as not sent', () => {
    expect(announced('announce route 192.0.2.0/24 next-hop self path-information 7').notes).toHaveLength(1);
    expect(
      announced('announce route 192.0.2.0/24 next-hop self path-information 1.2.3.4').notes,
    ).toHaveLength(1);
  });

  test('watchdog, and withdraw for one that waits for it', () => {
    expect(announced('announce route 192.0.2.0/24 next-hop self watchdog dog')).toMatchObject({
      watchdog: 'dog',
      held: false,
    });
    expect(announced('announce route 192.0.2.0/24 next-hop self watchdog dog withdraw')).toMatchObject({
      held: true,
    });
    expect(parseCommand('withdraw watchdog dog')).toEqual({ kind: 'watchdog', announce: false, name: 'dog' });
    expect(parseCommand('announce watchdog')).toEqual({ kind: 'watchdog', announce: true, name: undefined });
  });
});

describe('parseCommand: neighbors', () => {
  test('conditions of one neighbor stand together, commas separate neighbors', () => {
    expect(announced('neighbor 10.0.0.2 announce route 192.0.2.0/24 next-hop self').selectors).toEqual([
      [['neighbor', '10.0.0.2']],
    ]);
    expect(
      announced(
        'neighbor 10.0.0.2 peer-as 65001, neighbor 2001:DB8::1 announce route 192.0.2.0/24 next-hop self',
      ).selectors,
    ).toEqual([
      [
        ['neighbor', '10.0.0.2'],
        ['peer-as', '65001'],
      ],
      [['neighbor', '2001:db8::1']],
    ]);
  });

  test('one that is none is an error', () => {
    expect(refusal('neighbor tor-1 announce route 192.0.2.0/24 next-hop self')).toBe(
      'tor-1 is not the address of a neighbor',
    );
    expect(refusal('neighbor 10.0.0.2, announce route 192.0.2.0/24 next-hop self')).toContain(
      'follow the comma',
    );
    expect(refusal('neighbor 10.0.0.2')).toBe('a command is missing at the end');
  });
});

describe('parseCommand: everything else', () => {
  test.each([
    ['flush adj-rib out', { kind: 'flush', selectors: [] }],
    [
      'neighbor 10.0.0.2 clear adj-rib in',
      { kind: 'clear', direction: 'in', selectors: [[['neighbor', '10.0.0.2']]] },
    ],
    ['neighbor * teardown 4', { kind: 'teardown', selectors: [[['neighbor', '*']]] }],
    ['announce route-refresh ipv6 unicast', { kind: 'refresh', family: 'ipv6-unicast', selectors: [] }],
    ['show neighbor summary', { kind: 'showNeighbor', form: 'summary' }],
    ['show neighbor 10.0.0.2 extensive', { kind: 'showNeighbor', form: 'extensive', address: '10.0.0.2' }],
    ['show adj-rib out extensive', { kind: 'showRoutes', direction: 'out', extensive: true }],
    [
      'show adj-rib-in 10.0.0.2',
      { kind: 'showRoutes', direction: 'in', extensive: false, address: '10.0.0.2' },
    ],
    ['silence-ack', { kind: 'acks', mode: 'silence' }],
    ['session ack disable', { kind: 'acks', mode: 'disable' }],
    ['group start', { kind: 'group', edge: 'start' }],
    ['# a comment', { kind: 'comment' }],
    ['version', { kind: 'version' }],
  ])('%s', (line, expected) => {
    expect(parseCommand(line)).toMatchObject(expected);
  });

  test('blank lines are nothing', () => {
    expect(parseCommand('  \t\r')).toBeUndefined();
  });

  test.each([
    ['announce route 192.0.2.0/24', 'next-hop is missing'],
    ['announce route 192.0.2.1/24 next-hop self', 'has host bits set; write 192.0.2.0/24'],
    ['announce route 192.0.2.0/33 next-hop self', 'is not a prefix'],
    ['announce route 192.0.2.0/24 next-hop nowhere', 'is not an IP address'],
    ['announce route 192.0.2.0/24 next-hop self med 4294967296', 'is not a number of 32 bits'],
    ['announce route 192.0.2.0/24 next-hop self med', 'med is missing at the end'],
    ['announce route 192.0.2.0/24 next-hop self community [65000:1', '] is missing at the end'],
    ['announce route 192.0.2.0/24 next-hop self community 65000:65536', 'is not a community'],
    ['announce route 192.0.2.0/24 next-hop self colour red', 'colour is not an attribute'],
    ['announce route 192.0.2.0/24 next-hop self label 100', 'without labels'],
    ['announce route 192.0.2.0/24 next-hop self rd 65000:1 label 100', 'without labels'],
    ['announce route 192.0.2.0/24 next-hop self as-path [ 1 ( 2 3 ) ]', 'RFC 9774'],
    ['announce route 192.0.2.0/24 next-hop self attribute [ 0x99 0x60 0x01 ]', 'given as bytes'],
    ['announce flow route { match { source 10.0.0.0/8; } then { discard; } }', 'FlowSpec'],
    ['withdraw flow route { match { source 10.0.0.0/8; } }', 'FlowSpec'],
    ['announce ipv4 flow source-ipv4 10.0.0.0/8 discard', 'FlowSpec'],
    ['announce eor ipv4 unicast', 'End-of-RIB itself'],
    ['announce vpls endpoint 5', 'VPLS'],
    ['shutdown', 'its operator does'],
    ['daemon reload', 'SIGHUP'],
    ['restart', 'its operator does'],
    ['teardown 4', 'needs a neighbor'],
    ['neighbor 10.0.0.2 teardown 2', 'Cease/4'],
    ['flush adj-rib in', 'in is not out'],
    ['make coffee', 'make is not a command'],
    ['version now', 'now means nothing here'],
  ])('refused: %s', (line, reason) => {
    expect(refusal(line)).toContain(reason);
  });
});

/** Words that occur in commands, to get deep into the parser. */
const WORDS =
  'announce withdraw route ipv4 ipv6 unicast attributes nlri neighbor peer , * [ ] ( ) next-hop self med as-path community large-community extended-community aggregator cluster-list split watchdog group start end show adj-rib in out flush clear teardown 4 10.0.0.0/8 2001:db8::/32 10.0.0.1 65000:1 65000:1:2 target:1:2 bandwidth:1:2 /24 0xffff 4294967295 99999999999 "" \u0000 é'.split(
    ' ',
  );

describe('parseCommand: garbage', () => {
  test('never throws, and always has an answer', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.constantFrom(...WORDS), { maxLength: 20 }).map((words) => words.join(' ')),
      fc
        .array(fc.constantFrom(...WORDS), { maxLength: 12 })
        .map((words) => `announce route 10.0.0.0/8 next-hop self ${words.join(' ')}`),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(line, (text) => {
        const command = parseCommand(text);
        seen.add(command?.kind ?? 'blank');
        if (command?.kind === 'refused') expect(command.reason).toMatch(/\S/);
        if (command === undefined) expect(text.trim()).toBe('');
      }),
      { numRuns: 5000 },
    );
    expect([...seen]).toEqual(expect.arrayContaining(['refused', 'announce', 'blank']));
  });
});
