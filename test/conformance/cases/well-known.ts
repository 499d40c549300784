/** ORIGIN, NEXT_HOP, MULTI_EXIT_DISC, LOCAL_PREF, ATOMIC_AGGREGATE and AGGREGATOR. */
import { announce, announceWith, attribute, type Part } from '../build.ts';
import { area, type CaseData } from '../case.ts';

/** A case in which attribute `code` is another one. */
function instead(name: string, code: number, part: Part): Pick<CaseData, 'name' | 'message'> {
  return { name, message: announce({ attributes: { [code]: part } }) };
}

/** A case with another attribute behind the legal ones. */
function beside(name: string, ...more: readonly string[]): Pick<CaseData, 'name' | 'message'> {
  return { name, message: announceWith(...more) };
}

const FLAGS = 'RFC 7606 3 (c)';
const WITHDRAW = { verdict: 'treat-as-withdraw' } as const;
const ACCEPT = { verdict: 'accept' } as const;
const DUPLICATE = { verdict: 'accept', clause: 'RFC 7606 3 (g)' } as const;

const originCases: readonly CaseData[] = [
  { ...WITHDRAW, ...instead('length 0', 1, attribute(0x40, 1, '')), clause: 'RFC 7606 7.1' },
  { ...WITHDRAW, ...instead('length 2', 1, attribute(0x40, 1, '0000')), clause: 'RFC 7606 7.1' },
  { ...WITHDRAW, ...instead('value 3', 1, attribute(0x40, 1, '03')), clause: 'RFC 7606 7.1' },
  { ...WITHDRAW, ...instead('value 255', 1, attribute(0x40, 1, 'ff')), clause: 'RFC 7606 7.1' },
  { ...WITHDRAW, ...instead('optional', 1, attribute(0xc0, 1, '00')), clause: FLAGS },
  { ...WITHDRAW, ...instead('not transitive', 1, attribute(0x00, 1, '00')), clause: FLAGS },
  { ...ACCEPT, ...instead('Partial bit set', 1, attribute(0x60, 1, '00')), clause: FLAGS },
  { ...ACCEPT, ...instead('unused flag bits set', 1, attribute(0x4f, 1, '00')), clause: 'RFC 4271 4.3' },
  { ...ACCEPT, ...instead('extended length', 1, attribute(0x50, 1, '00')), clause: 'RFC 4271 4.3' },
  { ...WITHDRAW, ...instead('missing', 1, ''), clause: 'RFC 7606 3 (d)' },
  { ...DUPLICATE, ...beside('twice, the same', attribute(0x40, 1, '00')) },
  { ...DUPLICATE, ...beside('twice, different', attribute(0x40, 1, '02')), shows: { origin: 'igp' } },
];

export const origin = area('ORIGIN', originCases);

const HOP = { ...WITHDRAW, clause: 'RFC 7606 7.3' } as const;
const HOST = { ...WITHDRAW, clause: 'RFC 4271 6.3, RFC 7606 3 (e)' } as const;

/** NEXT_HOP of `address` in eight hexadecimal digits. */
function hop(address: string): string {
  return attribute(0x40, 3, address);
}

