/**
 * FamilySpec: what the codec and the tables must know of an address family. `index.ts` holds the list.
 *
 * The NLRI of every family is a row of elements. A {@link NlriCodec} checks such a row without reading it to
 * objects, reads it to plain data that survives JSON, writes it and prints one element.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';

/** What every NLRI element may have besides its own parts. */
export interface PathIdentified {
  /** Path identifier, 0..4294967295, where ADD-PATH was agreed (RFC 7911 section 3); else absent. */
  readonly pathId?: number;
}

/** Reads and writes the NLRI of a family. */
export interface NlriCodec<Value extends PathIdentified = PathIdentified> {
  /**
   * HOT. Whether `bytes[start..end)` is a row of well-formed elements: -1, or the offset of the element at fault.
   * Never allocates, never throws, never reads outside the range.
   */
  check(bytes: Uint8Array, start: number, end: number, addPath: boolean): number;
  /** The elements as plain data; only after `check` returned -1 for the same bytes. */
  read(bytes: Uint8Array, start: number, end: number, addPath: boolean): readonly Value[];
  /**
   * Appends the elements; with `addPath` each behind its path identifier, 0 when it has none.
   *
   * @throws BellhopError INVALID_ARGUMENT when a text in a value does not say what it should
   */
  write(values: readonly Value[], out: ByteWriter, addPath: boolean): void;
  /** Short text of one element: `192.0.2.0/24`. */
  format(value: Value): string;
}

export interface FamilySpec<Name extends string = string, Value extends PathIdentified = PathIdentified> {
  /** Position in the list: the bit number in {@link WireContext.families}. */
  readonly index: number;
  /** Name in configuration, CLI and JSON: `ipv4-unicast`. */
  readonly name: Name;
  /** Address family identifier (IANA). */
  readonly afi: number;
  /** Subsequent address family identifier (IANA). */
  readonly safi: number;
  /** Where it is specified. */
  readonly rfc: string;
  /** Octets a next hop may have; `ignored` where it means nothing and any length will do. */
  readonly nextHopLengths: readonly number[] | 'ignored';
  /** Octets a next hop may have besides when RFC 8950 was agreed for the family. */
  readonly extendedNextHopLengths?: readonly number[];
  /** Octets of route distinguisher in front of each address of a next hop. */
  readonly nextHopDistinguisher: 0 | 8;
  /** Reads and writes the NLRI. */
  readonly nlri: NlriCodec<Value>;
}

/** A family whose routes the tables can hold. */
export interface TableFamily<Name extends string = string> extends FamilySpec<Name> {
  /** 32-bit words of a prefix key: 1 for IPv4, 4 for IPv6. */
  readonly keyWords: 1 | 4;
  /** Longest prefix in bits. */
  readonly maxLength: 32 | 128;
}

/**
 * Forgets the type of the values, so that codecs of all families fit one list. Whoever writes gives each family the
 * values it was read to: `check` and `read` are total, and `write` refuses what it cannot say.
 */
export function anyValues<Value extends PathIdentified>(codec: NlriCodec<Value>): NlriCodec {
  return codec as unknown as NlriCodec;
}
