/**
 * Routes of our own: `networks` of the configuration and, later, announcements of the API, as canonical blobs.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { beginAttribute, endAttribute, writeAttribute } from '../wire/attributes/blob.ts';
import { FLAG_OPTIONAL, FLAG_TRANSITIVE } from '../wire/attributes/spec.ts';

/** Attributes of a route of our own. */
export interface LocalAttributes {
  /** 4 or 16 bytes; undefined: our address on each session. */
  readonly nextHop: Uint8Array | undefined;
  /** 0 IGP, 1 EGP, 2 INCOMPLETE. */
  readonly origin: number;
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  /** Each 32 bits unsigned. */
  readonly communities: readonly number[];
  /** Each three 32-bit numbers. */
  readonly largeCommunities: readonly (readonly [number, number, number])[];
}

/** The canonical blob of a route of our own; AS_PATH is empty. */
export function localBlob(attributes: LocalAttributes): Uint8Array {
  const out = new ByteWriter();
  writeAttribute(out, FLAG_TRANSITIVE, 1, Uint8Array.of(attributes.origin));
  writeAttribute(out, FLAG_TRANSITIVE, 2, new Uint8Array(0));
  if (attributes.nextHop !== undefined) writeAttribute(out, FLAG_TRANSITIVE, 3, attributes.nextHop);
  if (attributes.med !== undefined) writeNumbers(out, FLAG_OPTIONAL, 4, [attributes.med]);
  if (attributes.localPref !== undefined) writeNumbers(out, FLAG_TRANSITIVE, 5, [attributes.localPref]);
  if (attributes.communities.length > 0)
    writeNumbers(out, FLAG_OPTIONAL | FLAG_TRANSITIVE, 8, attributes.communities);
  if (attributes.largeCommunities.length > 0)
    writeNumbers(out, FLAG_OPTIONAL | FLAG_TRANSITIVE, 32, attributes.largeCommunities.flat());
  return out.take();
}

function writeNumbers(out: ByteWriter, flags: number, code: number, numbers: readonly number[]): void {
  const at = beginAttribute(out, flags, code, numbers.length * 4);
  for (const number of numbers) out.u32(number);
  endAttribute(out, at);
}
