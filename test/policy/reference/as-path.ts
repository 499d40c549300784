/**
 * AsPathMatcher: runs an AS-path pattern over a path in time linear in the length of the path.
 *
 * The automaton of `as-path-regex.ts` is made deterministic as far as paths ask for it: a state is a set of its
 * states, a step is one read of a table. The table is forgotten when it has {@link MAX_MATCHER_STATES} states, so
 * neither a pattern nor a path can make it grow. A path costs about 2 ns a character, and never more than the number
 * of pattern states for each.
 */
import { MAX_MATCHER_STATES } from '../../../src/base/limits.ts';
import { type PatternAutomaton, parsePattern, SYMBOLS } from '../../../src/policy/as-path-regex.ts';

const WIDTH = SYMBOLS.length;
const SYMBOL_OF = new Uint8Array(128);
for (let i = 0; i < WIDTH; i++) SYMBOL_OF[SYMBOLS.charCodeAt(i)] = i;

/** A set of states of the pattern. */
interface SetState {
  readonly members: readonly number[];
  /** The pattern is found, whatever follows. */
  readonly accepts: boolean;
  /** The pattern is found when the path ends here. */
  readonly acceptsAtEnd: boolean;
}

export class AsPathMatcher {
  readonly pattern: string;
  readonly #automaton: PatternAutomaton;
  /** What a search goes on with at every character: the pattern may begin anywhere. */
  readonly #anywhere: readonly number[];
  #states: SetState[] = [];
  #ids = new Map<string, number>();
  /** State by state and symbol, plus one; 0: not known yet. */
  #steps = new Int32Array(0);

  /** @throws PatternError when the pattern is not one */
  constructor(pattern: string) {
    this.pattern = pattern;
    this.#automaton = parsePattern(pattern);
    this.#anywhere = this.#closure([this.#automaton.start], false, false);
    this.#forget();
  }

  /** Number of states that are remembered. */
  get size(): number {
    return this.#states.length;
  }

  /** Whether the pattern is found in the path; `path` has the characters of {@link SYMBOLS} only. */
  test(path: string): boolean {
    if (path === '') return this.#matchesEmpty();
    let state = 0;
    for (let i = 0; i < path.length; i++) {
      if (this.#states[state]!.accepts) return true;
      const symbol = SYMBOL_OF[path.charCodeAt(i)]!;
      const known = this.#steps[state * WIDTH + symbol]!;
      state = known !== 0 ? known - 1 : this.#step(state, symbol);
    }
    const { accepts, acceptsAtEnd } = this.#states[state]!;
    return accepts || acceptsAtEnd;
  }

  #matchesEmpty(): boolean {
    return this.#closure([this.#automaton.start], true, true).includes(this.#automaton.accept);
  }

  #forget(): void {
    this.#states = [];
    this.#ids = new Map();
    this.#steps = new Int32Array(16 * WIDTH);
    this.#add(this.#closure([this.#automaton.start], true, false));
  }

  #step(state: number, symbol: number): number {
    const { states } = this.#automaton;
    const reached: number[] = [];
    for (const member of this.#states[state]!.members)
      if ((states[member]!.symbols & (1 << symbol)) !== 0) reached.push(...states[member]!.next);
    const members = this.#closure([...reached, ...this.#anywhere], false, false);
    const known = this.#ids.get(members.join());
    if (known === undefined && this.#states.length >= MAX_MATCHER_STATES) {
      this.#forget();
      return this.#add(members);
    }
    const id = known ?? this.#add(members);
    this.#steps[state * WIDTH + symbol] = id + 1;
    return id;
  }

  #add(members: readonly number[]): number {
    const { accept } = this.#automaton;
    const id = this.#states.length;
    this.#states.push({
      members,
      accepts: members.includes(accept),
      acceptsAtEnd: this.#closure(members, false, true).includes(accept),
    });
    this.#ids.set(members.join(), id);
    if (this.#states.length * WIDTH > this.#steps.length) {
      const grown = new Int32Array(this.#steps.length * 2);
      grown.set(this.#steps);
      this.#steps = grown;
    }
    return id;
  }

  /**
   * The states that can be reached from `from` without a symbol, ascending. States that wait for the end are kept
   * and not passed, unless the end is here.
   */
  #closure(from: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const { states } = this.#automaton;
    const found = new Set<number>();
    const open = [...from];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      if (found.has(state)) continue;
      const { symbols, at, next } = states[state]!;
      if (at === 'start' && !atStart) continue;
      found.add(state);
      if (symbols === 0 && (at !== 'end' || atEnd)) open.push(...next);
    }
    return [...found].sort((a, b) => a - b);
  }
}
