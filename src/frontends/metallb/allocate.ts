/**
 * Allocation: which service has which addresses. Pure and deterministic: a function of pools, services and what was
 * assigned before; the order of files, and of objects in them, plays no part.
 *
 * Services that have addresses keep them as long as they may. Then come those that ask for certain ones, then the
 * others, each in the order in which they were created.
 * Two services have the same address only when both say so with the same sharing key, on different ports, and, with
 * externalTrafficPolicy Local, for the same endpoints.
 */
import { type AddressRange, addressText, type IpVersion, isBuggy } from './addresses.ts';
import { isFor, type Namespaces, type Pool, poolOfAddress, poolsToTry } from './pools.ts';
import { type Service, versionOf } from './service.ts';

export interface Assignment {
  /** Canonical text; one or two. */
  readonly addresses: readonly string[];
  readonly pool: string;
}

/** By key of the service; text is why it has none. */
export type Allocation = ReadonlyMap<string, Assignment | string>;

export interface AllocationInput {
  readonly pools: readonly Pool[];
  readonly services: readonly Service[];
  readonly namespaces: Namespaces;
  /** Addresses by key of the service, as they were. */
  readonly previous: ReadonlyMap<string, readonly string[]>;
}

export function allocate({ pools, services, namespaces, previous }: AllocationInput): Allocation {
  const inOrder = [...services].sort((a, b) => compare(a.created, b.created) || compare(a.key, b.key));
  const table = new Table(pools, namespaces);
  const result = new Map<string, Assignment | string>();
  // What the cluster says comes before what we remember: it is what clients were told.
  const passes: ((service: Service) => readonly string[])[] = [
    ({ assigned }) => assigned,
    ({ key }) => previous.get(key) ?? [],
  ];
  for (const currentOf of passes)
    for (const service of inOrder) {
      if (result.has(service.key)) continue;
      const kept = table.keep(service, currentOf(service));
      if (kept !== undefined) result.set(service.key, kept);
    }
  // Who asks for an address comes before those that any address will do for.
  const asksFirst = [...inOrder].sort(
    (a, b) => Number(b.requested.length > 0) - Number(a.requested.length > 0),
  );
  for (const service of asksFirst)
    if (!result.has(service.key)) result.set(service.key, table.allocate(service));
  // What some had to leave may complete others.
  for (const service of inOrder) {
    const assignment = result.get(service.key)!;
    if (typeof assignment !== 'string') result.set(service.key, table.complete(service, assignment));
  }
  return result;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

class Table {
  readonly #pools: readonly Pool[];
  readonly #namespaces: Namespaces;
  /** Who has an address. */
  readonly #users = new Map<string, Service[]>();
  /** Where to look in a range for an address without a user: all before it have one, or are to be avoided. */
  readonly #unused = new Map<AddressRange, bigint>();

  constructor(pools: readonly Pool[], namespaces: Namespaces) {
    this.#pools = pools;
    this.#namespaces = namespaces;
  }

  /** The addresses the service has already, if it may keep them. */
  keep(service: Service, current: readonly string[]): Assignment | undefined {
    const { requested, requestedPool } = service;
    const isWhole = current.length > 0 && (service.oneIsEnough || current.length === 2);
    if (!isWhole || this.#problemWithVersions(service, current) !== undefined) return undefined;
    if (requested.length > 0 && [...requested].sort().join() !== [...current].sort().join()) return undefined;
    const assignment = this.#assign(service, current);
    if (typeof assignment === 'string') return undefined;
    if (requestedPool === undefined || assignment.pool === requestedPool) return assignment;
    this.#release(service, current);
    return undefined;
  }

  allocate(service: Service): Assignment | string {
    const { requested, requestedPool } = service;
    if (this.#pools.length === 0) return 'there is no address pool';
    if (requested.length > 0) {
      const problem = this.#problemWithVersions(service, requested);
      return problem ?? this.#assign(service, requested);
    }
    if (requestedPool !== undefined) {
      const pool = this.#pools.find(({ name }) => name === requestedPool);
      if (pool === undefined) return `it asks for pool ${requestedPool}, which does not exist`;
      if (!isFor(pool, service, this.#namespaces))
        return `it asks for pool ${requestedPool}, whose serviceAllocation is not for it`;
      return this.#fromPool(service, pool) ?? `pool ${requestedPool} has no ${wantedText(service)} for it`;
    }
    const candidates = poolsToTry(this.#pools, service, this.#namespaces);
    for (const pool of candidates) {
      const assignment = this.#fromPool(service, pool);
      if (assignment !== undefined) return assignment;
    }
    return candidates.length === 0
      ? 'no pool assigns addresses to it by itself (autoAssign, serviceAllocation)'
      : `no ${wantedText(service)} is free in ${candidates.map(({ name }) => name).join(', ')}`;
  }

  /** Gives a service that prefers two IP versions the second one, from the same pool. */
  complete(service: Service, assignment: Assignment): Assignment {
    const { addresses } = assignment;
    if (addresses.length >= service.versions.length || service.requested.length > 0) return assignment;
    const missing = service.versions.find((version) => version !== versionOf(addresses[0]!));
    const pool = this.#pools.find(({ name }) => name === assignment.pool);
    if (missing === undefined || pool === undefined) return assignment;
    const address = this.#free(service, pool, missing);
    if (address === undefined) return assignment;
    this.#use(service, address);
    return { ...assignment, addresses: [...addresses, address] };
  }

  #problemWithVersions({ versions, oneIsEnough }: Service, addresses: readonly string[]): string | undefined {
    const wrong = addresses.find((address) => !versions.includes(versionOf(address)));
    if (wrong !== undefined) return `${wrong} is not of an IP version that the service has`;
    return oneIsEnough || addresses.length === 2
      ? undefined
      : 'it requires both IP versions, but asks for one address';
  }

  #assign(service: Service, addresses: readonly string[]): Assignment | string {
    const pools = addresses.map((address) => poolOfAddress(this.#pools, address));
    const [pool] = pools;
    if (pool === undefined) return `${addresses[0]} is in no pool`;
    if (pools.some((other) => other !== pool)) return `${addresses.join(' and ')} are not in one pool`;
    if (!isFor(pool, service, this.#namespaces))
      return `${addresses[0]} is in pool ${pool.name}, whose serviceAllocation is not for it`;
    if (service.requestedPool !== undefined && service.requestedPool !== pool.name)
      return `${addresses[0]} is in pool ${pool.name}, not in ${service.requestedPool} as it asks`;
    for (const address of addresses) {
      const problem = this.#problemWithSharing(service, address);
      if (problem !== undefined) return problem;
    }
    for (const address of addresses) this.#use(service, address);
    return { addresses, pool: pool.name };
  }

  #problemWithSharing(service: Service, address: string): string | undefined {
    for (const other of this.#users.get(address) ?? []) {
      const taken = `${address} belongs to ${other.key}`;
      if (service.sharingKey === '') return `${taken}, and the service has no allow-shared-ip`;
      if (other.sharingKey !== service.sharingKey) return `${taken}, which shares with others`;
      if (other.backendKey !== service.backendKey)
        return `${taken}, which has other endpoints (externalTrafficPolicy Local)`;
      const port = service.ports.find((one) => other.ports.includes(one));
      if (port !== undefined) return `${taken}, which uses ${port}`;
    }
    return undefined;
  }

  #fromPool(service: Service, pool: Pool): Assignment | undefined {
    const addresses = service.versions.flatMap((version) => this.#free(service, pool, version) ?? []);
    if (addresses.length === 0 || (!service.oneIsEnough && addresses.length < 2)) return undefined;
    for (const address of addresses) this.#use(service, address);
    return { addresses, pool: pool.name };
  }

  /** The first address that the service may have. Who shares looks at all that are in use, others go on where they were. */
  #free(service: Service, { ranges, avoidBuggy }: Pool, version: IpVersion): string | undefined {
    for (const range of ranges) {
      if (range.version !== version) continue;
      const shares = service.sharingKey !== '';
      for (let value = (!shares && this.#unused.get(range)) || range.first; value <= range.last; value++) {
        if (!shares) this.#unused.set(range, value);
        if (avoidBuggy && isBuggy(version, value)) continue;
        const address = addressText(version, value);
        if (this.#problemWithSharing(service, address) === undefined) return address;
      }
      if (!shares) this.#unused.set(range, range.last + 1n);
    }
    return undefined;
  }

  #use(service: Service, address: string): void {
    const users = this.#users.get(address);
    if (users === undefined) this.#users.set(address, [service]);
    else users.push(service);
  }

  #release(service: Service, addresses: readonly string[]): void {
    this.#unused.clear();
    for (const address of addresses) {
      const others = this.#users.get(address)!.filter((user) => user !== service);
      if (others.length > 0) this.#users.set(address, others);
      else this.#users.delete(address);
    }
  }
}

function wantedText({ versions, oneIsEnough }: Service): string {
  if (versions.length === 1) return `IPv${versions[0]} address`;
  return oneIsEnough ? 'address' : 'pair of an IPv4 and an IPv6 address';
}
