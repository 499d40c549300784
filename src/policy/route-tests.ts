/**
 * RouteTest: a condition that depends on the route and not on its attributes: prefix, family, where it came from.
 *
 * HOT: these run for every route, all others once per distinct attribute set. One class for all kinds, so that the
 * loop over a policy's tests calls one function.
 */
import { parseAddress, splitZone } from '../base/address.ts';
import { parsePrefix, prefixContains } from '../base/prefix.ts';
import {
  type PeerIdentity,
  type PeerIndex,
  type PeerTable,
  SOURCE_EXTERNAL,
  SOURCE_INTERNAL,
  SOURCE_LOCAL,
} from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { type PrefixColumns, type PrefixSet, prefixSetOf } from './prefix-set.ts';
import type { ConditionTest, NeighborPattern, NumberRange, PrefixRange } from './types.ts';

/** The tables that tests look at, by family index where there are several; an engine has this shape. */
export interface RouteTables {
  readonly peers: PeerTable;
  readonly ribs: readonly PrefixColumns[];
}

/** Conditions that are route tests. */
export type RouteTestCondition = ConditionTest & {
  readonly kind: 'prefix' | 'prefix-length' | 'family' | 'source' | 'from';
};

const KINDS = ['prefix', 'prefix-length', 'family', 'source', 'from'] as const;
const SOURCES = { local: SOURCE_LOCAL, external: SOURCE_EXTERNAL, internal: SOURCE_INTERNAL } as const;

/** Whether a condition is a route test. */
export function isRouteTest(condition: ConditionTest): condition is RouteTestCondition {
  return (KINDS as readonly string[]).includes(condition.kind);
}

const NO_RANGES: readonly PrefixRange[] = [];
const PREFIX = 0;
const LENGTH = 1;
const FAMILY = 2;
const SOURCE = 3;

export class RouteTest {
  readonly #kind: number;
  readonly #tables: RouteTables;
  readonly #set: PrefixSet;
  readonly #range: NumberRange;
  /** Bit for each family index or SOURCE_ constant. */
  readonly #bits: number;
  readonly #patterns: readonly NeighborPattern[];
  /** By peer index: the identity that was asked for, and the answer. */
  readonly #askedFor: (PeerIdentity | undefined)[] = [];
  readonly #answers: boolean[] = [];

  constructor(condition: RouteTestCondition, tables: RouteTables) {
    this.#kind = KINDS.indexOf(condition.kind);
    this.#tables = tables;
    this.#set = prefixSetOf(condition.kind === 'prefix' ? condition.ranges : NO_RANGES);
    this.#range = condition.kind === 'prefix-length' ? condition.range : { min: 0, max: 0 };
    this.#bits = bitsOf(condition);
    this.#patterns = condition.kind === 'from' ? condition.patterns : [];
  }

  /** The prefixes that the test is about, when it is about nothing else. */
  get prefixes(): PrefixSet | undefined {
    return this.#kind === PREFIX ? this.#set : undefined;
  }

  /** Whether the answer may differ between prefixes of one message. */
  get perPrefix(): boolean {
    return this.#kind <= LENGTH;
  }

  holds(family: number, prefix: PrefixId, from: PeerIndex): boolean {
    switch (this.#kind) {
      case PREFIX:
        return this.#set.has(this.#tables.ribs[family]!, prefix);
      case LENGTH: {
        const table = this.#tables.ribs[family]!;
        const length =
          table.family.keyWords === 1 ? table.prefixes4.length[prefix]! : table.prefixes6.length[prefix]!;
        return length >= this.#range.min && length <= this.#range.max;
      }
      case FAMILY:
        return (this.#bits & (1 << family)) !== 0;
      case SOURCE:
        return (this.#bits & (1 << this.#tables.peers.source[from]!)) !== 0;
      default:
        return this.#isFrom(from);
    }
  }

  #isFrom(from: PeerIndex): boolean {
    const identity = this.#tables.peers.identity[from];
    if (identity === undefined) return false;
    // The index may have been another peer's; an identity is one object for a session.
    if (this.#askedFor[from] !== identity) {
      this.#askedFor[from] = identity;
      this.#answers[from] = matchesNeighbor(this.#patterns, identity);
    }
    return this.#answers[from]!;
  }
}

function bitsOf(condition: RouteTestCondition): number {
  if (condition.kind === 'family') return condition.families.reduce((bits, index) => bits | (1 << index), 0);
  if (condition.kind === 'source')
    return condition.sources.reduce((bits, source) => bits | (1 << SOURCES[source]), 0);
  return 0;
}

/** Whether one of the patterns is the neighbor. */
export function matchesNeighbor(patterns: readonly NeighborPattern[], neighbor: PeerIdentity): boolean {
  return patterns.some((pattern) => {
    switch (pattern.kind) {
      case 'address':
        return pattern.address === neighbor.address;
      case 'group':
        return pattern.group === neighbor.group;
      case 'range': {
        const bytes = parseAddress(splitZone(neighbor.address).address);
        return bytes !== undefined && prefixContains(parsePrefix(pattern.prefix)!, bytes);
      }
    }
    return false;
  });
}
