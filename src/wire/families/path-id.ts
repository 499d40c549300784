/** The path identifier in front of an NLRI element (RFC 7911 section 3). */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { readU32 } from '../../base/bytes.ts';
import type { PathIdentified } from './spec.ts';

/** Octets of a path identifier. */
export const PATH_ID_OCTETS = 4;

/** The key for a value read at `at`; none without ADD-PATH. */
export function readPathId(bytes: Uint8Array, at: number, addPath: boolean): PathIdentified {
  return addPath ? { pathId: readU32(bytes, at) } : {};
}

/** Appends the identifier where ADD-PATH was agreed; 0 stands for none. */
export function writePathId({ pathId }: PathIdentified, out: ByteWriter, addPath: boolean): void {
  if (addPath) out.u32(pathId ?? 0);
}

/** ` path 7` behind the text of an element, or nothing. */
export function formatPathId({ pathId }: PathIdentified): string {
  return pathId === undefined ? '' : ` path ${pathId}`;
}
