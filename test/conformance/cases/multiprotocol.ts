/**
 * MP_REACH_NLRI and MP_UNREACH_NLRI.
 *
 * Over 300 lines of cases.
 */
import {
  announce,
  announce6,
  attribute,
  bare,
  legalPath,
  ORIGIN,
  type Part,
  reach,
  resolve,
  update,
} from '../build.ts';
import { area, type Ground, type Verdict } from '../case.ts';

const LINK_LOCAL = 'fe800000000000000000000000000001';
const RESET = 'session-reset 3/9';
/** What RFC 4760 section 7 and RFC 7606 section 2 allow instead of a reset. */
const DISABLE = 'AFI/SAFI-disable';
/** The RFCs leave it open which of these a malformed list of prefixes in an attribute is. */
const PREFIX_FAULT: readonly Verdict[] = [DISABLE, 'session-reset 3/10', 'session-reset 3/1'];

/** Section 5.3 counts wrong flags of this attribute among the faults that leave its prefixes unreadable. */
const WRONG_FLAGS: readonly Verdict[] = [DISABLE, 'session-reset 3/4', 'session-reset 3/9'];

const unreach = (nlri: Part, family = '000201', flags = 0x80): ((ground: Ground) => string) => {
  return (ground) => attribute(flags, 15, family + resolve(nlri, ground));
};
const touched6 = ({ touched6: prefix }: Ground): string => prefix;

