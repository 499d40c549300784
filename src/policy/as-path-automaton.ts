/**
 * PathAutomaton: runs several AS-path patterns over a path at once, in time linear in the length of the path.
 *
 * HOT in `run`. The automata of `as-path-regex.ts` are made deterministic together, as far as paths ask for it: a state
 * is a set of their states, a step is one read of a table, and each state says which patterns are found in it. The
 * table is forgotten when it has {@link MAX_MATCHER_STATES} states, so neither patterns nor paths can make it grow. A
 * path costs about 2 ns a character, and never more than the number of pattern states for each.
 */
import { MAX_MATCHER_STATES } from '../base/limits.ts';
import { type PatternAutomaton, type PatternState, parsePattern, SYMBOLS } from './as-path-regex.ts';
import { PathSymbols } from './as-path-symbols.ts';

const WIDTH = SYMBOLS.length;

/** A pattern, and the bits that say that it is found. */
export interface BitPattern {
  readonly automaton: PatternAutomaton;
  /** Any 32 bits. */
  readonly bits: number;
}

export class PathAutomaton {
  /** Times that the table was forgotten. */
  flushes = 0;
  /** Of all patterns, one behind the other. */
  readonly #pattern: PatternState[] = [];
  /** By state of the patterns; bits of the patterns that are found there. */
  readonly #accepts: number[] = [];
  readonly #starts: number[] = [];
  /** What a search goes on with at every character: a pattern may begin anywhere. */
  readonly #anywhere: readonly number[];
  readonly #empty: number;
  /** Sets of pattern states, by number of the state. */
  #states: (readonly number[])[] = [];
  #ids = new Map<string, number>();
  /** State by state and symbol, plus one; 0: not known yet. */
  #steps = new Int32Array(0);
  /** By state: bits of the patterns that are found, whatever follows, and of those found when the path ends here. */
  #found = new Int32Array(0);
  #foundAtEnd = new Int32Array(0);

  constructor(patterns: readonly BitPattern[]) {
    for (const { automaton, bits } of patterns) {
      const first = this.#pattern.length;
      for (const { symbols, at, next } of automaton.states) {
        this.#pattern.push({ symbols, at, next: next.map((state) => state + first) });
        this.#accepts.push(0);
      }
      this.#starts.push(automaton.start + first);
      this.#accepts[automaton.accept + first] = bits;
    }
    this.#anywhere = this.#closure(this.#starts, false, false);
    this.#empty = this.#bitsOf(this.#closure(this.#starts, true, true));
    this.#forget();
  }

  /** Number of states that are remembered. */
  get size(): number {
    return this.#states.length;
  }

  /** The bits of the patterns that are found in a path. */
  run({ symbols, count }: PathSymbols): number {
    if (count === 0) return this.#empty;
    let state = 0;
    let found = this.#found[0]!;
    for (let i = 0; i < count; i++) {
      const symbol = symbols[i]!;
      const known = this.#steps[state * WIDTH + symbol]!;
      state = known !== 0 ? known - 1 : this.#step(state, symbol);
      found |= this.#found[state]!;
    }
    return found | this.#foundAtEnd[state]!;
  }

  #forget(): void {
    this.#states = [];
    this.#ids = new Map();
    this.#steps = new Int32Array(16 * WIDTH);
    this.#found = new Int32Array(16);
    this.#foundAtEnd = new Int32Array(16);
    this.#add(this.#closure(this.#starts, true, false));
  }

  #step(state: number, symbol: number): number {
    const reached: number[] = [];
    for (const member of this.#states[state]!)
      if ((this.#pattern[member]!.symbols & (1 << symbol)) !== 0)
        reached.push(...this.#pattern[member]!.next);
    const members = this.#closure([...reached, ...this.#anywhere], false, false);
    const known = this.#ids.get(members.join());
    if (known === undefined && this.#states.length >= MAX_MATCHER_STATES) {
      this.flushes++;
      this.#forget();
      return this.#add(members);
    }
    const id = known ?? this.#add(members);
    this.#steps[state * WIDTH + symbol] = id + 1;
    return id;
  }

  #add(members: readonly number[]): number {
    const id = this.#states.push(members) - 1;
    this.#ids.set(members.join(), id);
    if (id >= this.#found.length) {
      this.#steps = doubled(this.#steps);
      this.#found = doubled(this.#found);
      this.#foundAtEnd = doubled(this.#foundAtEnd);
    }
    this.#found[id] = this.#bitsOf(members);
    this.#foundAtEnd[id] = this.#bitsOf(this.#closure(members, false, true));
    return id;
  }

  #bitsOf(members: readonly number[]): number {
    return members.reduce((bits, member) => bits | this.#accepts[member]!, 0);
  }

  /**
   * The states that can be reached from `from` without a symbol, ascending. States that wait for the end are kept
   * and not passed, unless the end is here.
   */
  #closure(from: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const found = new Set<number>();
    const open = [...from];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (found.has(state)) continue;
      const { symbols, at, next } = this.#pattern[state]!;
      if (at === 'start' && !atStart) continue;
      found.add(state);
      if (symbols === 0 && (at !== 'end' || atEnd)) open.push(...next);
    }
    return [...found].sort((a, b) => a - b);
  }
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(column.length * 2);
  grown.set(column);
  return grown;
}

const TEXT = new PathSymbols();

/** One pattern, asked about paths as text. */
export class AsPathMatcher {
  readonly pattern: string;
  readonly #automaton: PathAutomaton;

  /** @throws PatternError when the pattern is not one */
  constructor(pattern: string) {
    this.pattern = pattern;
    this.#automaton = new PathAutomaton([{ automaton: parsePattern(pattern), bits: 1 }]);
  }

  /** Number of states that are remembered. */
  get size(): number {
    return this.#automaton.size;
  }

  /** Whether the pattern is found in the path; `path` has the characters of {@link SYMBOLS} only. */
  test(path: string): boolean {
    TEXT.readText(path);
    return this.#automaton.run(TEXT) !== 0;
  }
}
