/** Vectors of EVPN routes; see `vectors.ts`. */
import fc from 'fast-check';
import type { EvpnNlri } from '../../../src/wire/families/nlri-evpn.ts';
import {
  colons,
  type FamilyVectors,
  ip,
  ipv4,
  ipv4Prefix,
  ipv6,
  ipv6Prefix,
  rd,
  u32,
} from './vectors-spec.ts';

const raw = fc.nat(0xffffff);
const esi = colons(10);
const evpn: fc.Arbitrary<EvpnNlri> = fc.oneof(
  fc.record({ type: fc.constant('ethernet-auto-discovery'), rd, esi, ethernetTag: u32, label: raw }),
  fc.record(
    {
      type: fc.constant('mac-ip'),
      rd,
      esi,
      ethernetTag: u32,
      mac: colons(6),
      ip,
      labels: fc.array(raw, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['type', 'rd', 'esi', 'ethernetTag', 'mac', 'labels'] },
  ),
  fc.record({ type: fc.constant('inclusive-multicast'), rd, ethernetTag: u32, ip }),
  fc.record({ type: fc.constant('ethernet-segment'), rd, esi, ip }),
  fc.record({
    type: fc.constant('ip-prefix'),
    rd,
    esi,
    ethernetTag: u32,
    prefix: ipv4Prefix,
    gateway: ipv4,
    label: raw,
  }),
  fc.record({
    type: fc.constant('ip-prefix'),
    rd,
    esi,
    ethernetTag: u32,
    prefix: ipv6Prefix,
    gateway: ipv6,
    label: raw,
  }),
  fc.record({
    type: fc.constant('unknown'),
    routeType: fc.integer({ min: 6, max: 255 }),
    hex: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  }),
) as fc.Arbitrary<EvpnNlri>;

const ESI = '00112233445566778899';
export const evpnVectors: FamilyVectors<EvpnNlri> = {
  valid: [
    {
      hex: `01 19 0000fde800000001 ${ESI} 00000064 002710`,
      values: [
        {
          type: 'ethernet-auto-discovery',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ethernetTag: 100,
          label: 10000,
        },
      ],
      texts: ['ethernet-auto-discovery 65000:1 esi 00:11:22:33:44:55:66:77:88:99 tag 100 label 10000'],
    },
    {
      hex: `02 21 0000fde800000001 ${ESI} 00000000 30 00005e005301 00 002710
        02 28 0000fde800000001 ${ESI} 00000000 30 00005e005301 20 c0000201 002710 004e20`,
      values: [
        {
          type: 'mac-ip',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ethernetTag: 0,
          mac: '00:00:5e:00:53:01',
          labels: [10000],
        },
        {
          type: 'mac-ip',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ethernetTag: 0,
          mac: '00:00:5e:00:53:01',
          ip: '192.0.2.1',
          labels: [10000, 20000],
        },
      ],
      texts: [
        'mac-ip 65000:1 esi 00:11:22:33:44:55:66:77:88:99 tag 0 00:00:5e:00:53:01 label 10000',
        'mac-ip 65000:1 esi 00:11:22:33:44:55:66:77:88:99 tag 0 00:00:5e:00:53:01 192.0.2.1 label 10000/20000',
      ],
    },
    {
      hex: `00000005 03 11 0001c00002010001 00000000 20 c0000201
        00000006 04 23 0000fde800000001 ${ESI} 80 20010db8000000000000000000000001`,
      values: [
        { type: 'inclusive-multicast', rd: '192.0.2.1:1', ethernetTag: 0, ip: '192.0.2.1', pathId: 5 },
        {
          type: 'ethernet-segment',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ip: '2001:db8::1',
          pathId: 6,
        },
      ],
      texts: [
        'inclusive-multicast 192.0.2.1:1 tag 0 192.0.2.1 path 5',
        'ethernet-segment 65000:1 esi 00:11:22:33:44:55:66:77:88:99 2001:db8::1 path 6',
      ],
      addPath: true,
    },
    {
      hex: `05 22 0000fde800000001 ${ESI} 00000000 18 c6336400 c0000201 002710 09 02 0102`,
      values: [
        {
          type: 'ip-prefix',
          rd: '65000:1',
          esi: '00:11:22:33:44:55:66:77:88:99',
          ethernetTag: 0,
          prefix: '198.51.100.0/24',
          gateway: '192.0.2.1',
          label: 10000,
        },
        { type: 'unknown', routeType: 9, hex: '0102' },
      ],
      texts: [
        'ip-prefix 65000:1 esi 00:11:22:33:44:55:66:77:88:99 tag 0 198.51.100.0/24 gateway 192.0.2.1 label 10000',
        'route type 9 0x0102',
      ],
    },
  ],
  malformed: [
    { why: 'a type alone', hex: '01', at: 0 },
    { why: 'a length that overruns', hex: '09 03 0102', at: 0 },
    { why: 'type 1 one octet short', hex: `01 18 0000fde800000001 ${ESI} 00000064 0027`, at: 0 },
    {
      why: 'a MAC address of 47 bits',
      hex: `02 21 0000fde800000001 ${ESI} 00000000 2f 00005e005301 00 002710`,
      at: 0,
    },
    {
      why: 'an address of 33 bits',
      hex: `02 25 0000fde800000001 ${ESI} 00000000 30 00005e005301 21 c0000201 002710`,
      at: 0,
    },
    {
      why: 'a MAC/IP route without label',
      hex: `02 1e 0000fde800000001 ${ESI} 00000000 30 00005e005301 00`,
      at: 0,
    },
    { why: 'an originator without address', hex: '03 0d 0001c00002010001 00000000 00', at: 0 },
    { why: 'an originator of another length', hex: '03 11 0001c00002010001 00000000 80 c0000201', at: 0 },
    {
      why: 'an IPv4 prefix of 33 bits',
      hex: `05 22 0000fde800000001 ${ESI} 00000000 21 c6336400 c0000201 002710`,
      at: 0,
    },
    { why: 'an IP prefix of a length between', hex: `05 23 ${'00'.repeat(35)}`, at: 0 },
  ],
  arbitrary: evpn,
};
