/**
 * AS-path regular expressions in the form of Cisco IOS and FRR: a pattern to a nondeterministic automaton.
 *
 * The subject is the path as text: `65001 65002 {65003,65004} (65005)`, confederation sets in `[]`. `_` stands for a
 * blank, a comma, a bracket, or either end. Everything is read here and bounded by {@link MAX_PATTERN_STATES}; nothing
 * is left to the backtracking engine of the language. `as-path-automaton.ts` runs the result.
 */
import { MAX_PATTERN_STATES } from '../base/limits.ts';

/** Every character that a path can have; the position is its symbol. */
export const SYMBOLS = '0123456789 ,{}()[]';

const DIGITS = 0x3ff;
const ANY = 2 ** SYMBOLS.length - 1;
/** What `_` matches besides the ends. */
const DELIMITERS = ANY & ~DIGITS;

/** A node of the automaton: it eats one symbol of `symbols` or, when that is 0, nothing. */
export interface PatternState {
  /** Bit for each symbol. */
  symbols: number;
  /** May be passed at the start, or the end, of the path only. */
  readonly at: 'start' | 'end' | undefined;
  /** States behind it; with `symbols` there is one. */
  next: number[];
}

export interface PatternAutomaton {
  readonly states: readonly PatternState[];
  readonly start: number;
  readonly accept: number;
}

/** Why a pattern cannot be used. `at` counts characters from 0. */
export class PatternError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'PatternError';
    this.at = at;
  }
}

/** A piece of the automaton under construction: the state it begins with, and the one it ends with. */
interface Piece {
  readonly from: number;
  readonly to: number;
}

/** The automaton of a pattern. @throws PatternError */
export function parsePattern(pattern: string): PatternAutomaton {
  const builder = new Builder(pattern);
  const { from, to } = builder.whole();
  return { states: builder.states, start: from, accept: to };
}

class Builder {
  readonly states: PatternState[] = [];
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Piece {
    const piece = this.#alternatives();
    if (this.#at < this.#text.length) this.#fail('`)` without a `(`');
    return piece;
  }

  #fail(message: string, at = this.#at): never {
    throw new PatternError(message, at);
  }

