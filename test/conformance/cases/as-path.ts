/** AS_PATH, and AS4_PATH and AS4_AGGREGATOR beside it. */
import { announce, asOctets, attribute, NEW_AS, type Part, segment } from '../build.ts';
import { area, type CaseData, type Ground } from '../case.ts';

const SET = 1;
const SEQUENCE = 2;
const CONFED_SEQUENCE = 3;
const CONFED_SET = 4;
const AS_TRANS = 23456;

/** A case whose AS_PATH has this value. */
function path(name: string, value: Part, flags = 0x40): Pick<CaseData, 'name' | 'message'> {
  const text = (ground: Ground): string => (typeof value === 'string' ? value : value(ground));
  return {
    name,
    message: announce({ attributes: { 2: (ground) => attribute(flags, 2, text(ground)) } }),
  };
}

const legal = (ground: Ground): string =>
  segment(SEQUENCE, ground.internal ? [NEW_AS] : [ground.peerAs, NEW_AS], asOctets(ground));

const SYNTAX = { verdict: 'treat-as-withdraw', clause: 'RFC 7606 7.2' } as const;
const FLAGS = { verdict: 'treat-as-withdraw', clause: 'RFC 7606 3 (c)' } as const;
const SETS = { verdict: 'treat-as-withdraw', or: ['accept'], clause: 'RFC 9774 3' } as const;
const CONFED = { verdict: 'treat-as-withdraw', clause: 'RFC 5065 5, RFC 7606 7.2' } as const;

