/** Address pools as the allocation sees them: which are sound, whom they are for, and in which order they are tried. */
import { type AddressRange, isBuggy, parseNumber, rangeContains, rangesOverlap } from './addresses.ts';
import type { PoolSpec } from './kinds/pool.ts';
import type { Manifest } from './manifest.ts';
import { type Labels, selectsAny } from './selectors.ts';
import type { Service } from './service.ts';

export interface Pool {
  readonly name: string;
  readonly labels: Labels;
  readonly ranges: readonly AddressRange[];
  readonly autoAssign: boolean;
  readonly avoidBuggy: boolean;
  readonly serviceAllocation: PoolSpec['serviceAllocation'];
}

/** Labels of namespaces by name; a namespace that is not described has its name as its only label. */
export type Namespaces = ReadonlyMap<string, Labels>;

/** The pools by name, and why others are none: their addresses belong to an earlier one. */
export function poolsOf(manifests: readonly Manifest<'IPAddressPool'>[]): {
  readonly pools: readonly Pool[];
  readonly refused: ReadonlyMap<string, string>;
} {
  const pools: Pool[] = [];
  const refused = new Map<string, string>();
  const byName = [...manifests].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, labels, contents } of byName) {
    const { addresses: ranges, autoAssign, avoidBuggyIPs: avoidBuggy, serviceAllocation } = contents.spec;
    const reason = overlap(ranges, pools);
    if (reason === undefined) pools.push({ name, labels, ranges, autoAssign, avoidBuggy, serviceAllocation });
    else refused.set(name, reason);
  }
  return { pools, refused };
}

function overlap(ranges: readonly AddressRange[], pools: readonly Pool[]): string | undefined {
  for (const [i, range] of ranges.entries()) {
    const twin = ranges.slice(0, i).find((other) => rangesOverlap(range, other));
    if (twin !== undefined) return `${range.text} overlaps with ${twin.text} of the same pool`;
    for (const pool of pools) {
      const other = pool.ranges.find((one) => rangesOverlap(range, one));
      if (other !== undefined) return `${range.text} overlaps with ${other.text} of pool ${pool.name}`;
    }
  }
  return undefined;
}

/** The pool that an address belongs to; a `.0` or `.255` belongs to none that avoids them. */
export function poolOfAddress(pools: readonly Pool[], address: string): Pool | undefined {
  const { version, value } = parseNumber(address)!;
  return pools.find(
    ({ ranges, avoidBuggy }) =>
      !(avoidBuggy && isBuggy(version, value)) &&
      ranges.some((range) => rangeContains(range, version, value)),
  );
}

/** Whether the pool may serve the service: any namespace that is named or selected, and any service selector. */
export function isFor({ serviceAllocation }: Pool, service: Service, namespaces: Namespaces): boolean {
  if (serviceAllocation === undefined) return true;
  const { namespaces: names, namespaceSelectors, serviceSelectors } = serviceAllocation;
  const name = service.namespace;
  const labels = { 'kubernetes.io/metadata.name': name, ...namespaces.get(name) };
  const isInNamespace =
    (names.length === 0 && namespaceSelectors.length === 0) ||
    names.includes(name) ||
    (namespaceSelectors.length > 0 && selectsAny(namespaceSelectors, labels));
  return isInNamespace && selectsAny(serviceSelectors, service.labels);
}

/**
 * Pools to try for a service that asks for none: first those that are for certain services, the lowest priority above 0
 * first and 0 last; then those that are for all. Equals by name.
 */
export function poolsToTry(
  pools: readonly Pool[],
  service: Service,
  namespaces: Namespaces,
): readonly Pool[] {
  const rank = ({ serviceAllocation }: Pool) =>
    serviceAllocation === undefined
      ? Number.MAX_VALUE
      : serviceAllocation.priority || Number.MAX_SAFE_INTEGER;
  return pools
    .filter((pool) => pool.autoAssign && isFor(pool, service, namespaces))
    .sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}