export const nextHop = area('NEXT_HOP', [
  { ...HOP, ...instead('length 0', 3, hop('')) },
  { ...HOP, ...instead('length 3', 3, hop('0a6200')) },
  { ...HOP, ...instead('length 5', 3, hop('0a62000100')) },
  { ...HOP, ...instead('length 16', 3, ({ hop6 }) => hop(hop6)) },
  { ...HOST, ...instead('0.0.0.0', 3, hop('00000000')) },
  { ...HOST, ...instead('127.0.0.1', 3, hop('7f000001')) },
  { ...HOST, ...instead('224.0.0.1', 3, hop('e0000001')) },
  { ...HOST, ...instead('240.0.0.1', 3, hop('f0000001')) },
  { ...HOST, ...instead('255.255.255.255', 3, hop('ffffffff')) },
  {
    ...instead("the receiver's own address", 3, ({ own4 }) => hop(own4)),
    verdict: 'exclude',
    clause: 'RFC 4271 6.3 (a)',
  },
  {
    ...instead('an address outside the subnet', 3, hop('c6336401')),
    verdict: 'exclude',
    clause: 'RFC 4271 6.3 (b)',
    deviation: 'accept',
    note: `The RFC asks a router to ignore the route ("SHOULD"), since it could not send packets to such a next hop
      directly. bellhop forwards no packets; it collects routes, and hands out ones whose next hop stands for something
      else, such as a blackhole of RTBH. FRR, GoBGP and OpenBGPD take it as well; only BIRD, which has to find an interface
      for it, does not.`,
  },
  { ...ACCEPT, ...instead('a third party in the subnet', 3, hop('0a6200fe')), clause: 'RFC 4271 5.1.3' },
  { ...WITHDRAW, ...instead('optional', 3, ({ hop4 }) => attribute(0xc0, 3, hop4)), clause: FLAGS },
  { ...WITHDRAW, ...instead('not transitive', 3, ({ hop4 }) => attribute(0x00, 3, hop4)), clause: FLAGS },
  { ...WITHDRAW, ...instead('missing', 3, ''), clause: 'RFC 7606 3 (d)' },
  { ...DUPLICATE, ...beside('twice, different', hop('0a6200fe')) },
]);

const MED = { ...WITHDRAW, clause: 'RFC 7606 7.4' } as const;

export const med = area('MULTI_EXIT_DISC', [
  { ...MED, ...beside('length 0', attribute(0x80, 4, '')) },
  { ...MED, ...beside('length 3', attribute(0x80, 4, '000001')) },
  { ...MED, ...beside('length 5', attribute(0x80, 4, '0000000001')) },
  { ...MED, ...beside('length 255', attribute(0x80, 4, '00'.repeat(255))) },
  { ...WITHDRAW, ...beside('transitive', attribute(0xc0, 4, '00000001')), clause: FLAGS },
  { ...WITHDRAW, ...beside('not optional', attribute(0x00, 4, '00000001')), clause: FLAGS },
  { ...WITHDRAW, ...beside('well-known flags', attribute(0x40, 4, '00000001')), clause: FLAGS },
  { ...ACCEPT, ...beside('Partial bit set', attribute(0xa0, 4, '00000001')), clause: FLAGS },
  {
    ...ACCEPT,
    ...beside('4294967295', attribute(0x80, 4, 'ffffffff')),
    clause: 'RFC 4271 4.3',
    shows: { med: 0xffffffff },
  },
  {
    ...DUPLICATE,
    ...beside('twice, different', attribute(0x80, 4, '00000001'), attribute(0x80, 4, '00000002')),
    shows: { med: 1 },
  },
  {
    ...DUPLICATE,
    ...beside('twice, the second malformed', attribute(0x80, 4, '00000001'), attribute(0x80, 4, '0002')),
    shows: { med: 1 },
  },
]);

const DISCARD = { verdict: 'attribute-discard' } as const;
const PREFERENCE = attribute(0x40, 5, '000000c8');