export const mpReach = area(
  'MP_REACH_NLRI',
  [
    { name: 'well-formed', clause: 'RFC 4760 3', verdict: 'accept', message: announce6() },
    {
      name: 'global and link-local next hop',
      clause: 'RFC 2545 3',
      verdict: 'accept',
      message: announce6({ nextHop: ({ hop6 }) => hop6 + LINK_LOCAL }),
    },
    ...[0, 4, 15, 17, 24].map((length) => ({
      name: `next hop of ${length} octets`,
      clause: 'RFC 7606 7.11',
      verdict: RESET as Verdict,
      or: [DISABLE, 'session-reset 3/1', 'session-reset 3/8'] as const,
      message: announce6({ nextHop: ({ hop6 }) => (hop6 + LINK_LOCAL).slice(0, length * 2) }),
    })),
    {
      name: 'next hop of 255 octets, beyond the attribute',
      clause: 'RFC 7606 7.11',
      verdict: RESET,
      or: [DISABLE, 'session-reset 3/1', 'session-reset 3/5'],
      message: announce6({ nextHopLength: 255 }),
    },
    {
      name: 'next hop ::',
      clause: 'RFC 4760 3, RFC 4271 6.3',
      verdict: 'treat-as-withdraw',
      or: ['exclude'],
      message: announce6({ nextHop: '00'.repeat(16) }),
    },
    {
      name: 'next hop ::1',
      clause: 'RFC 4760 3, RFC 4271 6.3',
      verdict: 'treat-as-withdraw',
      or: ['exclude'],
      message: announce6({ nextHop: `${'00'.repeat(15)}01` }),
    },
    {
      name: 'next hop ff02::1',
      clause: 'RFC 4760 3, RFC 4271 6.3',
      verdict: 'treat-as-withdraw',
      or: ['exclude'],
      message: announce6({ nextHop: `ff02${'00'.repeat(13)}01` }),
    },
    {
      name: "next hop is the receiver's own address",
      clause: 'RFC 4760 3, RFC 4271 6.3 (a)',
      verdict: 'exclude',
      message: announce6({ nextHop: ({ own6 }) => own6 }),
    },
    {
      name: 'attribute of 0 octets',
      clause: 'RFC 7606 5.3',
      family: 4,
      verdict: RESET,
      or: [DISABLE, 'session-reset 3/1', 'session-reset 3/5'],
      message: announce({ add: attribute(0x80, 14, '') }),
    },
    {
      name: 'attribute of 3 octets',
      clause: 'RFC 7606 5.3',
      family: 4,
      verdict: RESET,
      or: [DISABLE, 'session-reset 3/1', 'session-reset 3/5'],
      message: announce({ add: attribute(0x80, 14, '000201') }),
    },
    {
      name: 'no room for the reserved octet',
      clause: 'RFC 4760 3, 7',
      verdict: RESET,
      or: [DISABLE, 'session-reset 3/1', 'session-reset 3/5'],
      message: announce6({ reserved: '', nlri: '' }),
    },
    {
      name: 'reserved octet is not 0',
      clause: 'RFC 4760 3',
      verdict: 'accept',
      message: announce6({ reserved: 'ff' }),
    },
    {
      name: 'no prefix (attributes only)',
      clause: 'RFC 7606 5.2',
      verdict: 'no effect',
      message: announce6({ nlri: '' }),
    },
    {
      name: 'unknown family 99/200',
      clause: 'RFC 4760 8',
      verdict: 'no effect',
      message: announce6({ family: '0063c8' }),
    },
    {
      name: 'a family that was not negotiated (VPNv4)',
      clause: 'RFC 4760 8',
      verdict: 'no effect',
      message: announce6({ family: '000180', nextHop: '00000000000000000a620001', nlri: '' }),
    },
    {
      name: 'a family that was not negotiated beside IPv4 prefixes',
      clause: 'RFC 4760 8',
      family: 4,
      verdict: 'accept',
      message: announce({ add: (ground) => reach(ground, { family: '000202' }) }),
    },
    {
      name: 'IPv4 unicast with an IPv4 next hop',
      clause: 'RFC 4760 3',
      family: 4,
      verdict: 'accept',
      message: announce6({
        family: '000101',
        nextHop: ({ hop4 }) => hop4,
        nlri: ({ touched }) => touched,
      }),
    },
    {
      name: 'IPv4 unicast with an IPv6 next hop that was not negotiated',
      clause: 'RFC 8950 4, RFC 7606 7.11',
      family: 4,
      verdict: RESET,
      or: [DISABLE, 'treat-as-withdraw', 'session-reset 3/1'],
      message: announce6({ family: '000101', nlri: ({ touched }) => touched }),
    },
    {
      name: 'IPv6 prefixes beside IPv4 prefixes',
      clause: 'RFC 7606 5.1',
      verdict: 'accept',
      message: announce({ add: (ground) => reach(ground) }),
    },
    {
      name: 'in front of all other attributes',
      clause: 'RFC 7606 5.1',
      verdict: 'accept',
      message: mpFirst,
    },
    {
      name: 'NEXT_HOP beside it',
      clause: 'RFC 4760 3',
      verdict: 'accept',
      message: announce6({}, { add: ({ hop4 }) => attribute(0x40, 3, hop4) }),
    },
    {
      name: 'NEXT_HOP 0.0.0.0 beside it',
      clause: 'RFC 4760 3',
      verdict: 'accept',
      message: announce6({}, { add: attribute(0x40, 3, '00000000') }),
    },
    {
      name: 'twice',
      clause: 'RFC 7606 3 (g)',
      verdict: 'session-reset 3/1',
      message: announce6({}, { add: (ground) => reach(ground, { nlri: '2020010dba' }) }),
    },
    {
      name: 'optional transitive',
      clause: 'RFC 7606 3 (c), 5.3',
      verdict: 'treat-as-withdraw',
      or: WRONG_FLAGS,
      message: announce6({ flags: 0xc0 }),
    },
    {
      name: 'well-known flags',
      clause: 'RFC 7606 3 (c), 5.3',
      verdict: 'treat-as-withdraw',
      or: WRONG_FLAGS,
      message: announce6({ flags: 0x40 }),
    },
    {
      name: 'extended length',
      clause: 'RFC 4271 4.3',
      verdict: 'accept',
      message: announce6({ flags: 0x90 }),
    },
    {
      name: 'prefix of length 129',
      clause: 'RFC 7606 5.3',
      verdict: RESET,
      or: PREFIX_FAULT,
      message: announce6({ nlri: (ground) => `${ground.touched6}81${'20'.repeat(17)}` }),
    },
    {
      name: 'prefix cut short',
      clause: 'RFC 7606 5.3',
      verdict: RESET,
      or: PREFIX_FAULT,
      message: announce6({ nlri: (ground) => `${ground.touched6}4020010db8` }),
    },
    {
      name: 'host bits set',
      clause: 'RFC 4760 5',
      verdict: 'accept',
      message: announce6({ nlri: (ground) => `${ground.touched6}1f3fff0001` }),
    },
    {
      name: 'ORIGIN missing',
      clause: 'RFC 7606 3 (d)',
      verdict: 'treat-as-withdraw',
      message: announce6({}, { attributes: { 1: '' } }),
    },
    {
      name: 'AS_PATH missing',
      clause: 'RFC 7606 3 (d)',
      verdict: 'treat-as-withdraw',
      message: announce6({}, { attributes: { 2: '' } }),
    },
    {
      name: 'ORIGIN malformed',
      clause: 'RFC 7606 7.1',
      verdict: 'treat-as-withdraw',
      message: announce6({}, { attributes: { 1: attribute(0x40, 1, '') } }),
    },
    {
      name: 'MED overruns the list behind it',
      clause: 'RFC 7606 4',
      verdict: 'treat-as-withdraw',
      message: announce6({}, { add: attribute(0x80, 4, '0000', 4) }),
    },
  ],
  { family: 6 },
);

