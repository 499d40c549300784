/**
 * What tables of the Internet look like, as distributions to draw from: lengths of prefixes, routes that share their
 * attributes, hops, communities.
 *
 * The numbers are rounded from public dumps: lengths from full tables of 2024 to 2026, the rest from a table transfer
 * of 2015 (PCH) and from UPDATEs that RouteViews collected in February 2026.
 */
import type { Random } from '../random.ts';

/** A value and how often it occurs, relative to the others. */
type Weighted = readonly (readonly [value: number, weight: number])[];

/** Ascending points of a distribution: at share `share` of all cases the value is at most `value`. */
type Quantiles = readonly (readonly [share: number, value: number])[];

/** Lengths of IPv4 prefixes, in percent. */
export const LENGTHS4: Weighted = [
  [24, 60],
  [23, 9.6],
  [22, 10.6],
  [21, 5],
  [20, 4.6],
  [19, 2.7],
  [18, 1.5],
  [17, 0.9],
  [16, 1.4],
  [15, 0.3],
  [14, 0.2],
  [13, 0.1],
  [12, 0.1],
];

/** Lengths of IPv6 prefixes, in percent. */
export const LENGTHS6: Weighted = [
  [48, 46],
  [32, 13],
  [44, 11],
  [40, 9.5],
  [36, 6],
  [33, 3.5],
  [47, 3],
  [46, 3],
  [29, 2],
  [45, 1.5],
  [64, 1.5],
];

/** Routes with one set of attributes that a peer sends together. */
export const GROUP_SIZES: Quantiles = [
  [0.38, 1],
  [0.5, 2],
  [0.75, 4],
  [0.9, 9],
  [0.95, 17],
  [0.99, 65],
  [0.999, 400],
  [1, 1500],
];

/** Different AS numbers in a path, that of the peer not counted. */
export const HOPS: Quantiles = [
  [0.05, 1],
  [0.25, 2],
  [0.6, 3],
  [0.85, 4],
  [0.97, 5],
  [1, 7],
];

/** Share of paths in which somebody stands more than once, and how often he is added. */
export const PREPENDED_SHARE = 0.2;
export const PREPENDS: Quantiles = [
  [0.5, 1],
  [0.8, 2],
  [0.95, 4],
  [1, 10],
];

/** Share of attribute sets that have the attribute. */
export const SHARES = {
  originIncomplete: 0.045,
  med: 0.33,
  atomicAggregate: 0.04,
  aggregator: 0.1,
  communities: 0.8,
  extendedCommunities: 0.04,
  largeCommunities: 0.09,
} as const;

/** Communities of the sets that have some. */
export const COMMUNITIES: Quantiles = [
  [0.15, 1],
  [0.3, 2],
  [0.5, 4],
  [0.75, 7],
  [0.9, 11],
  [0.99, 19],
  [1, 36],
];

/** Large communities of the sets that have some. */
export const LARGE_COMMUNITIES: Quantiles = [
  [0.2, 1],
  [0.4, 2],
  [0.9, 4],
  [0.99, 10],
  [1, 19],
];

/** A number in [0, 1). */
export function fraction(random: Random): number {
  return random.below(2 ** 32) / 2 ** 32;
}

/** One of the values, as often as its weight says. */
export function drawWeighted(random: Random, values: Weighted): number {
  let total = 0;
  for (const [, weight] of values) total += weight;
  let left = fraction(random) * total;
  for (const [value, weight] of values) {
    left -= weight;
    if (left < 0) return value;
  }
  return values.at(-1)![0];
}

/** An integer between the points of the distribution; 1 or more. */
export function drawQuantile(random: Random, points: Quantiles): number {
  const share = fraction(random);
  let lowShare = 0;
  let low = points[0]![1];
  for (const [highShare, high] of points) {
    if (share < highShare) {
      const within = (share - lowShare) / (highShare - lowShare);
      return Math.max(1, Math.ceil(low + (high - low) * within));
    }
    lowShare = highShare;
    low = high;
  }
  return low;
}