export const localPref = area('LOCAL_PREF', [
  {
    ...WITHDRAW,
    ...instead('iBGP, length 0', 5, attribute(0x40, 5, '')),
    session: 'ibgp',
    clause: 'RFC 7606 7.5',
  },
  {
    ...WITHDRAW,
    ...instead('iBGP, length 3', 5, attribute(0x40, 5, '000064')),
    session: 'ibgp',
    clause: 'RFC 7606 7.5',
  },
  {
    ...WITHDRAW,
    ...instead('iBGP, length 5', 5, attribute(0x40, 5, '0000006400')),
    session: 'ibgp',
    clause: 'RFC 7606 7.5',
  },
  {
    ...WITHDRAW,
    ...instead('iBGP, optional', 5, attribute(0xc0, 5, '00000064')),
    session: 'ibgp',
    clause: FLAGS,
  },
  {
    ...ACCEPT,
    ...instead('iBGP, 4294967295', 5, attribute(0x40, 5, 'ffffffff')),
    session: 'ibgp',
    clause: 'RFC 4271 5.1.5',
    shows: { localPref: 0xffffffff },
  },
  {
    ...ACCEPT,
    ...instead('iBGP, missing', 5, ''),
    session: 'ibgp',
    clause: 'RFC 4271 5.1.5, RFC 7606 3 (d)',
  },
  {
    ...DUPLICATE,
    ...beside('iBGP, twice, different', attribute(0x40, 5, '000000c8')),
    session: 'ibgp',
    shows: { localPref: 100 },
  },
  {
    ...DISCARD,
    ...beside('eBGP, well-formed', PREFERENCE),
    clause: 'RFC 7606 7.5',
    hides: { localPref: 200 },
  },
  {
    ...DISCARD,
    ...beside('eBGP, length 3', attribute(0x40, 5, '0000c8')),
    clause: 'RFC 7606 7.5',
    hides: { localPref: 200 },
  },
]);

/** (c) says what wrong flags do to all attributes, (f) what every fault of these two does. */
const EITHER = { ...WITHDRAW, or: ['attribute-discard'], clause: 'RFC 7606 3 (c), (f)' } as const;
const ATOMIC = { ...DISCARD, clause: 'RFC 7606 7.6', absent: 'atomicAggregate' } as const;

export const atomicAggregate = area('ATOMIC_AGGREGATE', [
  { ...ATOMIC, ...beside('length 1', attribute(0x40, 6, '00')) },
  { ...ATOMIC, ...beside('length 255', attribute(0x40, 6, '00'.repeat(255))) },
  { ...EITHER, ...beside('optional', attribute(0xc0, 6, '')), absent: 'atomicAggregate' },
  { ...EITHER, ...beside('not transitive', attribute(0x00, 6, '')), absent: 'atomicAggregate' },
  { ...ACCEPT, ...beside('well-formed', attribute(0x40, 6, '')), clause: 'RFC 4271 5.1.6' },
  { ...DUPLICATE, ...beside('twice', attribute(0x40, 6, ''), attribute(0x40, 6, '')) },
]);

const AGGREGATOR = { ...DISCARD, clause: 'RFC 7606 7.7', absent: 'aggregator' } as const;
const BY = 'c0000201';

export const aggregator = area('AGGREGATOR', [
  { ...ACCEPT, ...beside('well-formed', attribute(0xc0, 7, `0000fdea${BY}`)), clause: 'RFC 4271 5.1.7' },
  { ...AGGREGATOR, ...beside('length 0', attribute(0xc0, 7, '')) },
  { ...AGGREGATOR, ...beside('length 6 on a 4-octet session', attribute(0xc0, 7, `fdea${BY}`)) },
  { ...AGGREGATOR, ...beside('length 7', attribute(0xc0, 7, `00fdea${BY}`)) },
  { ...AGGREGATOR, ...beside('length 9', attribute(0xc0, 7, `0000fdea${BY}00`)) },
  {
    ...AGGREGATOR,
    ...beside('length 8 on a 2-octet session', attribute(0xc0, 7, `0000fdea${BY}`)),
    as4: false,
  },
  { ...AGGREGATOR, ...beside('AS 0', attribute(0xc0, 7, `00000000${BY}`)), clause: 'RFC 7607 2' },
  { ...EITHER, ...beside('not optional', attribute(0x40, 7, `0000fdea${BY}`)), absent: 'aggregator' },
  { ...EITHER, ...beside('not transitive', attribute(0x80, 7, `0000fdea${BY}`)), absent: 'aggregator' },
  { ...ACCEPT, ...beside('Partial bit set', attribute(0xe0, 7, `0000fdea${BY}`)), clause: 'RFC 4271 5' },
  {
    ...DUPLICATE,
    ...beside('twice', attribute(0xc0, 7, `0000fdea${BY}`), attribute(0xc0, 7, `0000fdeb${BY}`)),
  },
]);