/** MP_REACH_NLRI first, as RFC 7606 section 5.1 wants it sent. */
function mpFirst(ground: Ground): string {
  return update('', reach(ground) + ORIGIN + legalPath(ground), '');
}

export const mpUnreach = area(
  'MP_UNREACH_NLRI',
  [
    { name: 'alone', clause: 'RFC 4760 4', verdict: 'withdraw', message: bare(unreach(touched6)) },
    { name: 'empty (End-of-RIB)', clause: 'RFC 4724 2', verdict: 'no effect', message: bare(unreach('')) },
    {
      name: 'other attributes beside it',
      clause: 'RFC 4760 4',
      verdict: 'withdraw',
      message: announce({ add: unreach(touched6), nlri: '' }),
    },
    {
      name: 'IPv6 withdrawn, IPv4 announced',
      clause: 'RFC 7606 5.1',
      verdict: 'withdraw',
      message: announce({ add: unreach(touched6) }),
    },
    {
      name: 'the same prefix in MP_REACH_NLRI',
      clause: 'RFC 4760 3',
      verdict: 'accept',
      or: ['withdraw'],
      message: announce6({}, { add: unreach(touched6) }),
    },
    {
      name: 'IPv4 unicast',
      clause: 'RFC 4760 4',
      family: 4,
      verdict: 'withdraw',
      message: bare(unreach(({ touched }) => touched, '000101')),
    },
    {
      name: 'attribute of 0 octets',
      clause: 'RFC 7606 5.3',
      verdict: RESET,
      or: [DISABLE, 'session-reset 3/1', 'session-reset 3/5'],
      message: bare(attribute(0x80, 15, '')),
    },
    {
      name: 'attribute of 2 octets',
      clause: 'RFC 7606 5.3',
      verdict: RESET,
      or: [DISABLE, 'session-reset 3/1', 'session-reset 3/5'],
      message: bare(attribute(0x80, 15, '0002')),
    },
    {
      name: 'unknown family 99/200',
      clause: 'RFC 4760 8',
      verdict: 'no effect',
      message: bare(unreach('01020304', '0063c8')),
    },
    {
      name: 'a family that was not negotiated (IPv6 multicast)',
      clause: 'RFC 4760 8',
      verdict: 'no effect',
      message: bare(unreach(touched6, '000202')),
    },
    {
      name: 'twice',
      clause: 'RFC 7606 3 (g)',
      verdict: 'session-reset 3/1',
      message: bare((ground) => unreach(touched6)(ground) + unreach('2020010dba')(ground)),
    },
    {
      name: 'prefix of length 129',
      clause: 'RFC 7606 5.3',
      verdict: RESET,
      or: PREFIX_FAULT,
      message: bare(unreach(`81${'20'.repeat(17)}`)),
    },
    {
      name: 'prefix cut short',
      clause: 'RFC 7606 5.3',
      verdict: RESET,
      or: PREFIX_FAULT,
      message: bare(unreach('4020010db8')),
    },
    {
      name: 'withdrawal kept beside a malformed ORIGIN',
      clause: 'RFC 7606 2',
      verdict: 'withdraw',
      message: announce({ attributes: { 1: attribute(0x40, 1, '') }, add: unreach(touched6) }),
    },
  ],
  { family: 6 },
);