export const asPath = area('AS_PATH', [
  { ...SYNTAX, ...path('segment type 0', segment(0, [65002])) },
  { ...SYNTAX, ...path('segment type 5', segment(5, [65002])) },
  { ...SYNTAX, ...path('segment type 255', segment(255, [65002])) },
  { ...SYNTAX, ...path('segment without numbers', segment(SEQUENCE, [])) },
  { ...SYNTAX, ...path('segment without numbers behind a good one', (g) => `${legal(g)}0200`) },
  { ...SYNTAX, ...path('segment overruns by one number', '02030000fdea0000fbff') },
  { ...SYNTAX, ...path('segment overruns by one octet', '02020000fdea0000fb') },
  { ...SYNTAX, ...path('one octet behind the last segment', (g) => `${legal(g)}02`) },
  { ...SYNTAX, ...path('two-octet numbers on a 4-octet session', segment(SEQUENCE, [65002], 2)) },
  { ...SYNTAX, ...path('four-octet numbers on a 2-octet session', segment(SEQUENCE, [65002])), as4: false },
  { ...FLAGS, ...path('optional', legal, 0xc0) },
  { ...FLAGS, ...path('not transitive', legal, 0x00) },
  { ...path('Partial bit set', legal, 0x60), verdict: 'accept', clause: 'RFC 7606 3 (c)' },
  { ...path('extended length', legal, 0x50), verdict: 'accept', clause: 'RFC 4271 4.3' },
  {
    name: 'missing',
    verdict: 'treat-as-withdraw',
    clause: 'RFC 7606 3 (d)',
    message: announce({ attributes: { 2: '' } }),
  },
  {
    ...path('empty, from eBGP', ''),
    verdict: 'accept',
    or: ['treat-as-withdraw'],
    clause: 'RFC 4271 5.1.2, 6.3',
  },
  { ...path('empty, from iBGP', ''), verdict: 'accept', session: 'ibgp', clause: 'RFC 4271 5.1.2' },
  { ...path('AS 0 alone', segment(SEQUENCE, [0])), verdict: 'treat-as-withdraw', clause: 'RFC 7607 2' },
  {
    ...path('AS 0 at the end', segment(SEQUENCE, [65002, NEW_AS, 0])),
    verdict: 'treat-as-withdraw',
    clause: 'RFC 7607 2',
  },
  {
    ...path('AS 0 on a 2-octet session', segment(SEQUENCE, [65002, 0], 2)),
    verdict: 'treat-as-withdraw',
    as4: false,
    clause: 'RFC 7607 2',
  },
  {
    ...path('AS_TRANS on a 4-octet session', segment(SEQUENCE, [65002, AS_TRANS])),
    verdict: 'accept',
    or: ['treat-as-withdraw'],
    clause: 'RFC 6793 9',
  },
  {
    ...path('AS 4294967295', segment(SEQUENCE, [65002, 0xffffffff])),
    verdict: 'accept',
    clause: 'RFC 7300 3',
  },
  { ...SETS, ...path('AS_SET at the end', (g) => legal(g) + segment(SET, [64512, 64513])) },
  { ...SETS, ...path('AS_SET alone', segment(SET, [65002, NEW_AS])) },
  { ...SETS, ...path('AS_SET in front', (g) => segment(SET, [64512]) + legal(g)) },
  { ...CONFED, ...path('AS_CONFED_SEQUENCE from eBGP', (g) => segment(CONFED_SEQUENCE, [64600]) + legal(g)) },
  { ...CONFED, ...path('AS_CONFED_SET from eBGP', (g) => segment(CONFED_SET, [64600]) + legal(g)) },
  {
    ...CONFED,
    ...path('AS_CONFED_SEQUENCE behind AS_SEQUENCE', (g) => legal(g) + segment(CONFED_SEQUENCE, [64600])),
  },
  {
    ...path('AS_CONFED_SEQUENCE from iBGP', (g) => segment(CONFED_SEQUENCE, [64600]) + legal(g)),
    session: 'ibgp',
    verdict: 'accept',
    or: ['treat-as-withdraw'],
    clause: 'RFC 5065 5',
  },
  {
    ...path("the receiver's own AS", (g) => segment(SEQUENCE, [g.peerAs, g.localAs, NEW_AS])),
    verdict: 'exclude',
    clause: 'RFC 4271 9.1.2',
  },
  {
    ...path("the receiver's own AS, from iBGP", (g) => segment(SEQUENCE, [NEW_AS, g.localAs])),
    session: 'ibgp',
    verdict: 'exclude',
    clause: 'RFC 4271 9.1.2',
  },
  {
    ...path("first AS is not the peer's", segment(SEQUENCE, [64999, NEW_AS])),
    verdict: 'accept',
    or: ['treat-as-withdraw'],
    clause: 'RFC 4271 6.3, RFC 7606 7.2',
  },
  {
    ...path('two AS_SEQUENCE segments', segment(SEQUENCE, [65002]) + segment(SEQUENCE, [NEW_AS])),
    verdict: 'accept',
    clause: 'RFC 4271 4.3',
    shows: { asPath: [65002, NEW_AS] },
  },
  {
    ...path('255 numbers', segment(SEQUENCE, [65002, ...Array<number>(254).fill(NEW_AS)]), 0x50),
    verdict: 'accept',
    clause: 'RFC 4271 4.3',
  },
  {
    name: 'twice, different',
    verdict: 'accept',
    clause: 'RFC 7606 3 (g)',
    shows: { asPath: [65002, NEW_AS] },
    message: announce({ add: attribute(0x40, 2, segment(SEQUENCE, [65002, 64999])) }),
  },
]);

const WIDE = 4_200_000_001;

/** A 2-octet session: AS_PATH of the peer and AS_TRANS, with these attributes beside it. */
function narrow(
  name: string,
  add: string,
  asns = [65002, AS_TRANS],
): Pick<CaseData, 'name' | 'as4' | 'message'> {
  return {
    name,
    as4: false,
    message: announce({ attributes: { 2: attribute(0x40, 2, segment(SEQUENCE, asns, 2)) }, add }),
  };
}

const as4 = (value: string, flags = 0xc0): string => attribute(flags, 17, value);
const UNMERGED = { asPath: [65002, AS_TRANS] };
const AGGREGATOR_TRANS = attribute(0xc0, 7, '5ba0c0000201');

