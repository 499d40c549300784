/**
 * PolicyRoute: the attributes of one canonical blob as objects, read when they are asked for, and writable.
 *
 * Policy sees a distinct attribute set once (`memo.ts`), so this is plain object code. What is not touched is carried
 * over as it is: unknown attributes, and the order of the known ones.
 */
import { formatAddress } from '../base/address.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { DEFAULT_LOCAL_PREF } from '../rib/attr-derive.ts';
import { type AsPathSegment, isConfederationSegment } from '../wire/attributes/as-path-segments.ts';
import { forEachAttribute, writeAttribute } from '../wire/attributes/blob.ts';
import { attributeByCode, type PathAttributes } from '../wire/attributes/index.ts';
import { FLAGS_ON_WIRE } from '../wire/attributes/marks.ts';
import { CANONICAL_CONTEXT } from '../wire/attributes/view.ts';
import {
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
} from '../wire/community-text.ts';
import type { CommunityKind } from './types.ts';

/** Codes of the attributes that policy reads or writes. */
export const CODE = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  med: 4,
  localPref: 5,
  communities: 8,
  extendedCommunities: 16,
  aigp: 26,
  largeCommunities: 32,
} as const;

type Name = keyof typeof CODE;

const COMMUNITY_ATTRIBUTE = {
  standard: 'communities',
  extended: 'extendedCommunities',
  large: 'largeCommunities',
} as const;

/** A community in the form in which patterns look at it: numbers, or text of an extended one. */
export interface RouteCommunity {
  readonly kind: CommunityKind;
  readonly numbers: readonly number[];
  readonly text: string;
}

interface Entry {
  readonly flags: number;
  readonly value: Uint8Array;
}

export class PolicyRoute {
  readonly #entries = new Map<number, Entry>();
  readonly #read = new Map<number, unknown>();
  #communities: Partial<Record<CommunityKind, readonly RouteCommunity[]>> = {};
  #pathText: string | undefined;
  #asns: readonly number[] | undefined;
  /** Whether anything was written. */
  changed = false;

  /** Of the canonical blob `bytes[start..end)`. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    forEachAttribute(bytes, start, end, (code, flags, from, to) => {
      this.#entries.set(code, { flags, value: bytes.slice(from, to) });
    });
  }

  /** The value of an attribute, or undefined. */
  get<Key extends Name>(name: Key): PathAttributes[Key] {
    const code = CODE[name];
    const entry = this.#entries.get(code);
    if (entry === undefined) return undefined as PathAttributes[Key];
    if (!this.#read.has(code))
      this.#read.set(
        code,
        attributeByCode[code]!.read(entry.value, 0, entry.value.length, CANONICAL_CONTEXT),
      );
    return this.#read.get(code) as PathAttributes[Key];
  }

  /** Replaces or adds an attribute; undefined removes it. `mark` is for the low bits of the flags. */
  set<Key extends Name>(name: Key, value: PathAttributes[Key], mark = 0): void {
    const code = CODE[name];
    const spec = attributeByCode[code]!;
    if (value === undefined) this.#entries.delete(code);
    else {
      const out = new ByteWriter();
      spec.write(value, out, CANONICAL_CONTEXT);
      this.#entries.set(code, { flags: spec.flags | mark, value: out.take() });
    }
    this.#written(code);
  }

  /** Gives an attribute that is there other marks: low bits of the flags (`marks.ts`). */
  mark(name: Name, mark: number): void {
    const entry = this.#entries.get(CODE[name]);
    if (entry === undefined) return;
    this.#entries.set(CODE[name], { ...entry, flags: (entry.flags & FLAGS_ON_WIRE) | mark });
    this.changed = true;
  }

