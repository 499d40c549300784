/**
 * RouteWalk: a query of the tables in pieces, so that the table of the Internet can be read without keeping a session
 * waiting. Between two pieces the tables may change in any way.
 *
 * The place is a prefix id, which belongs to a prefix as long as any route or peer has it: a route that is there
 * during the whole walk is seen exactly once. One that comes or goes meanwhile is seen or not.
 */
import { parseAddress } from '../base/address.ts';
import { BellhopError } from '../base/errors.ts';
import { maskInPlace, type Prefix, parsePrefix, prefixContains } from '../base/prefix.ts';
import type { Engine } from '../engine/engine.ts';
import type { FamilyRib } from '../rib/family-rib.ts';
import type { PeerIndex } from '../rib/peer-table.ts';
import type { PrefixId } from '../rib/prefix-table.ts';
import { unicastFamilyByName } from '../wire/families/index.ts';
import { attrTest, type BlobTest, blobTest } from './route-filter.ts';
import { addAdvertised, addPaths, type QueryTarget } from './route-query.ts';
import type { RouteEntry, RouteQuery, RouteReader } from './status.ts';

/** Prefix ids that one piece looks at: a few milliseconds where none of them matches. */
const PREFIXES_PER_READ = 16_384;

export class RouteWalk {
  /** Anew for each piece: sessions come and go. */
  readonly #makeTarget: () => QueryTarget;
  #target: QueryTarget;
  readonly #query: RouteQuery;
  readonly #ribs: readonly FamilyRib[];
  readonly #prefix: Prefix | undefined;
  readonly #blobTest: BlobTest | undefined;
  /** The neighbor the query is about, and its session when the walk began. */
  readonly #neighbor: string | undefined;
  readonly #session: PeerIndex | undefined;
  #rib = 0;
  #id: PrefixId = 1;
  /** Routes of the prefix at `#id` that have been read already. */
  #skip = 0;
  #done = false;

  /** @throws BellhopError NOT_FOUND for an unknown neighbor, INVALID_ARGUMENT for a query that makes no sense. */
  constructor(makeTarget: () => QueryTarget, query: RouteQuery) {
    const target = makeTarget();
    this.#makeTarget = makeTarget;
    this.#target = target;
    this.#query = query;
    this.#prefix = checkedPrefix(query);
    this.#blobTest = blobTest(query);
    this.#ribs = ribsOf(target.engine, query, this.#prefix);
    this.#neighbor = query.received ?? query.advertised ?? query.peer;
    if (this.#neighbor !== undefined) {
      this.#session = target.peerIndex(this.#neighbor);
      this.#done = this.#session === undefined;
    }
    if (query.cursor !== undefined) this.#goTo(query.cursor);
  }

  /** Where {@link read} goes on: a query with it begins there. undefined when everything has been read. */
  get cursor(): string | undefined {
    return this.#done ? undefined : `${this.#ribs[this.#rib]!.family.index}.${this.#id}.${this.#skip}`;
  }

