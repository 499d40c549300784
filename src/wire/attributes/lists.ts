/** The one check that attributes made of equal elements share. */
import { UpdateError } from './spec.ts';

/** HOT. 0 when `start..end` holds one or more whole elements of `width` octets, else the length subcode. */
export function checkList(start: number, end: number, width: number): number {
  const length = end - start;
  return length > 0 && length % width === 0 ? 0 : UpdateError.attributeLength;
}
