/**
 * PolicyRoute: the attributes of one canonical blob as objects, read when they are asked for, and writable.
 *
 * Policy sees a distinct attribute set once (`memo.ts`), so this is plain object code. What is not touched is carried
 * over as it is: unknown attributes, and the order of the known ones.
 */
import { formatAddress } from '../../../src/base/address.ts';
import { ByteWriter } from '../../../src/base/byte-writer.ts';
import type { CommunityKind } from '../../../src/policy/types.ts';
import { DEFAULT_LOCAL_PREF } from '../../../src/rib/attr-derive.ts';
import { type AsPathSegment, isConfederationSegment } from '../../../src/wire/attributes/as-path-segments.ts';
import { findAttribute, forEachAttribute, writeAttribute } from '../../../src/wire/attributes/blob.ts';
import { attributeByCode, type PathAttributes } from '../../../src/wire/attributes/index.ts';
import { FLAGS_ON_WIRE } from '../../../src/wire/attributes/marks.ts';
import { CANONICAL_CONTEXT } from '../../../src/wire/attributes/view.ts';
import {
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
} from '../../../src/wire/community-text.ts';

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

/** An attribute that was written. */
interface Written {
  readonly flags: number;
  readonly value: Uint8Array;
}

/** For one value at a time. */
const SCRATCH = new ByteWriter();

export class PolicyRoute {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  /** By code; undefined: removed. Absent while nothing was written, which is so for most routes. */
  #written: Map<number, Written | undefined> | undefined;
  readonly #read = new Map<number, unknown>();
  #communities: Partial<Record<CommunityKind, readonly RouteCommunity[]>> = {};
  #pathText: string | undefined;
  #asns: readonly number[] | undefined;

  /** Of the canonical blob `bytes[start..end)`, which must stay as it is while the route is used. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** Whether anything was written. */
  get changed(): boolean {
    return this.#written !== undefined;
  }

  /** The value of an attribute, or undefined. */
  get<Key extends Name>(name: Key): PathAttributes[Key] {
    const code = CODE[name];
    if (this.#read.has(code)) return this.#read.get(code) as PathAttributes[Key];
    const { bytes, start, end } = this.#value(code);
    const value = start < 0 ? undefined : attributeByCode[code]!.read(bytes, start, end, CANONICAL_CONTEXT);
    this.#read.set(code, value);
    return value as PathAttributes[Key];
  }

  /** Where the value of an attribute stands now; `start` is -1 when there is none. */
  #value(code: number): { bytes: Uint8Array; start: number; end: number; flags: number } {
    if (this.#written?.has(code) === true) {
      const written = this.#written.get(code);
      if (written === undefined) return ABSENT;
      return { bytes: written.value, start: 0, end: written.value.length, flags: written.flags };
    }
    const found = findAttribute(this.#bytes, this.#start, this.#end, code);
    return found === undefined ? ABSENT : { bytes: this.#bytes, ...found };
  }

  /** Replaces or adds an attribute; undefined removes it. `mark` is for the low bits of the flags. */
  set<Key extends Name>(name: Key, value: PathAttributes[Key], mark = 0): void {
    const code = CODE[name];
    const spec = attributeByCode[code]!;
    if (value === undefined) this.#put(code, undefined);
    else {
      SCRATCH.reset();
      spec.write(value, SCRATCH, CANONICAL_CONTEXT);
      this.#put(code, { flags: spec.flags | mark, value: SCRATCH.take() });
    }
    this.#read.delete(code);
    this.#communities = {};
    if (code === CODE.asPath) this.#pathText = this.#asns = undefined;
  }

  /** Gives an attribute that is there other marks: low bits of the flags (`marks.ts`). */
  mark(name: Name, mark: number): void {
    const { bytes, start, end, flags } = this.#value(CODE[name]);
    if (start < 0) return;
    this.#put(CODE[name], { flags: (flags & FLAGS_ON_WIRE) | mark, value: bytes.slice(start, end) });
  }

  #put(code: number, value: Written | undefined): void {
    this.#written ??= new Map();
    this.#written.set(code, value);
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
    const { bytes, start, end } = this.#value(CODE.nextHop);
    return start < 0 ? undefined : bytes.slice(start, end - start === 4 ? end : start + 16);
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

  /** Appends the canonical blob; a new attribute stands in front of the first one with a higher code. */
  write(out: ByteWriter): void {
    const added = [...(this.#written ?? [])].sort(([a], [b]) => a - b);
    const done = new Set<number>();
    const add = (code: number, written: Written | undefined): void => {
      if (written !== undefined && !done.has(code)) writeAttribute(out, written.flags, code, written.value);
      done.add(code);
    };
    forEachAttribute(this.#bytes, this.#start, this.#end, (code, flags, start, end) => {
      for (const [other, written] of added) if (other < code && !this.#had(other)) add(other, written);
      if (this.#written?.has(code) === true) add(code, this.#written.get(code));
      else writeAttribute(out, flags, code, this.#bytes, start, end);
    });
    for (const [code, written] of added) add(code, written);
  }

  /** Whether the blob had the attribute before anything was written. */
  #had(code: number): boolean {
    return findAttribute(this.#bytes, this.#start, this.#end, code) !== undefined;
  }
}

const ABSENT = { bytes: new Uint8Array(0), start: -1, end: -1, flags: 0 };

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
