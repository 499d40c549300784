/**
 * PolicyRoute: what policies ask of the attributes of a route, and how they change them.
 *
 * What most policies ask is answered from the bytes. Values as objects are made for those who ask for them: explanations,
 * functions of the program, rare actions.
 */
import { readU32 } from '../base/bytes.ts';
import { DEFAULT_LOCAL_PREF } from '../rib/attr-derive.ts';
import { asPathLength, SegmentType } from '../wire/as4.ts';
import type { AsPathSegment } from '../wire/attributes/as-path-segments.ts';
import { attributeByCode, type PathAttributes } from '../wire/attributes/index.ts';
import { CANONICAL_CONTEXT } from '../wire/attributes/view.ts';
import {
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
} from '../wire/community-text.ts';
import { AttributeEdit, type AttributeName, CODES, SLOT } from './attribute-edit.ts';
import type { CommunityKind } from './types.ts';

export const COMMUNITY_ATTRIBUTE = {
  standard: 'communities',
  extended: 'extendedCommunities',
  large: 'largeCommunities',
} as const satisfies Record<CommunityKind, AttributeName>;

/** A community in the form in which patterns look at it: numbers, or text of an extended one. */
export interface RouteCommunity {
  readonly kind: CommunityKind;
  readonly numbers: readonly number[];
  readonly text: string;
}

export class PolicyRoute extends AttributeEdit {
  /** The value of an attribute, or undefined. */
  get<Name extends AttributeName>(name: Name): PathAttributes[Name] {
    const slot = SLOT[name];
    const spec = attributeByCode[CODES[slot]]!;
    const value = this.has(slot)
      ? spec.read(this.bytesOf(slot), this.from[slot]!, this.to[slot]!, CANONICAL_CONTEXT)
      : undefined;
    return value as PathAttributes[Name];
  }

  /** Replaces or adds an attribute; undefined removes it. */
  set<Name extends AttributeName>(name: Name, value: PathAttributes[Name]): void {
    const slot = SLOT[name];
    if (value === undefined) {
      this.remove(slot);
      return;
    }
    const values = this.values();
    const from = values.length;
    attributeByCode[CODES[slot]]!.write(value, values, CANONICAL_CONTEXT);
    this.written(slot, from, 0);
  }

  /** LOCAL_PREF, or what stands for a missing one. */
  get localPref(): number {
    return this.has(SLOT.localPref) ? this.number(SLOT.localPref) : DEFAULT_LOCAL_PREF;
  }

  get segments(): readonly AsPathSegment[] {
    return this.get('asPath') ?? [];
  }

  /** Every AS number of the path, in order. */
  get asns(): readonly number[] {
    return this.segments.flatMap(({ asns }) => asns);
  }

  /** The path as patterns see it: `65001 {65002,65003}`. */
  get pathText(): string {
    return this.segments.map(segmentText).join(' ');
  }

  /** Length as the decision process counts it: a set is one, confederation segments are nothing (RFC 5065). */
  get pathLength(): number {
    const slot = SLOT.asPath;
    return this.has(slot) ? asPathLength(this.bytesOf(slot), this.from[slot]!, this.to[slot]!) : 0;
  }

  /** Rightmost AS number; undefined for an empty path, or one that ends in a set. */
  get originAs(): number | undefined {
    const slot = SLOT.asPath;
    if (!this.has(slot)) return undefined;
    const bytes = this.bytesOf(slot);
    const end = this.to[slot]!;
    let type = 0;
    for (let at = this.from[slot]!; at < end; at += 2 + bytes[at + 1]! * 4) type = bytes[at]!;
    return type === SegmentType.sequence ? readU32(bytes, end - 4) : undefined;
  }

  /** Leftmost AS number; undefined for an empty path, or one that begins with a set. */
  get neighborAs(): number | undefined {
    const slot = SLOT.asPath;
    if (!this.has(slot)) return undefined;
    const bytes = this.bytesOf(slot);
    const end = this.to[slot]!;
    for (let at = this.from[slot]!; at < end; at += 2 + bytes[at + 1]! * 4) {
      if (bytes[at] === SegmentType.sequence) return readU32(bytes, at + 2);
      if (bytes[at] === SegmentType.set) return undefined;
    }
    return undefined;
  }

  /** Bytes of the next hop, 4 or 16, without a link-local one behind; undefined when there is none. */
  get nextHopAddress(): Uint8Array | undefined {
    const slot = SLOT.nextHop;
    if (!this.has(slot)) return undefined;
    const from = this.from[slot]!;
    const length = this.to[slot]! - from;
    return this.bytesOf(slot).slice(from, from + (length === 4 ? 4 : 16));
  }

  /** Sets the next hop to 4, 16 or 32 bytes. */
  setNextHop(bytes: Uint8Array, mark: number): void {
    const values = this.values();
    const from = values.length;
    values.copy(bytes);
    this.written(SLOT.nextHop, from, mark);
  }

  communities(kind: CommunityKind): readonly RouteCommunity[] {
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
  format(name: AttributeName): string | undefined {
    const value = this.get(name);
    return value === undefined ? undefined : attributeByCode[CODES[SLOT[name]]]!.format(value);
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
