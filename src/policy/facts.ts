/**
 * Facts: what a chain asks about AS paths and communities by patterns, as bits that are all found out in one pass over
 * the bytes, when the first one is asked for.
 *
 * HOT in the answers. Each distinct list of patterns has a bit; 32 bits are a word.
 */
import { PathPatterns } from './as-path-patterns.ts';
import { SLOT } from './attribute-edit.ts';
import { CommunityIndex } from './community-index.ts';
import type { PolicyRoute } from './route.ts';
import type { CommunityKind, CommunityPattern } from './types.ts';

/** Where a fact is. */
export interface FactBit {
  readonly word: number;
  readonly bit: number;
}

const COMMUNITY_SLOTS = [
  ['standard', SLOT.communities],
  ['large', SLOT.largeCommunities],
  ['extended', SLOT.extendedCommunities],
] as const satisfies readonly (readonly [CommunityKind, number])[];

export class Facts {
  readonly #pathBits = new BitNumbers();
  /** By word of the bits of patterns. */
  readonly #paths: PathPatterns[] = [];
  #pathWords = new Int32Array(0);
  #pathKnown = false;
  readonly #communityBits = new BitNumbers();
  readonly #index = new CommunityIndex();
  #communityWords = new Int32Array(0);
  #communitiesKnown = false;

  /** The fact that one of some AS-path patterns is found. @throws PatternError */
  anyPath(patterns: readonly string[]): FactBit {
    const { fact, isNew } = this.#pathBits.of(patterns);
    if (!isNew) return fact;
    this.#paths[fact.word] ??= new PathPatterns();
    for (const pattern of patterns) this.#paths[fact.word]!.add(pattern, fact.bit);
    this.#pathWords = new Int32Array(this.#paths.length);
    return fact;
  }

  /** The fact that some community is of one of the patterns. */
  anyCommunity(patterns: readonly CommunityPattern[]): FactBit {
    const { fact, isNew } = this.#communityBits.of(patterns);
    if (!isNew) return fact;
    for (const pattern of patterns) this.#index.add(pattern, fact.word, fact.bit);
    this.#communityWords = new Int32Array(fact.word + 1);
    return fact;
  }

  /** Nothing is known: another route, or other attributes. */
  forget(): void {
    this.#pathKnown = false;
    this.#communitiesKnown = false;
  }

  /** Whether a fact of {@link anyPath} holds for the route. */
  path(route: PolicyRoute, word: number, bit: number): boolean {
    if (!this.#pathKnown) this.#readPath(route);
    return (this.#pathWords[word]! & bit) !== 0;
  }

  /** Whether a fact of {@link anyCommunity} holds for the route. */
  community(route: PolicyRoute, word: number, bit: number): boolean {
    if (!this.#communitiesKnown) this.#readCommunities(route);
    return (this.#communityWords[word]! & bit) !== 0;
  }

  #readPath(route: PolicyRoute): void {
    this.#pathKnown = true;
    const slot = SLOT.asPath;
    const isThere = route.has(slot);
    const bytes = route.bytesOf(slot);
    const start = isThere ? route.from[slot]! : 0;
    const end = isThere ? route.to[slot]! : 0;
    for (let word = 0; word < this.#paths.length; word++)
      this.#pathWords[word] = this.#paths[word]!.run(bytes, start, end);
  }

  #readCommunities(route: PolicyRoute): void {
    this.#communitiesKnown = true;
    const words = this.#communityWords;
    const { kinds } = this.#index;
    const { from, to } = route;
    words.fill(0);
    for (let i = 0; i < COMMUNITY_SLOTS.length; i++) {
      const [kind, slot] = COMMUNITY_SLOTS[i]!;
      if (kinds.has(kind) && route.has(slot))
        this.#index.scan(kind, route.bytesOf(slot), from[slot]!, to[slot]!, words);
    }
  }
}

/** Numbers equal lists alike. */
class BitNumbers {
  readonly #known = new Map<string, FactBit>();

  of(list: readonly unknown[]): { readonly fact: FactBit; readonly isNew: boolean } {
    const key = JSON.stringify(list);
    const known = this.#known.get(key);
    if (known !== undefined) return { fact: known, isNew: false };
    const number = this.#known.size;
    const fact = { word: number >>> 5, bit: 1 << (number & 31) };
    this.#known.set(key, fact);
    return { fact, isNew: true };
  }
}
