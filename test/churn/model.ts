/**
 * What every peer must have heard in the end, worked out the plain way: who announces a prefix with which attributes,
 * which of them is best, and how it reads behind bellhop.
 *
 * All peers are external, each from an AS of its own, so the decision comes down to path length, origin and router id
 * (RFC 4271 section 9.1.2.2 a, b, f; MEDs of different neighbor ASes are not compared).
 */
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { mix32 } from '../../src/base/hash.ts';
import { peerAs, peerNextHop, TARGET_AS } from '../../src/bench/table/peer.ts';
import { beginAttribute, endAttribute } from '../../src/wire/attributes/blob.ts';
import { FLAG_OPTIONAL, FLAG_TRANSITIVE } from '../../src/wire/attributes/spec.ts';

/** Attributes of a route as its peer announces it. */
export interface ChurnRoute {
  readonly origin: number;
  /** The peer's own AS first. */
  readonly path: readonly number[];
  readonly med: number | undefined;
  readonly communities: readonly number[];
}

/** Different sets of attributes that one peer announces. */
export const VERSIONS = 5000;

/** A prefix is not announced. */
export const ABSENT = -1;

const OPTIONAL_TRANSITIVE = FLAG_OPTIONAL | FLAG_TRANSITIVE;
const OWN_NEXT_HOP = Uint8Array.of(127, 0, 0, 1);

/** The attributes of `version` of peer `peer`; the same whenever they are asked for. */
export function routeOf(peer: number, version: number): ChurnRoute {
  const dice = (salt: number): number => mix32(mix32(peer * VERSIONS + version) + salt);
  const hops = dice(1) % 5;
  return {
    origin: dice(2) % 10 === 0 ? 2 : 0,
    path: [peerAs(peer), ...Array.from({ length: hops }, (_, i) => 1000 + (dice(10 + i) % 400_000))],
    med: dice(3) % 3 === 0 ? dice(4) % 1000 : undefined,
    communities: Array.from({ length: dice(5) % 4 }, (_, i) => ((100 + i) << 16) | (dice(20 + i) % 65_000)),
  };
}

/** Path attributes as the peer sends them. */
export function sentAttributes(peer: number, route: ChurnRoute): Uint8Array {
  return attributes({ ...route, nextHop: peerNextHop(peer, 4) });
}

/** Path attributes as bellhop passes them on to an external peer: its AS and address, without the MED of another AS. */
export function heardAttributes(route: ChurnRoute): Uint8Array {
  return attributes({ ...route, path: [TARGET_AS, ...route.path], med: undefined, nextHop: OWN_NEXT_HOP });
}

function attributes(route: ChurnRoute & { readonly nextHop: Uint8Array }): Uint8Array {
  const out = new ByteWriter(256);
  const attribute = (flags: number, code: number, write: () => void): void => {
    const at = beginAttribute(out, flags, code, 0);
    write();
    endAttribute(out, at);
  };
  attribute(FLAG_TRANSITIVE, 1, () => out.u8(route.origin));
  attribute(FLAG_TRANSITIVE, 2, () => {
    out.u8(2);
    out.u8(route.path.length);
    for (const as of route.path) out.u32(as);
  });
  attribute(FLAG_TRANSITIVE, 3, () => out.copy(route.nextHop));
  const { med } = route;
  if (med !== undefined) attribute(FLAG_OPTIONAL, 4, () => out.u32(med));
  if (route.communities.length > 0)
    attribute(OPTIONAL_TRANSITIVE, 8, () => {
      for (const community of route.communities) out.u32(community >>> 0);
    });
  return out.take();
}

export class ChurnModel {
  readonly #peers: number;
  /** By prefix and peer: the version announced, or {@link ABSENT}. */
  readonly #versions: Int32Array;

  constructor(prefixes: number, peers: number) {
    this.#peers = peers;
    this.#versions = new Int32Array(prefixes * peers).fill(ABSENT);
  }

  version(prefix: number, peer: number): number {
    return this.#versions[prefix * this.#peers + peer]!;
  }

  set(prefix: number, peer: number, version: number): void {
    this.#versions[prefix * this.#peers + peer] = version;
  }

  /** The peer whose route is best, or {@link ABSENT}. */
  best(prefix: number): number {
    let best = ABSENT;
    let bestRoute: ChurnRoute | undefined;
    // Router ids rise with the number of the peer: of equal routes the first stays.
    for (let peer = 0; peer < this.#peers; peer++) {
      const version = this.version(prefix, peer);
      if (version === ABSENT) continue;
      const route = routeOf(peer, version);
      if (bestRoute !== undefined && compare(route, bestRoute) >= 0) continue;
      best = peer;
      bestRoute = route;
    }
    return best;
  }
}

/** Negative when `a` is better. */
function compare(a: ChurnRoute, b: ChurnRoute): number {
  return a.path.length - b.path.length || a.origin - b.origin;
}
