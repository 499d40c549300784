/**
 * Facts: what a chain asks of a route that is one bit - the outcomes of its route tests, and its patterns of AS paths and
 * communities. All patterns of a kind are found out in one pass over the bytes, when the first one is asked for.
 *
 * HOT in `some`. Each distinct list of patterns has a bit; 32 bits are a word, and words are numbered in each group.
 */
import { PathPatterns } from './as-path-patterns.ts';
import { SLOT } from './attribute-edit.ts';
import { CommunityIndex } from './community-index.ts';
import { COMMUNITY_ATTRIBUTE, type PolicyRoute } from './route.ts';
import type { CommunityKind, CommunityPattern } from './types.ts';

/** Groups of facts, in the order of what they cost. */
export const FactGroup = { outcome: 0, path: 1, community: 2 } as const;

/** Where facts are; several bits of a word stand for any of them. */
export interface FactBits {
  /** One of {@link FactGroup}. */
  readonly group: number;
  readonly word: number;
  readonly bits: number;
}

const OUTCOMES_ONLY = 1 << FactGroup.outcome;

export class Facts {
  /** Bit for each group that is known. */
  #known = 0;
  #outcomes = new Int32Array(1);
  readonly #pathBits = new BitNumbers(FactGroup.path);
  /** By word of the bits of patterns. */
  readonly #patterns: PathPatterns[] = [];
  #paths = new Int32Array(0);
  readonly #communityBits = new BitNumbers(FactGroup.community);
  readonly #index = new CommunityIndex();
  /** Those that some pattern is of. */
  readonly #kinds: { readonly kind: CommunityKind; readonly slot: number }[] = [];
  #communities = new Int32Array(0);

  /** The fact that route test `test` holds. */
  outcome(test: number): FactBits {
    const fact = { group: FactGroup.outcome, word: test >>> 5, bits: 1 << (test & 31) };
    if (fact.word >= this.#outcomes.length) this.#outcomes = new Int32Array(fact.word + 1);
    return fact;
  }

  /** The fact that one of some AS-path patterns is found. @throws PatternError */
  anyPath(patterns: readonly string[]): FactBits {
    const { fact, isNew } = this.#pathBits.of(patterns);
    if (!isNew) return fact;
    this.#patterns[fact.word] ??= new PathPatterns();
    for (const pattern of patterns) this.#patterns[fact.word]!.add(pattern, fact.bits);
    this.#paths = new Int32Array(this.#patterns.length);
    return fact;
  }

  /** The fact that some community is of one of the patterns. */
  anyCommunity(patterns: readonly CommunityPattern[]): FactBits {
    const { fact, isNew } = this.#communityBits.of(patterns);
    if (!isNew) return fact;
    for (const pattern of patterns) {
      this.#index.add(pattern, fact.word, fact.bits);
      const slot = SLOT[COMMUNITY_ATTRIBUTE[pattern.kind]];
      if (!this.#kinds.some((one) => one.slot === slot)) this.#kinds.push({ kind: pattern.kind, slot });
    }
    this.#communities = new Int32Array(fact.word + 1);
    return fact;
  }

  /** Another route comes, of which the outcomes of the route tests are known and nothing else. */
  begin(outcomes: readonly boolean[]): void {
    const words = this.#outcomes;
    for (let word = 0; word < words.length; word++) words[word] = 0;
    for (let test = 0; test < outcomes.length; test++)
      if (outcomes[test]!) words[test >>> 5]! |= 1 << (test & 31);
    this.#known = OUTCOMES_ONLY;
  }

  /** The route has been changed. */
  forget(): void {
    this.#known = OUTCOMES_ONLY;
  }

  /** Whether one of the facts holds for the route. */
  some({ group, word, bits }: FactBits, route: PolicyRoute): boolean {
    const isKnown = (this.#known & (1 << group)) !== 0;
    switch (group) {
      case FactGroup.outcome:
        return (this.#outcomes[word]! & bits) !== 0;
      case FactGroup.path:
        if (!isKnown) this.#readPath(route);
        return (this.#paths[word]! & bits) !== 0;
      default:
        if (!isKnown) this.#readCommunities(route);
        return (this.#communities[word]! & bits) !== 0;
    }
  }

  #readPath(route: PolicyRoute): void {
    this.#known |= 1 << FactGroup.path;
    const slot = SLOT.asPath;
    const isThere = route.has(slot);
    const bytes = route.bytesOf(slot);
    const start = isThere ? route.from[slot]! : 0;
    const end = isThere ? route.to[slot]! : 0;
    for (let word = 0; word < this.#patterns.length; word++)
      this.#paths[word] = this.#patterns[word]!.run(bytes, start, end);
  }

  #readCommunities(route: PolicyRoute): void {
    this.#known |= 1 << FactGroup.community;
    const words = this.#communities;
    const kinds = this.#kinds;
    for (let word = 0; word < words.length; word++) words[word] = 0;
    for (let i = 0; i < kinds.length; i++) {
      const { kind, slot } = kinds[i]!;
      if (route.has(slot))
        this.#index.scan(kind, route.bytesOf(slot), route.from[slot]!, route.to[slot]!, words);
    }
  }
}

/** Numbers equal lists alike. */
class BitNumbers {
  readonly #group: number;
  readonly #known = new Map<string, FactBits>();

  constructor(group: number) {
    this.#group = group;
  }

  of(list: readonly unknown[]): { readonly fact: FactBits; readonly isNew: boolean } {
    const key = JSON.stringify(list);
    const known = this.#known.get(key);
    if (known !== undefined) return { fact: known, isNew: false };
    const number = this.#known.size;
    const fact = { group: this.#group, word: number >>> 5, bits: 1 << (number & 31) };
    this.#known.set(key, fact);
    return { fact, isNew: true };
  }
}
