/** One battery for all extended communities with a text form: vectors, and every text reads back to the same 64 bits. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EXTENDED_COMMUNITIES,
  formatExtendedCommunity,
  parseExtendedCommunity,
} from '../../../src/wire/extended-communities/index.ts';

/** Text, the 64 bits, and other spellings of the same. */
const VECTORS: readonly (readonly [text: string, hex: string, ...others: string[]])[] = [
  ['rt:65000:1', '0002fde800000001', 'target:65000:1', 'route-target:65000:1', 'RT:65000:1'],
  ['rt:192.0.2.1:5', '0102c00002010005'],
  ['rt:4200000000:7', '0202fa56ea000007', 'rt:4200000000L:7'],
  ['rt:65000L:1', '02020000fde80001', 'rt:65000l:1'],
  ['ro:65000:1', '0003fde800000001', 'soo:65000:1', 'origin:65000:1'],
  ['ro:192.0.2.1:5', '0103c00002010005'],
  ['ro:4200000000:7', '0203fa56ea000007'],
  ['ospf-domain-id:65000:1', '0005fde800000001'],
  ['ospf-domain-id:192.0.2.1:512', '0105c00002010200'],
  ['ospf-domain-id:4200000000:7', '0205fa56ea000007'],
  ['ospf-router-id:192.0.2.1:0', '0107c00002010000'],
  ['source-as:65000:0', '0009fde800000000'],
  ['source-as:4200000000:0', '0209fa56ea000000'],
  ['l2vpn-id:65000:1', '000afde800000001'],
  ['l2vpn-id:192.0.2.1:1', '010ac00002010001'],
  ['vrf-route-import:192.0.2.1:1', '010bc00002010001'],
  ['redirect-ip:192.0.2.1:0', '010cc00002010000'],
  ['redirect:65000:1', '8008fde800000001'],
  ['redirect:192.0.2.1:1', '8108c00002010001'],
  ['redirect:4200000000:1', '8208fa56ea000001'],
  ['ospf-route-type:0.0.0.1:2:1', '0306000000010201'],
  ['color:100', '030b000000000064', 'colour:100', 'color:0:100'],
  ['color:1:100', '030b400000000064'],
  ['encapsulation:vxlan', '030c000000000008', 'encap:vxlan', 'encapsulation:8'],
  ['encapsulation:999', '030c0000000003e7'],
  ['default-gateway', '030d000000000000'],
  ['validation-state:valid', '4300000000000000', 'rpki:valid'],
  ['validation-state:not-found', '4300000000000001'],
  ['validation-state:invalid', '4300000000000002', 'validation-state:2'],
  ['validation-state:7', '4300000000000007'],
  ['link-bandwidth:65000:125000000', '4004fde84cee6b28', 'bandwidth:65000:1.25e8'],
  ['transitive-link-bandwidth:65000:1250.5', '0004fde8449c5000'],
  ['traffic-rate:65000:0', '8006fde800000000', 'rate-limit:65000:0'],
  ['traffic-rate-packets:0:1000', '800c0000447a0000'],
  ['traffic-action:terminal', '8007000000000001'],
  ['traffic-action:sample', '8007000000000002'],
  ['traffic-action:terminal+sample', '8007000000000003'],
  ['traffic-action:none', '8007000000000000'],
  ['mark:46', '800900000000002e', 'traffic-marking:46'],
  ['redirect-to-nexthop', '0800000000000000'],
  ['redirect-to-nexthop:copy', '0800000000000001'],
  ['mac-mobility:5', '0600000000000005'],
  ['mac-mobility:sticky:0', '0600010000000000'],
  ['esi-label:single-active:1600', '0601010000000640'],
  ['esi-label:all-active:0', '0601000000000000'],
  ['es-import:00:11:22:33:44:55', '0602001122334455'],
  ['router-mac:00:00:5e:00:53:01', '060300005e005301'],
  ['l2-attributes:0x2:1500', '0604000205dc0000'],
  // Reserved bits, values nobody defined and types nobody knows: nothing is lost.
  ['0x030b000100000064', '030b000100000064'],
  ['0x030c000000010008', '030c000000010008'],
  ['0x030d000000000001', '030d000000000001'],
  ['0x4300000000000100', '4300000000000100'],
  ['0x8006fde87f800000', '8006fde87f800000'],
  ['0x8006fde87fc00001', '8006fde87fc00001'],
  ['0x8006fde880000000', '8006fde880000000'],
  ['0x8007000000000004', '8007000000000004'],
  ['0x8009000000000040', '8009000000000040'],
  ['0x0600020000000005', '0600020000000005'],
  ['0x0601000001000000', '0601000001000000'],
  ['0x0604000205dc0001', '0604000205dc0001'],
  ['0x4002fde800000001', '4002fde800000001'],
  ['0xffffffffffffffff', 'ffffffffffffffff'],
];

