/**
 * DerivedRoutes: routes of the configuration that depend on other routes: aggregates, and networks with
 * `announce-if-present`. Each is a watch on the Loc-RIB; what comes and goes is announced and withdrawn as any other
 * route of the owner `config`.
 */
import { BellhopError } from '../base/errors.ts';
import { parsePrefix } from '../base/prefix.ts';
import type { AggregateConfig, Config } from '../config/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { RouteWatches, WatchSpec } from '../engine/route-watch.ts';
import type { SpeakerEvent } from './events.ts';
import { familyOf, ownRouteBlob } from './own-route-blob.ts';
import { CONFIG_OWNER, type OwnRoute, type OwnRoutes } from './own-routes.ts';
import type { AggregateStatus } from './status.ts';

/** Who announces. */
export interface DerivedRoutesOwner {
  readonly engine: Engine;
  readonly ownRoutes: Pick<OwnRoutes, 'announce' | 'withdraw'>;
  readonly localAs: number;
  /** The configuration in force: its router id goes into AGGREGATOR. */
  readonly config: Config;
  publish(event: SpeakerEvent): void;
}

/** A route to announce while there are certain others. */
interface Wanted {
  readonly prefix: string;
  readonly awaited: string;
  readonly match: WatchSpec['match'];
  readonly aggregate: AggregateConfig | undefined;
  /** @param origin the worst of the routes that it depends on. */
  routeOf(origin: number): OwnRoute;
}

interface Derived {
  readonly wanted: Wanted;
  /** Equal for equal settings. */
  readonly key: string;
  readonly watches: RouteWatches;
  readonly spec: WatchSpec;
  /** 0 IGP, 1 EGP, 2 INCOMPLETE: the worst of the routes it depends on; undefined: there is none. */
  origin: number | undefined;
}

const ORIGINS = ['igp', 'egp', 'incomplete'] as const;

export class DerivedRoutes {
  readonly #owner: DerivedRoutesOwner;
  /** By the prefix that is announced. */
  readonly #derived = new Map<string, Derived>();

  constructor(owner: DerivedRoutesOwner) {
    this.#owner = owner;
  }

  /** The routes that `config` announces as far as it is known before {@link apply}. */
  routes(config: Config): OwnRoute[] {
    const present = this.#wantedIn(config).flatMap((wanted) => {
      const known = this.#derived.get(wanted.prefix);
      const isSame = known?.wanted.awaited === wanted.awaited && known.wanted.match === wanted.match;
      return isSame && known.origin !== undefined ? [wanted.routeOf(known.origin)] : [];
    });
    return [...config.networks.filter((network) => network.announceIfPresent === undefined), ...present];
  }

  /** @throws BellhopError INVALID_ARGUMENT when one of the routes could not be announced when its time comes. */
  check(config: Config): void {
    for (const wanted of this.#wantedIn(config)) ownRouteBlob(wanted.routeOf(0));
  }

  /** Watches for what `config` wants, and nothing else; what is there already is announced. */
  apply(config: Config): void {
    const wanted = new Map(this.#wantedIn(config).map((each) => [each.prefix, each]));
    for (const [prefix, { key, watches, spec }] of this.#derived) {
      const next = wanted.get(prefix);
      if (next !== undefined && keyOf(next) === key) continue;
      this.#derived.delete(prefix);
      watches.remove(spec);
    }
    for (const each of wanted.values()) if (!this.#derived.has(each.prefix)) this.#add(each);
  }

  /** The aggregates with their contributors. */
  aggregates(): AggregateStatus[] {
    return [...this.#derived.values()].flatMap(({ wanted: { aggregate }, watches, spec }) =>
      aggregate === undefined
        ? []
        : {
            prefix: aggregate.prefix,
            summaryOnly: aggregate.summaryOnly,
            contributors: watches.count(spec),
          },
    );
  }

  #wantedIn({ networks, aggregates }: Config): Wanted[] {
    return [
      ...networks.flatMap((network): Wanted[] => {
        const { prefix, announceIfPresent: awaited } = network;
        if (awaited === undefined) return [];
        return [{ prefix, awaited, match: 'exact', aggregate: undefined, routeOf: () => network }];
      }),
      ...aggregates.map((aggregate): Wanted => {
        const { prefix } = aggregate;
        const routeOf = (origin: number) => this.#aggregateRoute(aggregate, origin);
        return { prefix, awaited: prefix, match: 'longer', aggregate, routeOf };
      }),
    ];
  }

  /**
   * An aggregate (RFC 4271 section 9.2.2.2, RFC 9774): an empty AS_PATH, so that it has no AS_SET; ATOMIC_AGGREGATE,
   * since the paths of the routes inside are lost; AGGREGATOR with our AS and router id.
   */
  #aggregateRoute({ summaryOnly: _summaryOnly, ...attributes }: AggregateConfig, origin: number): OwnRoute {
    const { localAs, config } = this.#owner;
    return {
      ...attributes,
      origin: ORIGINS[origin],
      atomicAggregate: true,
      aggregator: { as: localAs, address: config.routerId },
    };
  }

  #add(wanted: Wanted): void {
    const parsed = parsePrefix(wanted.awaited)!;
    const { watches } = this.#owner.engine.exporters[familyOf(parsed)]!;
    const spec: WatchSpec = {
      prefix: parsed,
      match: wanted.match,
      suppress: wanted.aggregate?.summaryOnly ?? false,
      changed: (origin) => this.#changed(derived, origin),
    };
    const derived: Derived = { wanted, key: keyOf(wanted), watches, spec, origin: undefined };
    this.#derived.set(wanted.prefix, derived);
    // What was announced for the prefix before this condition.
    if (!watches.add(spec)) this.#changed(derived, undefined);
  }

  #changed(derived: Derived, origin: number | undefined): void {
    const { ownRoutes } = this.#owner;
    const { prefix } = derived.wanted;
    derived.origin = origin;
    if (origin === undefined) {
      ownRoutes.withdraw(CONFIG_OWNER, prefix);
      return;
    }
    try {
      ownRoutes.announce(CONFIG_OWNER, derived.wanted.routeOf(origin));
    } catch (error) {
      // There are too many routes of our own: nobody asked for this one just now.
      if (!(error instanceof BellhopError)) throw error;
      this.#owner.publish({ type: 'warning', reason: `${prefix} is not announced: ${error.message}` });
    }
  }
}

function keyOf(wanted: Wanted): string {
  return JSON.stringify([wanted, wanted.routeOf(0)]);
}
