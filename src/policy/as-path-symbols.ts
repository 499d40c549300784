/**
 * An AS path as the symbols that patterns look at: its text `65001 {65002,65003} (65004) [65005,65006]`, one number for
 * each character.
 *
 * HOT: once for each distinct attribute set of a policy with patterns.
 */
import { readU32 } from '../base/bytes.ts';
import { SegmentType } from '../wire/as4.ts';
import { SYMBOLS } from './as-path-regex.ts';

const SYMBOL_OF = new Uint8Array(128);
for (let i = 0; i < SYMBOLS.length; i++) SYMBOL_OF[SYMBOLS.charCodeAt(i)] = i;

const BLANK = SYMBOLS.indexOf(' ');
const COMMA = SYMBOLS.indexOf(',');
const BRACKETS = [
  [SegmentType.set, '{', '}', COMMA],
  [SegmentType.confedSequence, '(', ')', BLANK],
  [SegmentType.confedSet, '[', ']', COMMA],
] as const;
/** By type of a segment; 0xff: none. */
const OPEN = new Uint8Array(5).fill(0xff);
const CLOSE = new Uint8Array(5).fill(0xff);
const BETWEEN = new Uint8Array(5).fill(BLANK);
for (const [type, open, close, between] of BRACKETS) {
  OPEN[type] = SYMBOLS.indexOf(open);
  CLOSE[type] = SYMBOLS.indexOf(close);
  BETWEEN[type] = between;
}

/** Symbols of one path. */
export class PathSymbols {
  /** Only the first {@link count} count. Replaced when it grows. */
  symbols = new Uint8Array(256);
  count = 0;

  /** Takes the canonical path value `bytes[start..end)`. */
  read(bytes: Uint8Array, start: number, end: number): void {
    // An AS number has at most ten digits and a blank; brackets and a blank are less than its two octets and a number.
    if ((end - start) * 3 > this.symbols.length) this.symbols = new Uint8Array((end - start) * 6);
    const { symbols } = this;
    let length = 0;
    for (let at = start; at < end; ) {
      const type = bytes[at]!;
      const next = at + 2 + bytes[at + 1]! * 4;
      if (at > start) symbols[length++] = BLANK;
      if (OPEN[type] !== 0xff) symbols[length++] = OPEN[type]!;
      for (let number = at + 2; number < next; number += 4) {
        if (number > at + 2) symbols[length++] = BETWEEN[type]!;
        length = writeDigits(readU32(bytes, number), symbols, length);
      }
      if (CLOSE[type] !== 0xff) symbols[length++] = CLOSE[type]!;
      at = next;
    }
    this.count = length;
  }

  /** Takes a path that is text already, of the characters of `SYMBOLS`. */
  readText(text: string): void {
    if (text.length > this.symbols.length) this.symbols = new Uint8Array(text.length * 2);
    for (let i = 0; i < text.length; i++) this.symbols[i] = SYMBOL_OF[text.charCodeAt(i)]!;
    this.count = text.length;
  }
}

/** The symbol of a digit is its value. Returns where the next symbol goes. */
function writeDigits(value: number, symbols: Uint8Array, at: number): number {
  let end = at + 1;
  for (let power = 10; power <= value; power *= 10) end++;
  let left = value;
  for (let digit = end - 1; digit >= at; digit--) {
    const upper = Math.floor(left / 10);
    symbols[digit] = left - upper * 10;
    left = upper;
  }
  return end;
}