  #state(symbols: number, at?: 'start' | 'end'): number {
    if (this.states.length >= MAX_PATTERN_STATES)
      this.#fail(`the pattern is too large: it needs more than ${MAX_PATTERN_STATES} states`);
    return this.states.push({ symbols, at, next: [] }) - 1;
  }

  #link(from: number, to: number): void {
    this.states[from]!.next.push(to);
  }

  #alternatives(): Piece {
    // A bound of our own: the nesting of the pattern is the nesting of these calls.
    if (++this.#depth > 100) this.#fail('the pattern is nested too deep');
    const from = this.#state(0);
    const to = this.#state(0);
    do {
      const piece = this.#sequence();
      this.#link(from, piece.from);
      this.#link(piece.to, to);
    } while (this.#take('|'));
    this.#depth--;
    return { from, to };
  }

  #sequence(): Piece {
    const from = this.#state(0);
    let to = from;
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at]!)) {
      const piece = this.#repeated();
      this.#link(to, piece.from);
      to = piece.to;
    }
    return { from, to };
  }

  #repeated(): Piece {
    const start = this.#at;
    let piece = this.#atom();
    for (;;) {
      const end = this.#at;
      const bounds = this.#bounds();
      if (bounds === undefined) return piece;
      piece = this.#repeat(piece, start, end, bounds.min, bounds.max);
    }
  }

  /** The repetition that stands here. */
  #bounds(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { min: 0, max: 1 };
    const match = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#text.slice(this.#at));
    if (match === null) return undefined;
    const min = Number(match[1]);
    const upper = match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    const max = match[2] === undefined ? min : upper;
    if (max < min) this.#fail(`\`${match[0]}\` has its bounds the wrong way round`);
    this.#at += match[0].length;
    return { min, max };
  }

  /** `first` is the piece of the text from `start`; its copies are read from there again. */
  #repeat(first: Piece, start: number, end: number, min: number, max: number): Piece {
    const resume = this.#at;
    const copy = (): Piece => {
      this.#at = start;
      let piece = this.#atom();
      while (this.#at < end) {
        const before = this.#at;
        const bounds = this.#bounds()!;
        piece = this.#repeat(piece, start, before, bounds.min, bounds.max);
      }
      return piece;
    };
    const from = this.#state(0);
    const to = this.#state(0);
    let tail = from;
    let used = false;
    const piece = (): Piece => {
      const result = used ? copy() : first;
      used = true;
      return result;
    };
    for (let i = 0; i < min; i++) {
      const { from: begin, to: finish } = piece();
      this.#link(tail, begin);
      tail = finish;
    }
    if (max === Number.POSITIVE_INFINITY) {
      const loop = this.#state(0);
      this.#link(tail, loop);
      const { from: begin, to: finish } = piece();
      this.#link(loop, begin);
      this.#link(finish, loop);
      tail = loop;
    } else
      for (let i = min; i < max; i++) {
        const { from: begin, to: finish } = piece();
        this.#link(tail, to);
        this.#link(tail, begin);
        tail = finish;
      }
    this.#link(tail, to);
    this.#at = resume;
    return { from, to };
  }

  #atom(): Piece {
    const at = this.#at;
    const character = this.#text[this.#at++]!;
    switch (character) {
      case '(': {
        if (this.#text.startsWith('?', this.#at)) this.#fail('`(?` is not supported', at);
        const piece = this.#alternatives();
        if (!this.#take(')')) this.#fail('`(` without a `)`', at);
        return piece;
      }
      case '^':
        return this.#anchor('start');
      case '$':
        return this.#anchor('end');
      case '_':
        return this.#delimiter();
      case '.':
        return this.#symbols(ANY);
      case '[':
        return this.#symbols(this.#class(at));
      case '\\':
        return this.#symbols(this.#escape());
      case '*':
      case '+':
      case '?':
        return this.#fail(`\`${character}\` has nothing to repeat`, at);
      default:
        return this.#symbols(this.#symbolOf(character, at));
    }
  }

  #anchor(at: 'start' | 'end'): Piece {
    const state = this.#state(0, at);
    return { from: state, to: state };
  }

  /** `(^|[,{}() ]|$)` */
  #delimiter(): Piece {
    const from = this.#state(0);
    const to = this.#state(0);
    for (const { from: begin, to: finish } of [
      this.#anchor('start'),
      this.#anchor('end'),
      this.#symbols(DELIMITERS),
    ]) {
      this.#link(from, begin);
      this.#link(finish, to);
    }
    return { from, to };
  }

  #symbols(symbols: number): Piece {
    const from = this.#state(symbols);
    const to = this.#state(0);
    this.#link(from, to);
    return { from, to };
  }

  #symbolOf(character: string, at: number): number {
    const symbol = SYMBOLS.indexOf(character);
    if (symbol < 0) this.#fail(`\`${character}\` never stands in an AS path`, at);
    return 2 ** symbol;
  }

  #escape(): number {
    const at = this.#at;
    const character = this.#text[this.#at++];
    if (character === undefined) this.#fail('`\\` with nothing behind it', at - 1);
    if (character === 'd') return DIGITS;
    if (character === 's') return 2 ** SYMBOLS.indexOf(' ');
    if (/[a-zA-Z]/.test(character)) this.#fail(`\`\\${character}\` is not supported`, at - 1);
    if (/\d/.test(character)) this.#fail('references to groups are not supported', at - 1);
    return this.#symbolOf(character, at);
  }

  /** `[0-9]`, `[^ ]`, `[[:digit:]]`; a `]` that stands first is one of the characters. */
  #class(at: number): number {
    const negated = this.#take('^');
    let symbols = 0;
    for (let first = true; first || !this.#text.startsWith(']', this.#at); first = false) {
      if (this.#at >= this.#text.length) this.#fail('`[` without a `]`', at);
      symbols |= this.#classItem();
    }
    this.#at++;
    return negated ? ANY & ~symbols : symbols;
  }

  #classItem(): number {
    if (this.#text.startsWith('[:digit:]', this.#at)) {
      this.#at += '[:digit:]'.length;
      return DIGITS;
    }
    const at = this.#at;
    const character = this.#text[this.#at++]!;
    if (character === '\\') return this.#escape();
    // The range of a class has digits at both ends: the other characters have no order that means anything.
    const upper = /^-(\d)/.exec(this.#text.slice(this.#at))?.[1];
    if (upper === undefined || !/\d/.test(character)) return this.#symbolOf(character, at);
    this.#at += 2;
    if (Number(upper) < Number(character)) this.#fail(`\`${character}-${upper}\` is the wrong way round`, at);
    return 2 ** (Number(upper) + 1) - 2 ** Number(character);
  }

  #take(character: string): boolean {
    if (!this.#text.startsWith(character, this.#at)) return false;
    this.#at += character.length;
    return true;
  }
}