  #written(code: number): void {
    this.changed = true;
    this.#read.delete(code);
    this.#communities = {};
    if (code === CODE.asPath) this.#pathText = this.#asns = undefined;
  }

  /** LOCAL_PREF, or what stands for a missing one. */
  get localPref(): number {
    return this.get('localPref') ?? DEFAULT_LOCAL_PREF;
  }

  get segments(): readonly AsPathSegment[] {
    return this.get('asPath') ?? [];
  }

  /** Every AS number of the path, in order. */
  get asns(): readonly number[] {
    this.#asns ??= this.segments.flatMap(({ asns }) => asns);
    return this.#asns;
  }

  /** The path as patterns see it: `65001 {65002,65003}`. */
  get pathText(): string {
    this.#pathText ??= this.segments.map(segmentText).join(' ');
    return this.#pathText;
  }

  /** Length as the decision process counts it: a set is one, confederation segments are nothing (RFC 5065). */
  get pathLength(): number {
    return this.segments.reduce((sum, segment) => sum + segmentLength(segment), 0);
  }

  /** Rightmost AS number; undefined for an empty path, or one that ends in a set. */
  get originAs(): number | undefined {
    const last = this.segments.at(-1);
    return last?.type === 'sequence' ? last.asns.at(-1) : undefined;
  }

  /** Leftmost AS number; undefined for an empty path, or one that begins with a set. */
  get neighborAs(): number | undefined {
    const first = this.segments.find((segment) => !isConfederationSegment(segment));
    return first?.type === 'sequence' ? first.asns[0] : undefined;
  }

  /** Bytes of the next hop, 4 or 16, without a link-local one behind; undefined when there is none. */
  get nextHopAddress(): Uint8Array | undefined {
    const value = this.#entries.get(CODE.nextHop)?.value;
    return value === undefined ? undefined : value.slice(0, value.length === 4 ? 4 : 16);
  }

  /** Sets the next hop to 4, 16 or 32 bytes. */
  setNextHop(bytes: Uint8Array, mark: number): void {
    const address = formatAddress(bytes, 0, bytes.length === 4 ? 4 : 16);
    const linkLocal = bytes.length === 32 ? formatAddress(bytes, 16, 16) : undefined;
    this.set('nextHop', { address, linkLocal }, mark);
  }

  communities(kind: CommunityKind): readonly RouteCommunity[] {
    const known = this.#communities[kind];
    if (known !== undefined) return known;
    const list = this.#readCommunities(kind);
    this.#communities[kind] = list;
    return list;
  }

  #readCommunities(kind: CommunityKind): RouteCommunity[] {
    switch (kind) {
      case 'standard':
        return (this.get('communities') ?? []).map((value) => ({
          kind,
          numbers: [value >>> 16, value & 0xffff],
          text: formatCommunity(value),
        }));
      case 'large':
        return (this.get('largeCommunities') ?? []).map((value) => ({
          kind,
          numbers: value,
          text: formatLargeCommunity(value),
        }));
      case 'extended':
        return (this.get('extendedCommunities') ?? []).map((value) => ({
          kind,
          numbers: [],
          text: formatExtendedCommunity(value),
        }));
    }
  }

  /** Replaces the communities of a kind, in canonical text; none of them removes the attribute. */
  setCommunities(kind: CommunityKind, texts: readonly string[]): void {
    const name = COMMUNITY_ATTRIBUTE[kind];
    if (texts.length === 0) this.set(name, undefined);
    else if (kind === 'standard')
      this.set(
        'communities',
        texts.map((text) => parseCommunity(text)!),
      );
    else if (kind === 'large')
      this.set(
        'largeCommunities',
        texts.map((text) => parseLargeCommunity(text)!),
      );
    else
      this.set(
        'extendedCommunities',
        texts.map((text) => parseExtendedCommunity(text)!),
      );
  }

  /** Short text of an attribute for people; undefined when it is absent. */
  format(name: Name): string | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : attributeByCode[CODE[name]]!.format(value);
  }

  /** Total of the values in bytes, headers included. */
  get size(): number {
    let size = 0;
    for (const { value } of this.#entries.values()) size += value.length + 4;
    return size;
  }

  /** Appends the canonical blob; a new attribute stands in the order of the codes. */
  write(out: ByteWriter): void {
    for (const [code, { flags, value }] of [...this.#entries].sort(([a], [b]) => a - b))
      writeAttribute(out, flags, code, value);
  }
}

function segmentText({ type, asns }: AsPathSegment): string {
  switch (type) {
    case 'sequence':
      return asns.join(' ');
    case 'set':
      return `{${asns.join(',')}}`;
    case 'confed-sequence':
      return `(${asns.join(' ')})`;
    case 'confed-set':
      return `[${asns.join(',')}]`;
  }
}

function segmentLength(segment: AsPathSegment): number {
  if (isConfederationSegment(segment)) return 0;
  return segment.type === 'set' ? 1 : segment.asns.length;
}
