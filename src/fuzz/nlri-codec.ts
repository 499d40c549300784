/**
 * The part of a family that reads and writes its NLRI, where the family has one of its own: families that only the
 * tables know have none, and then there is nothing to check here.
 */
import type { ByteWriter } from '../base/byte-writer.ts';

/** What a family's codec of NLRI can do; `check` answers -1 or the offset of the fault. */
export interface AnyNlriCodec {
  check(bytes: Uint8Array, start: number, end: number, addPath: boolean): number;
  read(bytes: Uint8Array, start: number, end: number, addPath: boolean): readonly unknown[];
  write(values: readonly unknown[], out: ByteWriter, addPath: boolean): void;
  format(value: unknown): string;
}

/** The codec of a family's NLRI, or undefined when it has none. */
export function nlriCodec(family: object): AnyNlriCodec | undefined {
  return (family as { readonly nlri?: AnyNlriCodec }).nlri;
}
