/** What vectors of an attribute are, and arbitrary values that several attributes share. */
import fc from 'fast-check';
import { formatIpv4, formatIpv6 } from '../../../src/base/address.ts';
import type { WireContext } from '../../../src/wire/session-context.ts';

/** An internal 4-octet session; vectors say where they differ from it. */
export const INTERNAL: WireContext = {
  as4: true,
  external: false,
  extendedMessage: false,
  families: 3,
  extendedNextHop: 0,
};

export interface Vectors<Value> {
  readonly valid: readonly {
    readonly hex: string;
    readonly value: Value;
    readonly text: string;
    readonly context?: Partial<WireContext>;
  }[];
  readonly malformed: readonly {
    readonly why: string;
    readonly hex: string;
    readonly subcode: number;
    readonly context?: Partial<WireContext>;
  }[];
  /** Values that `check` accepts once written on a session like `context`. */
  readonly arbitrary: fc.Arbitrary<Value>;
  readonly context?: Partial<WireContext>;
  /** False for well-formed bytes that `write` says in another way. */
  readonly isNormalForm?: (bytes: Uint8Array) => boolean;
}

export const u32 = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000),
);
export const asn = fc.oneof(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 1, max: 0xffffffff }));
export const ipv4 = u32.map(formatIpv4);
export const hostIpv4 = fc.integer({ min: 0x01000000, max: 0x7effffff }).map(formatIpv4);
export const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatIpv6(bytes));
export const bytes = fc.uint8Array({ maxLength: 40 });

/** Hexadecimal text of `value`. */
export function hexOf(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
