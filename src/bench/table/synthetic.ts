/** A table made from a seed, with the distributions of `distribution.ts`. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { mix32 } from '../../base/hash.ts';
import { beginAttribute, endAttribute } from '../../wire/attributes/blob.ts';
import { FLAG_OPTIONAL, FLAG_TRANSITIVE } from '../../wire/attributes/spec.ts';
import { Random } from '../random.ts';
import {
  COMMUNITIES,
  drawQuantile,
  drawWeighted,
  fraction,
  GROUP_SIZES,
  HOPS,
  LARGE_COMMUNITIES,
  LENGTHS4,
  LENGTHS6,
  PREPENDED_SHARE,
  PREPENDS,
  SHARES,
} from './distribution.ts';
import { PrefixIndex } from './prefix-index.ts';
import type { Announcer, AttributeDraw, RouteSource } from './route-source.ts';

const OPTIONAL_TRANSITIVE = FLAG_OPTIONAL | FLAG_TRANSITIVE;

/** AS numbers that originate, and those that carry routes for others. */
const ORIGIN_COUNT = 80_000;
const TRANSIT_COUNT = 40;

/** First octets that hold special-purpose prefixes, or addresses of the benchmark itself: none is announced there. */
const LEFT_OUT = new Set([0, 10, 100, 127, 169, 172, 192, 198, 203]);

/** `count` prefixes; the same for the same arguments. */
export function syntheticTable(addressOctets: 4 | 16, count: number, seed: number): RouteSource {
  const random = new Random(mix32(seed ^ addressOctets));
  const prefixes = new PrefixIndex(addressOctets, count);
  const lengths = addressOctets === 4 ? LENGTHS4 : LENGTHS6;
  const bytes = new Uint8Array(16);
  while (prefixes.count < count) {
    const length = drawWeighted(random, lengths);
    for (let i = 0; i < 8; i++) bytes[i] = random.below(256);
    if (addressOctets === 4) {
      bytes[0] = 1 + random.below(223);
      if (LEFT_OUT.has(bytes[0])) continue;
    } else {
      bytes[0] = 0x24 + random.below(8);
    }
    prefixes.add(bytes, 0, length);
  }
  const internet = drawInternet(random);
  return {
    prefixes,
    description: `${count} ${addressOctets === 4 ? 'IPv4' : 'IPv6'} prefixes from seed ${seed}`,
    draw: (announcer) => new SyntheticDraw(announcer, internet, seed),
  };
}

interface Internet {
  readonly origins: Uint32Array;
  readonly transits: Uint32Array;
}

function drawInternet(random: Random): Internet {
  const number = (): number =>
    fraction(random) < 0.5 ? 1000 + random.below(60_000) : 131_072 + random.below(270_000);
  return {
    origins: Uint32Array.from({ length: ORIGIN_COUNT }, number),
    transits: Uint32Array.from({ length: TRANSIT_COUNT }, () => 174 + random.below(50_000)),
  };
}

class SyntheticDraw implements AttributeDraw {
  readonly #announcer: Announcer;
  readonly #internet: Internet;
  readonly #random: Random;

  constructor(announcer: Announcer, internet: Internet, seed: number) {
    this.#announcer = announcer;
    this.#internet = internet;
    this.#random = new Random(mix32(mix32(seed + announcer.sender * 0x10001) + announcer.round));
  }

  size(_order: Uint32Array, _at: number, left: number): number {
    return Math.min(left, drawQuantile(this.#random, GROUP_SIZES));
  }

  write(_id: number, out: ByteWriter): void {
    const random = this.#random;
    const has = (share: number): boolean => fraction(random) < share;
    const attribute = (flags: number, code: number, write: () => void): void => {
      const at = beginAttribute(out, flags, code, 0);
      write();
      endAttribute(out, at);
    };
    attribute(FLAG_TRANSITIVE, 1, () => out.u8(has(SHARES.originIncomplete) ? 2 : 0));
    const origin = this.#origin();
    attribute(FLAG_TRANSITIVE, 2, () => this.#path(origin, out));
    const { nextHop } = this.#announcer;
    if (nextHop.length === 4) attribute(FLAG_TRANSITIVE, 3, () => out.copy(nextHop));
    if (has(SHARES.med)) attribute(FLAG_OPTIONAL, 4, () => out.u32(random.below(500)));
    if (has(SHARES.atomicAggregate)) attribute(FLAG_TRANSITIVE, 6, () => {});
    if (has(SHARES.aggregator))
      attribute(OPTIONAL_TRANSITIVE, 7, () => {
        out.u32(origin);
        out.u32(0x0b000000 + random.below(2 ** 24));
      });
    if (has(SHARES.communities))
      attribute(OPTIONAL_TRANSITIVE, 8, () => {
        for (let left = drawQuantile(random, COMMUNITIES); left > 0; left--)
          out.u32((((this.#transit() & 0x7fff) << 16) | random.below(3000)) >>> 0);
      });
    if (has(SHARES.extendedCommunities))
      attribute(OPTIONAL_TRANSITIVE, 16, () => {
        out.u32((0x0002_0000 | (this.#transit() & 0xffff)) >>> 0);
        out.u32(random.below(3000));
      });
    if (has(SHARES.largeCommunities))
      attribute(OPTIONAL_TRANSITIVE, 32, () => {
        for (let left = drawQuantile(random, LARGE_COMMUNITIES); left > 0; left--) {
          out.u32(this.#transit());
          out.u32(random.below(100));
          // Distinct in one attribute, as RFC 8092 section 5 wants it.
          out.u32(random.below(10_000) * 32 + left);
        }
      });
  }

  /** Few announce much: the square favours the first. */
  #origin(): number {
    const { origins } = this.#internet;
    return origins[Math.floor(fraction(this.#random) * fraction(this.#random) * origins.length)]!;
  }

  #transit(): number {
    return this.#internet.transits[this.#random.below(TRANSIT_COUNT)]!;
  }

  /** The peer, its transits, the origin; a later sender has longer ways, as a second upstream does. */
  #path(origin: number, out: ByteWriter): void {
    const random = this.#random;
    const { as, sender } = this.#announcer;
    const hops = drawQuantile(random, HOPS) + (sender > 0 ? random.below(2) : 0);
    const prepends = fraction(random) < PREPENDED_SHARE ? drawQuantile(random, PREPENDS) : 0;
    out.u8(2);
    out.u8(1 + hops + prepends);
    out.u32(as);
    for (let i = 1; i < hops; i++) out.u32(this.#transit());
    for (let i = 0; i <= prepends; i++) out.u32(origin);
  }
}
