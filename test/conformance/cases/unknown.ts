/** Attributes that a receiver may not know. */
import { announceWith, attribute } from '../build.ts';
import { area, type CaseData } from '../case.ts';

function sent(name: string, ...attributes: readonly string[]): Pick<CaseData, 'name' | 'message'> {
  return { name, message: announceWith(...attributes) };
}

/** Label-Index TLV with index 100. */
const LABEL_INDEX = '01000700000000000064';

export const unknown = area('Other and unknown attributes', [
  {
    ...sent('unknown optional transitive', attribute(0xc0, 250, '0102')),
    verdict: 'accept',
    clause: 'RFC 4271 5',
  },
  {
    ...sent('unknown optional transitive, Partial', attribute(0xe0, 250, '0102')),
    verdict: 'accept',
    clause: 'RFC 4271 5',
  },
  {
    ...sent('unknown optional transitive, empty', attribute(0xc0, 250, '')),
    verdict: 'accept',
    clause: 'RFC 4271 5',
  },
  {
    ...sent('unknown optional transitive, 2000 octets', attribute(0xd0, 250, '5a'.repeat(2000))),
    verdict: 'accept',
    clause: 'RFC 4271 5',
  },
  {
    ...sent('unknown optional transitive, twice', attribute(0xc0, 250, '01'), attribute(0xc0, 250, '02')),
    verdict: 'accept',
    clause: 'RFC 7606 3 (g)',
  },
  {
    ...sent('unknown optional non-transitive', attribute(0x80, 250, '0102')),
    verdict: 'accept',
    clause: 'RFC 4271 5',
  },
  {
    ...sent('code 255 (development), optional transitive', attribute(0xc0, 255, '01')),
    verdict: 'accept',
    clause: 'RFC 4271 5, RFC 2042',
  },
  {
    ...sent('code 0, optional transitive', attribute(0xc0, 0, '01')),
    verdict: 'accept',
    clause: 'RFC 4271 5',
  },
  {
    ...sent('unknown well-known', attribute(0x40, 250, '0102')),
    verdict: 'session-reset 3/2',
    clause: 'RFC 4271 6.3',
  },
  {
    ...sent('unknown, neither optional nor transitive', attribute(0x00, 250, '0102')),
    verdict: 'session-reset 3/2',
    clause: 'RFC 4271 6.3',
  },
  {
    ...sent('DPA (11, deprecated)', attribute(0xc0, 11, '00010002')),
    verdict: 'accept',
    clause: 'RFC 4271 5, RFC 6938',
  },
  {
    ...sent('ADVERTISER (12, deprecated)', attribute(0x80, 12, '0a000001')),
    verdict: 'accept',
    clause: 'RFC 4271 5, RFC 6938',
  },
  {
    ...sent('AIGP of 3 octets', attribute(0x80, 26, '010003')),
    verdict: 'attribute-discard',
    absent: 26,
    clause: 'RFC 7311 3.2',
  },
  {
    ...sent('AIGP, well-formed, on a session without AIGP', attribute(0x80, 26, '01000b0000000000000001')),
    verdict: 'attribute-discard',
    absent: 26,
    clause: 'RFC 7311 3.3',
  },
  {
    ...sent('iBGP, AIGP with the greatest metric', attribute(0x80, 26, `01000b${'ff'.repeat(8)}`)),
    session: 'ibgp',
    verdict: 'attribute-discard',
    absent: 26,
    clause: 'RFC 7311 3.2',
  },
  {
    ...sent('iBGP, AIGP, transitive', attribute(0xc0, 26, '01000b0000000000000001')),
    session: 'ibgp',
    verdict: 'attribute-discard',
    absent: 26,
    clause: 'RFC 7311 3.2',
  },
  {
    ...sent('only-to-customer, well-formed', attribute(0xc0, 35, '0000fdea')),
    verdict: 'accept',
    clause: 'RFC 9234 5',
  },
  {
    ...sent('only-to-customer of 3 octets', attribute(0xc0, 35, '00fdea')),
    verdict: 'treat-as-withdraw',
    clause: 'RFC 9234 5',
  },
  {
    ...sent('PMSI tunnel of 2 octets', attribute(0xc0, 22, '0006')),
    verdict: 'treat-as-withdraw',
    clause: 'RFC 6514 5',
  },
  {
    ...sent('tunnel encapsulation whose TLV overruns', attribute(0xc0, 23, '000800ff')),
    verdict: 'attribute-discard',
    or: ['treat-as-withdraw'],
    absent: 23,
    clause: 'RFC 9012 11, 13',
  },
  {
    ...sent('tunnel encapsulation, well-formed', attribute(0xc0, 23, '00020000')),
    verdict: 'attribute-discard',
    absent: 23,
    clause: 'RFC 9012 11',
  },
  {
    ...sent('iBGP, tunnel encapsulation, well-formed', attribute(0xc0, 23, '00020000')),
    session: 'ibgp',
    verdict: 'accept',
    clause: 'RFC 9012 2',
  },
  {
    ...sent('iBGP, tunnel encapsulation whose TLV overruns', attribute(0xc0, 23, '000800ff')),
    session: 'ibgp',
    verdict: 'treat-as-withdraw',
    clause: 'RFC 9012 13',
  },
  {
    ...sent('iBGP, tunnel encapsulation of 0 octets', attribute(0xc0, 23)),
    session: 'ibgp',
    verdict: 'treat-as-withdraw',
    clause: 'RFC 9012 13',
  },
  {
    ...sent('prefix-SID whose TLV overruns', attribute(0xc0, 40, '01000701')),
    verdict: 'attribute-discard',
    absent: 40,
    clause: 'RFC 8669 4, 6',
  },
  {
    ...sent('prefix-SID, well-formed', attribute(0xc0, 40, LABEL_INDEX)),
    verdict: 'attribute-discard',
    absent: 40,
    clause: 'RFC 8669 4',
  },
  {
    ...sent('iBGP, prefix-SID, well-formed', attribute(0xc0, 40, LABEL_INDEX)),
    session: 'ibgp',
    verdict: 'accept',
    clause: 'RFC 8669 3',
  },
  {
    ...sent('iBGP, prefix-SID whose TLV overruns', attribute(0xc0, 40, '01000701')),
    session: 'ibgp',
    verdict: 'attribute-discard',
    absent: 40,
    clause: 'RFC 8669 6',
  },
  {
    ...sent(
      'iBGP, prefix-SID with an SRv6 service whose sub-TLV overruns',
      attribute(0xc0, 40, '05000400010015'),
    ),
    session: 'ibgp',
    verdict: 'treat-as-withdraw',
    clause: 'RFC 9252 7',
  },
  {
    ...sent('ATTR_SET, well-formed', attribute(0xc0, 128, '0000fdea40010100')),
    verdict: 'accept',
    clause: 'RFC 6368 5',
  },
  {
    ...sent('ATTR_SET of 3 octets', attribute(0xc0, 128, '00fdea')),
    verdict: 'treat-as-withdraw',
    clause: 'RFC 6368 5, RFC 7606 7.16',
  },
  {
    ...sent('ATTR_SET with MP_UNREACH_NLRI', attribute(0xc0, 128, '0000fdea800f03000201')),
    verdict: 'treat-as-withdraw',
    clause: 'RFC 6368 5, RFC 7606 7.16',
  },
  {
    ...sent('ATTR_SET with a malformed ORIGIN', attribute(0xc0, 128, '0000fdea40010103')),
    verdict: 'treat-as-withdraw',
    clause: 'RFC 6368 5, RFC 7606 7.16',
  },
]);
