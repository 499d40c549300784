/**
 * PathPatterns: the AS-path patterns of a chain, or 32 groups of them, over one path together.
 *
 * HOT in `run`. What is not literal (`as-path-literals.ts`) is one automaton as far as {@link MAX_PATTERN_STATES} allows.
 * A combined automaton that outgrows its table again and again is cut in half, down to one for each pattern.
 */
import { MAX_PATTERN_STATES } from '../base/limits.ts';
import { type BitPattern, PathAutomaton } from './as-path-automaton.ts';
import { PathLiterals } from './as-path-literals.ts';
import { parsePattern } from './as-path-regex.ts';
import { PathSymbols } from './as-path-symbols.ts';

/** Times that a combined automaton may outgrow its table. */
const FLUSHES = 2;

/** For one path at a time. */
const SYMBOLS = new PathSymbols();

interface Combined {
  readonly automaton: PathAutomaton;
  readonly patterns: readonly BitPattern[];
}

export class PathPatterns {
  readonly #literals = new PathLiterals();
  readonly #patterns: BitPattern[] = [];
  /** Made when the first path comes. */
  #automata: Combined[] | undefined;

  /** Adds a pattern that is found by `bits`, any of 32, before the first path comes. @throws PatternError */
  add(pattern: string, bits: number): void {
    const automaton = parsePattern(pattern);
    if (!this.#literals.add(pattern, bits)) this.#patterns.push({ automaton, bits });
  }

  /** Number of automata; 0 before the first path. */
  get automata(): number {
    return this.#automata?.length ?? 0;
  }

  /** The bits of the patterns that are found in the canonical path value `bytes[start..end)`. */
  run(bytes: Uint8Array, start: number, end: number): number {
    let bits = this.#literals.run(bytes, start, end);
    if (this.#patterns.length === 0) return bits;
    SYMBOLS.read(bytes, start, end);
    this.#automata ??= together(this.#patterns);
    const automata = this.#automata;
    for (let i = 0; i < automata.length; i++) {
      const { automaton, patterns } = automata[i]!;
      bits |= automaton.run(SYMBOLS);
      if (automaton.flushes <= FLUSHES || patterns.length === 1) continue;
      const half = patterns.length >>> 1;
      automata.splice(i, 1, combined(patterns.slice(0, half)), combined(patterns.slice(half)));
      i++;
    }
    return bits;
  }
}

function combined(patterns: readonly BitPattern[]): Combined {
  return { automaton: new PathAutomaton(patterns), patterns };
}

/** Automata of as many patterns as may be together. */
function together(patterns: readonly BitPattern[]): Combined[] {
  const groups: BitPattern[][] = [];
  let room = 0;
  for (const pattern of patterns) {
    const { length } = pattern.automaton.states;
    if (length > room || groups.length === 0) {
      groups.push([]);
      room = MAX_PATTERN_STATES;
    }
    groups.at(-1)!.push(pattern);
    room -= length;
  }
  return groups.map(combined);
}
