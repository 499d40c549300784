/**
 * AttributeSpec: everything the program knows about one path attribute, in one record per file.
 * The list is `index.ts`; tables, types, JSON and text forms, tests and fuzzing are derived from it.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { WireContext } from '../session-context.ts';

/** Attribute flag bits (RFC 4271 section 4.3). */
export const FLAG_OPTIONAL = 0x80;
export const FLAG_TRANSITIVE = 0x40;
export const FLAG_PARTIAL = 0x20;
export const FLAG_EXTENDED_LENGTH = 0x10;

/** What to do with a malformed UPDATE, weakest first; the strongest of several wins (RFC 7606 section 2). */
export const Disposition = {
  accept: 0,
  /** The attribute is dropped, the routes are kept. */
  attributeDiscard: 1,
  /** The routes in the UPDATE are handled as withdrawn. */
  treatAsWithdraw: 2,
  /** One address family is closed and its routes are dropped; the session and the other families go on. */
  disableFamily: 3,
  /** NOTIFICATION and the session ends. */
  sessionReset: 4,
} as const;
export type Disposition = (typeof Disposition)[keyof typeof Disposition];

/** UPDATE message error subcodes (RFC 4271 section 6.3). */
export const UpdateError = {
  malformedAttributeList: 1,
  unrecognizedWellKnown: 2,
  missingWellKnown: 3,
  attributeFlags: 4,
  attributeLength: 5,
  invalidOrigin: 6,
  invalidNextHop: 8,
  optionalAttribute: 9,
  invalidNetworkField: 10,
  malformedAsPath: 11,
} as const;

export interface AttributeSpec<Name extends string = string, Value = unknown> {
  /** Attribute type code (IANA). */
  readonly code: number;
  /** Key in JSON and in {@link PathAttributes}: camelCase. */
  readonly name: Name;
  /** Where it is specified, e.g. `RFC 4271 section 5.1.1`. */
  readonly rfc: string;
  /** Expected Optional and Transitive bits; other values of these two bits are an attribute flags error. */
  readonly flags: number;
  /** RFC 7606 disposition when `check` finds fault. */
  readonly onMalformed: Disposition;
  /**
   * Where one kind of fault is handled otherwise, by subcode of {@link UpdateError}. Without an entry here, flags in
   * conflict are treat-as-withdraw (RFC 7606 section 3 (c)) and a repeated attribute is discarded (section 3 (g)).
   */
  readonly faults?: Readonly<Partial<Record<number, Disposition>>>;
  /** Set when the attribute means nothing on an eBGP session: it is discarded unread there, and not sent. */
  readonly discardFromExternal?: true;
  /** Set when interned blobs do not hold it: its meaning is that of one message, session or family. */
  readonly neverInBlob?: true;
  /**
   * HOT. Examines the value `bytes[start..end)`: 0 when well-formed, else a subcode of {@link UpdateError}.
   * Never allocates, never throws, never reads outside the range.
   */
  check(bytes: Uint8Array, start: number, end: number, context: WireContext): number;
  /** The value as plain data; only after `check` returned 0 for the same bytes and context. */
  read(bytes: Uint8Array, start: number, end: number, context: WireContext): Value;
  /** Appends the value part (no header). */
  write(value: Value, out: ByteWriter, context: WireContext): void;
  /** Short text for people: `65001 65002 {65003 65004}`. */
  format(value: Value): string;
}

/** Declares a spec with its name and value type inferred. */
export function defineAttribute<const Name extends string, Value>(
  spec: AttributeSpec<Name, Value>,
): AttributeSpec<Name, Value> {
  return spec;
}
