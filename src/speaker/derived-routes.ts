/**
 * DerivedRoutes: routes of our own that depend on other routes: aggregates, and networks with `announce-if-present`.
 * Each is a watch on the Loc-RIB; what comes and goes is announced and withdrawn by the owner.
 */
import { parsePrefix } from '../base/prefix.ts';
import type { AggregateConfig, NetworkConfig } from '../config/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { RouteWatches, WatchSpec } from '../engine/route-watch.ts';
import type { AggregateStatus } from './status.ts';

/** Who announces. */
export interface DerivedRoutesOwner {
  readonly engine: Engine;
  announceNetwork(network: NetworkConfig): void;
  /** @param origin 0 IGP, 1 EGP, 2 INCOMPLETE: the worst of the routes inside. */
  announceAggregate(aggregate: AggregateConfig, origin: number): void;
  withdraw(prefix: string): void;
}

interface Derived {
  readonly watches: RouteWatches;
  readonly spec: WatchSpec;
  readonly aggregate: AggregateConfig | undefined;
}

export class DerivedRoutes {
  readonly #owner: DerivedRoutesOwner;
  /** By the prefix that is announced. */
  readonly #derived = new Map<string, Derived>();

  constructor(owner: DerivedRoutesOwner) {
    this.#owner = owner;
  }

  /** Announces `network` while there is a route for the prefix it waits for; replaces what there was for it. */
  addNetwork(network: NetworkConfig, awaited: string): void {
    this.#add(network.prefix, undefined, awaited, 'exact', () => this.#owner.announceNetwork(network));
  }

  /** Announces `aggregate` while there are routes inside of it. */
  addAggregate(aggregate: AggregateConfig): void {
    this.#add(aggregate.prefix, aggregate, aggregate.prefix, 'longer', (origin) =>
      this.#owner.announceAggregate(aggregate, origin),
    );
  }

  /** Forgets the route for `prefix`; what is announced of it stays. Returns whether there was one. */
  remove(prefix: string): boolean {
    const derived = this.#derived.get(prefix);
    if (derived === undefined) return false;
    this.#derived.delete(prefix);
    derived.watches.remove(derived.spec);
    return true;
  }

  /** The aggregates with their contributors. */
  aggregates(): AggregateStatus[] {
    return [...this.#derived.values()].flatMap(({ aggregate, watches, spec }) =>
      aggregate === undefined
        ? []
        : {
            prefix: aggregate.prefix,
            summaryOnly: aggregate.summaryOnly,
            contributors: watches.count(spec),
          },
    );
  }

  #add(
    prefix: string,
    aggregate: AggregateConfig | undefined,
    awaited: string,
    match: WatchSpec['match'],
    announce: (origin: number) => void,
  ): void {
    this.remove(prefix);
    const parsed = parsePrefix(awaited)!;
    const spec: WatchSpec = {
      prefix: parsed,
      match,
      suppress: aggregate?.summaryOnly ?? false,
      changed: (origin) => {
        if (origin === undefined) this.#owner.withdraw(prefix);
        else announce(origin);
      },
    };
    const { watches } = this.#owner.engine.exporters[parsed.bytes.length === 4 ? 0 : 1]!;
    this.#derived.set(prefix, { watches, spec, aggregate });
    // What was announced for the prefix before this condition.
    if (!watches.add(spec)) this.#owner.withdraw(prefix);
  }
}