function halves(hex: string): { high: number; low: number } {
  return { high: Number.parseInt(hex.slice(0, 8), 16), low: Number.parseInt(hex.slice(8), 16) };
}

describe('extended communities', () => {
  test.each(VECTORS)('%s', (text, hex, ...others) => {
    expect(formatExtendedCommunity(halves(hex))).toBe(text);
    for (const spelling of [text, ...others]) expect(parseExtendedCommunity(spelling)).toEqual(halves(hex));
  });

  test.each([
    'rt',
    'rt:',
    'rt:1',
    'rt:1:2:3',
    'rt:192.0.2.1:65536',
    'rt:-1:1',
    'color:4:1',
    'color:1:2:3',
    'color:4294967296',
    'encapsulation:tcp',
    'encapsulation:65536',
    'default-gateway:1',
    'default-gateway:',
    'validation-state:maybe',
    'validation-state:256',
    'link-bandwidth:65536:1',
    'link-bandwidth:1',
    'link-bandwidth:1:NaN',
    'traffic-rate:1:1e999',
    'traffic-action:both',
    'mark:64',
    'redirect-to-nexthop:move',
    'mac-mobility:sticky:',
    'esi-label:active:1',
    'esi-label:all-active:16777216',
    'es-import:00:11:22:33:44',
    'es-import:00-11-22-33-44-55',
    'l2-attributes:2:1500',
    'l2-attributes:0x2:65536',
    'ospf-route-type:0.0.0.1:256:1',
    'constructor:1',
    '0x12345',
  ])('"%s" is none', (text) => {
    expect(parseExtendedCommunity(text)).toBeUndefined();
  });

  test('every listed type has a vector, and codes are unique', () => {
    const codes = EXTENDED_COMMUNITIES.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    const said = new Set(
      VECTORS.filter(([text]) => !text.startsWith('0x')).map(([, hex]) => hex.slice(0, 4)),
    );
    expect([...said].sort()).toEqual(codes.map((code) => code.toString(16).padStart(4, '0')).sort());
  });

  test('all text reads back, whatever the bits', () => {
    const u32 = fc.nat(0xffffffff);
    const small = fc.oneof(fc.nat(3), fc.nat(0xff), fc.nat(0xffff), u32);
    const head = fc.oneof(fc.constantFrom(0, 0x100, 0x4000), fc.nat(0xffff));
    const high = fc
      .tuple(fc.constantFrom(...EXTENDED_COMMUNITIES), head)
      .map(([{ code }, bits]) => code * 0x10000 + bits);
    fc.assert(
      fc.property(fc.oneof(u32, high), small, (top, low) => {
        const value = { high: top, low };
        expect(parseExtendedCommunity(formatExtendedCommunity(value))).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  test('the README has a row for each name', () => {
    const readme = readFileSync(
      new URL('../../../src/wire/extended-communities/README.md', import.meta.url),
      'utf8',
    );
    for (const { name } of EXTENDED_COMMUNITIES) expect(readme).toContain(`| \`${name}\``);
  });
});