export const as4Path = area('AS4_PATH and AS4_AGGREGATOR', [
  {
    ...narrow('AS4_PATH, well-formed', as4(segment(SEQUENCE, [65002, WIDE]))),
    verdict: 'accept',
    clause: 'RFC 6793 4.2.3',
    shows: { asPath: [65002, WIDE] },
  },
  {
    ...narrow('AS4_PATH shorter than AS_PATH', as4(segment(SEQUENCE, [WIDE]))),
    verdict: 'accept',
    clause: 'RFC 6793 4.2.3',
    shows: { asPath: [65002, WIDE] },
  },
  {
    ...narrow('AS4_PATH longer than AS_PATH', as4(segment(SEQUENCE, [65002, 65003, WIDE]))),
    verdict: 'attribute-discard',
    clause: 'RFC 6793 4.2.3',
    shows: UNMERGED,
  },
  {
    ...narrow('AS4_PATH of length 0', as4('')),
    verdict: 'attribute-discard',
    clause: 'RFC 6793 6',
    shows: UNMERGED,
  },
  {
    ...narrow('AS4_PATH of 3 octets', as4('020100')),
    verdict: 'attribute-discard',
    clause: 'RFC 6793 6',
    shows: UNMERGED,
  },
  {
    ...narrow('AS4_PATH whose segment overruns', as4('02020000fdea')),
    verdict: 'attribute-discard',
    clause: 'RFC 6793 6',
    shows: UNMERGED,
  },
  {
    ...narrow('AS4_PATH with segment type 5', as4(segment(5, [65002, WIDE]))),
    verdict: 'attribute-discard',
    clause: 'RFC 6793 6',
    shows: UNMERGED,
  },
  {
    ...narrow('AS4_PATH with AS 0', as4(segment(SEQUENCE, [65002, 0]))),
    verdict: 'attribute-discard',
    clause: 'RFC 7607 2',
    shows: UNMERGED,
  },
  {
    ...narrow(
      'AS4_PATH with a confederation segment',
      as4(segment(CONFED_SEQUENCE, [64600]) + segment(SEQUENCE, [65002, WIDE])),
    ),
    verdict: 'accept',
    clause: 'RFC 6793 6',
    shows: { asPath: [65002, WIDE] },
  },
  {
    ...narrow('AS4_PATH not optional', as4(segment(SEQUENCE, [65002, WIDE]), 0x40)),
    verdict: 'treat-as-withdraw',
    clause: 'RFC 7606 3 (c)',
  },
  {
    name: 'AS4_PATH on a 4-octet session',
    verdict: 'attribute-discard',
    clause: 'RFC 6793 4.1',
    shows: { asPath: [65002, NEW_AS] },
    message: announce({ add: as4(segment(SEQUENCE, [65002, WIDE])) }),
  },
  {
    name: 'AS4_PATH, malformed, on a 4-octet session',
    verdict: 'attribute-discard',
    clause: 'RFC 6793 4.1, 6',
    shows: { asPath: [65002, NEW_AS] },
    message: announce({ add: as4('0205') }),
  },
  {
    ...narrow('AS4_AGGREGATOR of 6 octets', AGGREGATOR_TRANS + attribute(0xc0, 18, 'fdeac0000201')),
    verdict: 'attribute-discard',
    absent: 18,
    clause: 'RFC 6793 6',
  },
  {
    ...narrow('AS4_AGGREGATOR with AS 0', AGGREGATOR_TRANS + attribute(0xc0, 18, '00000000c0000201')),
    verdict: 'attribute-discard',
    absent: 18,
    clause: 'RFC 7607 2',
  },
  {
    ...narrow(
      'AS4_PATH beside an AGGREGATOR without AS_TRANS',
      attribute(0xc0, 7, 'fdeac0000201') +
        attribute(0xc0, 18, 'fa56ea01c0000201') +
        as4(segment(SEQUENCE, [65002, WIDE])),
    ),
    verdict: 'attribute-discard',
    clause: 'RFC 6793 4.2.3',
    shows: UNMERGED,
  },
  {
    name: 'AS4_AGGREGATOR on a 4-octet session',
    verdict: 'attribute-discard',
    absent: 18,
    clause: 'RFC 6793 4.1',
    message: announce({ add: attribute(0xc0, 18, 'fa56ea01c0000201') }),
  },
]);
