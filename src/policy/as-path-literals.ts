/**
 * PathLiterals: the patterns that only ask where one AS number stands - `_65001_`, `^65001_`, `_65001$`, `^65001$` - and
 * `^$`, answered on the numbers of the path without its text. Most patterns in use are of these forms.
 *
 * HOT in `run`. A filter of 2,048 bits says of nearly every number that no pattern asks for it.
 */
import { readU32 } from '../base/bytes.ts';
import { SegmentType } from '../wire/as4.ts';

/** Bits of the patterns that ask for a number, by where it stands. */
interface Places {
  anywhere: number;
  first: number;
  last: number;
  only: number;
}

const FILTER_BITS = 2048;
const LITERAL = /^([_^])(0|[1-9]\d{0,9})([_$])$/;

export class PathLiterals {
  readonly #filter = new Uint32Array(FILTER_BITS / 32);
  readonly #places = new Map<number, Places>();
  /** Bits of `^$`. */
  #empty = 0;

  /** Takes a pattern, found by `bits`, when it is of one of the forms; else returns false. */
  add(pattern: string, bits: number): boolean {
    if (pattern === '^$') {
      this.#empty |= bits;
      return true;
    }
    const [, before, digits, behind] = LITERAL.exec(pattern) ?? [];
    const as = Number(digits);
    if (digits === undefined || as > 0xffffffff) return false;
    let places = this.#places.get(as | 0);
    if (places === undefined) {
      places = { anywhere: 0, first: 0, last: 0, only: 0 };
      this.#places.set(as | 0, places);
      this.#filter[(as & (FILTER_BITS - 1)) >>> 5]! |= 1 << (as & 31);
    }
    if (before === '_') places[behind === '_' ? 'anywhere' : 'last'] |= bits;
    else places[behind === '_' ? 'first' : 'only'] |= bits;
    return true;
  }

  /** The bits of the patterns that are found in the canonical path value `bytes[start..end)`. */
  run(bytes: Uint8Array, start: number, end: number): number {
    if (start >= end) return this.#empty;
    const filter = this.#filter;
    let found = 0;
    for (let at = start; at < end; ) {
      const next = at + 2 + bytes[at + 1]! * 4;
      for (let number = at + 2; number < next; number += 4) {
        const low = (bytes[number + 2]! << 8) | bytes[number + 3]!;
        if ((filter[(low & (FILTER_BITS - 1)) >>> 5]! & (1 << (low & 31))) === 0) continue;
        const places = this.#places.get(readU32(bytes, number) | 0);
        if (places === undefined) continue;
        // The text begins, or ends, with a number only where that is one of a sequence: others stand in brackets.
        const isSequence = bytes[at] === SegmentType.sequence;
        const isFirst = isSequence && number === start + 2;
        const isLast = isSequence && number + 4 === end;
        found |= places.anywhere;
        if (isFirst) found |= places.first;
        if (isLast) found |= places.last;
        if (isFirst && isLast) found |= places.only;
      }
      at = next;
    }
    return found;
  }
}