  /**
   * At most `count` routes more. May be none before the end: a piece looks at a limited number of prefixes. With 0 it
   * only moves on to the next route.
   */
  read(count: number): RouteEntry[] {
    const result: RouteEntry[] = [];
    this.#target = this.#makeTarget();
    if (!this.#done && this.#neighbor !== undefined && !this.#sameSession()) this.#done = true;
    const accepts = this.#blobTest && attrTest(this.#blobTest, this.#target.engine.attrs);
    for (let looked = 0; !this.#done && looked < PREFIXES_PER_READ; looked++) {
      const rib = this.#ribs[this.#rib]!;
      const single = this.#prefix !== undefined && this.#query.longerPrefixes !== true;
      const id = single ? this.#findOne(rib) : this.#id;
      if (id !== 0 && rib.prefixes.holds(id) && (single || this.#covers(rib, id))) {
        const before = result.length;
        this.#add(rib, id, accepts, result);
        result.splice(before, this.#skip);
        if (result.length > count) {
          this.#skip += count - before;
          result.length = count;
          return result;
        }
      }
      this.#skip = 0;
      this.#id++;
      if (single || this.#id >= rib.prefixes.limit) this.#nextFamily();
      if (count > 0 && result.length === count) break;
    }
    return result;
  }

  #nextFamily(): void {
    this.#id = 1;
    if (++this.#rib >= this.#ribs.length) this.#done = true;
  }

  /** A session that ended takes its routes with it, and its index may belong to another peer already. */
  #sameSession(): boolean {
    try {
      return this.#target.peerIndex(this.#neighbor!) === this.#session;
    } catch {
      return false;
    }
  }

  #covers(rib: FamilyRib, id: PrefixId): boolean {
    const prefix = this.#prefix;
    if (prefix === undefined) return true;
    return (
      rib.prefixes.prefixLength(id) >= prefix.length && prefixContains(prefix, rib.prefixes.addressBytes(id))
    );
  }

  /** The prefix itself, or for an address its longest match; 0 when there is none. */
  #findOne(rib: FamilyRib): PrefixId {
    const prefix = this.#prefix!;
    const shortest = parseAddress(this.#query.prefix!) === undefined ? prefix.length : 0;
    for (let length = prefix.length; length >= shortest; length--) {
      const bytes = prefix.bytes.slice();
      maskInPlace(bytes, length);
      const id = rib.prefixes.findBytes(bytes, length);
      if (id !== 0 && this.#isUsable(rib, id)) return id;
    }
    return 0;
  }

  #isUsable(rib: FamilyRib, id: PrefixId): boolean {
    const { advertised } = this.#query;
    if (advertised !== undefined)
      return (
        (this.#target.engine.exporters[rib.family.index]!.groupOf(this.#session!)?.attrOf(id) ?? 0) !== 0
      );
    return this.#session === undefined ? (rib.head[id] ?? 0) !== 0 : rib.findPath(id, this.#session) !== 0;
  }

  #add(
    rib: FamilyRib,
    id: PrefixId,
    accepts: ((attr: number) => boolean) | undefined,
    result: RouteEntry[],
  ): void {
    const { received, advertised, peer, best } = this.#query;
    if (advertised !== undefined) {
      const group = this.#target.engine.exporters[rib.family.index]!.groupOf(this.#session!);
      if (group !== undefined && accepts?.(group.attrOf(id)) !== false)
        addAdvertised(this.#target, rib, group, id, this.#session!, result);
      return;
    }
    addPaths(this.#target, rib, id, received === undefined ? undefined : this.#session, result, {
      from: peer === undefined ? undefined : this.#session,
      best: best === true,
      accepts,
    });
  }

  #goTo(cursor: string): void {
    const [family, id, skip] = cursor.split('.').map(Number);
    const rib = this.#ribs.findIndex((one) => one.family.index === family);
    if (!/^\d{1,2}\.\d{1,9}\.\d{1,6}$/.test(cursor) || rib < 0)
      throw new BellhopError('INVALID_ARGUMENT', `'${cursor}' is no cursor of this query`);
    this.#rib = rib;
    this.#id = Math.max(id!, 1);
    this.#skip = skip!;
  }
}

/** The first `limit` routes of a walk, at once. */
export function readRoutes(walk: RouteReader, limit = Number.POSITIVE_INFINITY): RouteEntry[] {
  const result: RouteEntry[] = [];
  while (walk.cursor !== undefined && result.length < limit)
    for (const route of walk.read(limit - result.length)) result.push(route);
  return result;
}

function checkedPrefix(query: RouteQuery): Prefix | undefined {
  if (query.received !== undefined && query.advertised !== undefined)
    throw new BellhopError('INVALID_ARGUMENT', 'ask for received or for advertised routes, not for both');
  if (query.peer !== undefined && (query.received ?? query.advertised) !== undefined)
    throw new BellhopError('INVALID_ARGUMENT', '`peer` is for the table; leave it out beside the other one');
  if (query.longerPrefixes === true && query.prefix === undefined)
    throw new BellhopError('INVALID_ARGUMENT', 'longer prefixes than which? give a prefix');
  if (query.prefix === undefined) return undefined;
  const prefix = parsePrefix(query.prefix);
  if (prefix !== undefined) return prefix;
  throw new BellhopError(
    'INVALID_ARGUMENT',
    `${query.prefix} is no prefix; write 192.0.2.0/24 or an address`,
  );
}

function ribsOf(engine: Engine, query: RouteQuery, prefix: Prefix | undefined): readonly FamilyRib[] {
  const words = prefix === undefined ? undefined : prefix.bytes.length / 4;
  if (query.family === undefined)
    return engine.ribs.filter((rib) => words === undefined || rib.family.keyWords === words);
  const family = unicastFamilyByName(query.family);
  if (family === undefined)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `unknown family ${query.family}; write ipv4-unicast or ipv6-unicast`,
    );
  if (words !== undefined && family.keyWords !== words)
    throw new BellhopError('INVALID_ARGUMENT', `${query.prefix} is no prefix of ${query.family}`);
  return [engine.ribs[family.index]!];
}
