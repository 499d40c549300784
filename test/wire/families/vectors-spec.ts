/** What vectors of a family are, and arbitrary values that several families share. */
import fc from 'fast-check';
import { formatIpv4, formatIpv6 } from '../../../src/base/address.ts';
import { formatPrefix, maskInPlace } from '../../../src/base/prefix.ts';

export interface FamilyVectors<Value> {
  readonly valid: readonly {
    readonly hex: string;
    readonly values: readonly Value[];
    readonly texts: readonly string[];
    readonly addPath?: true;
  }[];
  /** `at` is the offset of the element at fault. */
  readonly malformed: readonly {
    readonly why: string;
    readonly hex: string;
    readonly at: number;
    readonly addPath?: true;
  }[];
  /** One element in normal form, without its path identifier. */
  readonly arbitrary: fc.Arbitrary<Value>;
}

export const u8 = fc.nat(0xff);
export const u16 = fc.nat(0xffff);
export const u32 = fc.oneof(fc.nat(0xffffffff), fc.nat(0xffff), fc.constantFrom(0, 0xffffffff));
export const octets = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
export const ipv4 = u32.map(formatIpv4);
export const ipv6 = octets(16).map((bytes) => formatIpv6(bytes));
export const ip = fc.oneof(ipv4, ipv6);

export function prefixText(addressOctets: number): fc.Arbitrary<string> {
  return fc.tuple(octets(addressOctets), fc.nat(addressOctets * 8)).map(([bytes, length]) => {
    maskInPlace(bytes, length);
    return formatPrefix(bytes, length);
  });
}

export const ipv4Prefix = prefixText(4);
export const ipv6Prefix = prefixText(16);
export const label = fc.nat(0xfffff);
export const labels = fc
  .array(label, { maxLength: 2 })
  .filter((stack) => stack.length < 2 || (stack[0] !== 0 && stack[0] !== 0x80000));
export const rd = fc.oneof(
  fc.tuple(u16, u32).map(([as, number]) => `${as}:${number}`),
  fc.tuple(ipv4, u16).map(([address, number]) => `${address}:${number}`),
  fc.tuple(u32, u16).map(([as, number]) => `${as}${as > 0xffff ? '' : 'L'}:${number}`),
  octets(6).map((bytes) => `0x00ff${Buffer.from(bytes).toString('hex')}`),
);

export const colons = (count: number) =>
  octets(count).map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':'));
