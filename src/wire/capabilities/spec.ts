/**
 * CapabilitySpec: everything the program knows about one BGP capability (RFC 5492), in one record per file.
 * The list is `index.ts`; the union type, readers, writers, text forms and tests are derived from it.
 *
 * Not hot: capabilities travel once per session.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';

export interface CapabilitySpec<Name extends string = string, Value = unknown> {
  /** Capability code (IANA). */
  readonly code: number;
  /** Discriminant in the `Capability` union and name for people: kebab-case. */
  readonly name: Name;
  /** Where it is specified, e.g. `RFC 6793 section 3`. */
  readonly rfc: string;
  /** Whether `bytes[start..end)` is a well-formed value. Never throws, never reads outside the range. */
  check(bytes: Uint8Array, start: number, end: number): boolean;
  /** The value as plain data that shares no memory with `bytes`; only after `check` said true. */
  read(bytes: Uint8Array, start: number, end: number): Value;
  /** Appends the value part (no code, no length). */
  write(value: Value, out: ByteWriter): void;
  /** Short text for people, without the name; empty when there is nothing to say. */
  format(value: Value): string;
}

/** Declares a spec with its name and value type inferred. */
export function defineCapability<const Name extends string, Value>(
  spec: CapabilitySpec<Name, Value>,
): CapabilitySpec<Name, Value> {
  return spec;
}

/** Declares a capability that says all by being there: its length must be 0, its value is `true`. */
export function defineEmptyCapability<const Name extends string>(
  identity: Pick<CapabilitySpec<Name, true>, 'code' | 'name' | 'rfc'>,
): CapabilitySpec<Name, true> {
  return {
    ...identity,
    check: (_bytes, start, end) => start === end,
    read: () => true,
    write: () => {},
    format: () => '',
  };
}
