/**
 * UpdateFrame: one walk over the body of an UPDATE that finds where everything is and what RFC 7606 says of it.
 *
 * HOT. One frame is reused for every message; nothing is copied or allocated. After `scan` the integer fields
 * hold offsets into the scanned bytes. The NLRI themselves are examined by whoever walks them, since a fault
 * there ends the session or closes the family, whatever else the message says (RFC 7606 section 5.3).
 *
 * Over 300 lines because the walk shares its two dozen integer fields; passing them between files would cost more
 * than it explains.
 */
import { isLinkLocal, isUnspecified } from '../base/address.ts';
import { readU16 } from '../base/bytes.ts';
import { MAX_NARROW_PATH_BYTES } from '../base/limits.ts';
import { checkNextHopIpv4, checkNextHopIpv6 } from './attributes/03-next-hop.ts';
import { mayRepeatLargeCommunities } from './attributes/32-large-communities.ts';
import { attributeByCode, dispositionOf, EXPECTED_FLAGS, NEVER_IN_BLOB } from './attributes/index.ts';
import {
  Disposition,
  FLAG_EXTENDED_LENGTH,
  FLAG_OPTIONAL,
  FLAG_PARTIAL,
  FLAG_TRANSITIVE,
  UpdateError,
} from './attributes/spec.ts';
import { FAMILIES, familyIndex, NEXT_HOP_DISTINGUISHER, NextHopFit, nextHopFit } from './families/index.ts';
import type { FamilySpec } from './families/spec.ts';
import type { WireContext } from './session-context.ts';

const ORIGIN = 1;
const AS_PATH = 2;
const NEXT_HOP = 3;
const AGGREGATOR = 7;
const MP_REACH = 14;
const MP_UNREACH = 15;
const AS4_PATH = 17;
const AS4_AGGREGATOR = 18;
const LARGE_COMMUNITIES = 32;

const FLAGS_UNUSED = 0x0f;

const LAST_GENERATION = 0xffff;
/** Near the end, so that the code that begins anew is compiled with the rest and not after an hour. */
const FIRST_GENERATION = LAST_GENERATION - 64;

/** {@link UpdateFrame.reachFamily} and `unreachFamily`: the attribute is absent. */
export const FAMILY_ABSENT = -1;
/** The attribute is there, for a family that was not negotiated: its routes are ignored (RFC 4760 section 7). */
export const FAMILY_IGNORED = -2;

export class UpdateFrame {
  /** Withdrawn IPv4 prefixes: `[withdrawnStart, withdrawnEnd)`. */
  withdrawnStart = 0;
  withdrawnEnd = 0;
  /** The path attributes. */
  attributesStart = 0;
  attributesEnd = 0;
  /** Announced IPv4 prefixes. */
  nlriStart = 0;
  nlriEnd = 0;
  /** Family index of MP_REACH_NLRI, or one of the FAMILY_ constants. */
  reachFamily = FAMILY_ABSENT;
  reachStart = 0;
  reachEnd = 0;
  reachNextHopStart = 0;
  reachNextHopLength = 0;
  /** Family index of MP_UNREACH_NLRI, or one of the FAMILY_ constants. */
  unreachFamily = FAMILY_ABSENT;
  unreachStart = 0;
  unreachEnd = 0;
  /** Strongest disposition of all faults found. */
  disposition: Disposition = Disposition.accept;
  /** UPDATE error subcode of that fault, 0 when there is none. */
  subcode = 0;
  /** Type code of the attribute at fault, 0 when the message as a whole is. */
  faultyAttribute = 0;
  /** The attribute at fault with its header: NOTIFICATION data (RFC 4271 section 6.3). */
  faultStart = 0;
  faultEnd = 0;
  /** Bit `1 << index` for each family whose fault is {@link Disposition.disableFamily}. */
  disabledFamilies = 0;
  /** The attributes are not in the form in which tables keep them: see `attributes/blob.ts`. */
  rewrite = false;
  /** Some attribute is there more than once. */
  repeats = false;
  /** Value positions the rewriting needs; start 0 when the attribute is absent or discarded. */
  asPathStart = 0;
  asPathEnd = 0;
  aggregatorStart = 0;
  as4PathStart = 0;
  as4PathEnd = 0;
  as4AggregatorStart = 0;

  /** Number of the scan, 1 to {@link LAST_GENERATION}: what marks of other scans are not. */
  #generation = FIRST_GENERATION;
  readonly #seen = new Uint16Array(256);
  readonly #discarded = new Uint16Array(256);

  /**
   * Walks the UPDATE body `bytes[start..end)`.
   *
   * @returns the disposition; the fields say the rest. Never throws, never reads outside the range.
   */
  scan(bytes: Uint8Array, start: number, end: number, context: WireContext): Disposition {
    this.#reset();
    if (end - start < 4) return this.#reset3(UpdateError.malformedAttributeList);
    this.withdrawnStart = start + 2;
    this.withdrawnEnd = this.withdrawnStart + readU16(bytes, start);
    if (this.withdrawnEnd + 2 > end) {
      this.withdrawnEnd = this.withdrawnStart;
      return this.#reset3(UpdateError.malformedAttributeList);
    }
    this.attributesStart = this.withdrawnEnd + 2;
    this.attributesEnd = this.attributesStart + readU16(bytes, this.withdrawnEnd);
    if (this.attributesEnd > end) {
      this.attributesEnd = this.attributesStart;
      return this.#reset3(UpdateError.malformedAttributeList);
    }
    this.nlriStart = this.attributesEnd;
    this.nlriEnd = end;
    this.#walk(bytes, context);
    this.#checkMandatory();
    // RFC 7606 section 5.2: with no announced prefix in sight, withdrawing "the routes" would withdraw nothing.
    if (this.disposition === Disposition.treatAsWithdraw && !this.announces)
      this.#fault(
        Disposition.sessionReset,
        this.subcode,
        this.faultyAttribute,
        this.faultStart,
        this.faultEnd,
      );
    return this.disposition;
  }

  /** Whether the UPDATE carries announced prefixes, in either place. */
  get announces(): boolean {
    return this.nlriEnd > this.nlriStart || this.reachFamily !== FAMILY_ABSENT;
  }

  /** Whether attribute `code` was discarded as malformed or unexpected in the message scanned last. */
  isDiscarded(code: number): boolean {
    return this.#discarded[code] === this.#generation;
  }

  #reset(): void {
    if (this.#generation === LAST_GENERATION) {
      this.#seen.fill(0);
      this.#discarded.fill(0);
      this.#generation = 0;
    }
    this.#generation++;
    this.withdrawnStart = this.withdrawnEnd = 0;
    this.attributesStart = this.attributesEnd = 0;
    this.nlriStart = this.nlriEnd = 0;
    this.reachFamily = this.unreachFamily = FAMILY_ABSENT;
    this.reachStart = this.reachEnd = this.reachNextHopStart = this.reachNextHopLength = 0;
    this.unreachStart = this.unreachEnd = 0;
    this.disposition = Disposition.accept;
    this.subcode = this.faultyAttribute = this.faultStart = this.faultEnd = 0;
    this.disabledFamilies = 0;
    this.rewrite = false;
    this.repeats = false;
    this.asPathStart = this.asPathEnd = this.aggregatorStart = 0;
    this.as4PathStart = this.as4PathEnd = this.as4AggregatorStart = 0;
  }

  #fault(disposition: Disposition, subcode: number, code: number, start: number, end: number): void {
    if (disposition <= this.disposition) return;
    this.disposition = disposition;
    this.subcode = subcode;
    this.faultyAttribute = code;
    this.faultStart = start;
    this.faultEnd = end;
  }

  #reset3(subcode: number): Disposition {
    this.#fault(Disposition.sessionReset, subcode, 0, 0, 0);
    return this.disposition;
  }

  #discard(code: number): void {
    this.#discarded[code] = this.#generation;
    this.rewrite = true;
  }

  #walk(bytes: Uint8Array, context: WireContext): void {
    const end = this.attributesEnd;
    const generation = this.#generation;
    let at = this.attributesStart;
    if (!context.as4) this.rewrite = true;
    while (at < end) {
      const header = at;
      const extended = at + 1 < end && (bytes[at]! & FLAG_EXTENDED_LENGTH) !== 0;
      const valueStart = at + (extended ? 4 : 3);
      // RFC 7606 section 4: an attribute that overruns the list is treat-as-withdraw; what follows is unreadable.
      if (valueStart > end) {
        this.#fault(
          Disposition.treatAsWithdraw,
          UpdateError.malformedAttributeList,
          at + 1 < end ? bytes[at + 1]! : 0,
          header,
          end,
        );
        return;
      }
      const flags = bytes[at]!;
      const code = bytes[at + 1]!;
      const valueEnd = valueStart + (extended ? readU16(bytes, at + 2) : bytes[at + 2]!);
      if (valueEnd > end) {
        this.#fault(Disposition.treatAsWithdraw, UpdateError.attributeLength, code, header, end);
        return;
      }
      at = valueEnd;
      if (this.#seen[code] === generation) {
        this.repeats = true;
        this.#duplicate(code, header, valueEnd);
        continue;
      }
      this.#seen[code] = generation;
      this.#attribute(bytes, flags, code, header, valueStart, valueEnd, context);
    }
    this.#checkMergedPath();
  }

  /** AS_PATH and AS4_PATH merged must fit in an attribute; AS_PATH alone does. A set in AS4_PATH counts only one. */
  #checkMergedPath(): void {
    const { as4PathStart: start, as4PathEnd: end } = this;
    if (start === 0 || (this.asPathEnd - this.asPathStart) * 2 + end - start <= MAX_NARROW_PATH_BYTES * 2)
      return;
    this.as4PathStart = this.as4PathEnd = 0;
    this.#discard(AS4_PATH);
    this.#fault(Disposition.attributeDiscard, UpdateError.optionalAttribute, AS4_PATH, start, end);
  }

  /** RFC 7606 section 3 (g): of several only the first counts; several MP attributes end the session. */
  #duplicate(code: number, header: number, end: number): void {
    this.rewrite = true;
    const subcode = UpdateError.malformedAttributeList;
    this.#fault(dispositionOf(code, subcode), subcode, code, header, end);
  }

  #attribute(
    bytes: Uint8Array,
    flags: number,
    code: number,
    header: number,
    start: number,
    end: number,
    context: WireContext,
  ): void {
    // Unused bits, and Partial where it has no meaning, are ignored and not passed on (RFC 4271 section 4.3).
    const partialMeans = (flags & (FLAG_OPTIONAL | FLAG_TRANSITIVE)) === (FLAG_OPTIONAL | FLAG_TRANSITIVE);
    if ((flags & (partialMeans ? FLAGS_UNUSED : FLAGS_UNUSED | FLAG_PARTIAL)) !== 0) this.rewrite = true;
    const spec = attributeByCode[code];
    if (spec === undefined) {
      if ((flags & FLAG_OPTIONAL) === 0)
        this.#fault(Disposition.sessionReset, UpdateError.unrecognizedWellKnown, code, header, end);
      // Unknown: dropped when not transitive, else passed on with the Partial bit (RFC 4271 section 5).
      else if ((flags & (FLAG_TRANSITIVE | FLAG_PARTIAL)) !== (FLAG_TRANSITIVE | FLAG_PARTIAL))
        this.rewrite = true;
      return;
    }
    if (spec.discardFromExternal === true && context.external) {
      this.#discard(code);
      this.#fault(Disposition.attributeDiscard, UpdateError.optionalAttribute, code, header, end);
      return;
    }
    if ((flags & (FLAG_OPTIONAL | FLAG_TRANSITIVE)) !== EXPECTED_FLAGS[code]) {
      this.#discard(code);
      this.#fault(
        dispositionOf(code, UpdateError.attributeFlags),
        UpdateError.attributeFlags,
        code,
        header,
        end,
      );
      // The prefixes to withdraw may stand in this very attribute.
      if (code !== MP_REACH && code !== MP_UNREACH) return;
    }
    const subcode = spec.check(bytes, start, end, context);
    if (subcode !== 0) {
      this.#discard(code);
      // A next hop without routes of its own is to be ignored, whatever it says (RFC 4760 section 3).
      const unused = subcode === UpdateError.invalidNextHop && this.nlriEnd === this.nlriStart;
      const disposition = unused ? Disposition.attributeDiscard : dispositionOf(code, subcode);
      this.#fault(disposition, subcode, code, header, end);
      return;
    }
    if (code === AS_PATH) {
      this.asPathStart = start;
      this.asPathEnd = end;
      // Widened to 4-octet numbers it must still fit in an attribute.
      if (!context.as4 && end - start > MAX_NARROW_PATH_BYTES)
        this.#fault(Disposition.treatAsWithdraw, UpdateError.malformedAsPath, code, header, end);
    } else if (code === LARGE_COMMUNITIES) {
      // Repeated ones are removed (RFC 8092 section 3).
      if (mayRepeatLargeCommunities(bytes, start, end)) this.rewrite = true;
    } else if (code >= AGGREGATOR && code !== 8) this.#special(bytes, code, header, start, end, context);
  }

  /** The attributes that the tables do not keep as received. */
  #special(
    bytes: Uint8Array,
    code: number,
    header: number,
    start: number,
    end: number,
    context: WireContext,
  ): void {
    if (code === AGGREGATOR) this.aggregatorStart = start;
    else if (code === MP_REACH) this.#reach(bytes, header, start, end, context);
    else if (code === MP_UNREACH) this.#unreach(bytes, start, end, context);
    else if (NEVER_IN_BLOB[code] === 1) {
      // Between two 4-octet speakers both mean nothing and are dropped (RFC 6793 section 4.1).
      this.rewrite = true;
      if (code !== AS4_PATH && code !== AS4_AGGREGATOR) return;
      if (context.as4) this.#discarded[code] = this.#generation;
      else if (code === AS4_AGGREGATOR) this.as4AggregatorStart = start;
      else {
        this.as4PathStart = start;
        this.as4PathEnd = end;
      }
    }
  }

  #reach(bytes: Uint8Array, header: number, start: number, end: number, context: WireContext): void {
    this.rewrite = true;
    const family = familyIndex(readU16(bytes, start), bytes[start + 2]!);
    const length = bytes[start + 3]!;
    this.reachStart = start + 4 + length + 1;
    this.reachEnd = end;
    this.reachNextHopStart = start + 4;
    this.reachNextHopLength = length;
    if (family < 0 || (context.families & (1 << family)) === 0) {
      this.reachFamily = FAMILY_IGNORED;
      return;
    }
    this.reachFamily = family;
    const fit = nextHopFit(family, length);
    if (fit === NextHopFit.ignored) return;
    // RFC 7606 section 7.11: a next hop of a wrong length puts the place of the prefixes in doubt.
    if (fit === NextHopFit.never || (fit === NextHopFit.extended && !extendedNextHop(context, family)))
      this.#familyFault(family, UpdateError.optionalAttribute, MP_REACH, header, end, context);
    else if (!this.#usableNextHop(bytes, start + 4, length, family, context))
      this.#fault(
        dispositionOf(MP_REACH, UpdateError.invalidNextHop),
        UpdateError.invalidNextHop,
        MP_REACH,
        header,
        end,
      );
  }

  #usableNextHop(
    bytes: Uint8Array,
    at: number,
    length: number,
    family: number,
    context: WireContext,
  ): boolean {
    const distinguisher = NEXT_HOP_DISTINGUISHER[family]!;
    if (length - distinguisher === 4) return checkNextHopIpv4(bytes, at + distinguisher, context.loopback);
    // On a link-local session there may be no global address: BIRD sends :: and the link-local one then.
    if (length === 32 && isUnspecified(bytes, at)) {
      this.reachNextHopStart += 16;
      this.reachNextHopLength = 16;
      return isLinkLocal(bytes, at + 16);
    }
    return checkNextHopIpv6(bytes, at + distinguisher, context.loopback);
  }

  /** A fault after which the routes of one family are in doubt (RFC 7606 sections 2 and 5.3). */
  #familyFault(
    family: number,
    subcode: number,
    code: number,
    start: number,
    end: number,
    context: WireContext,
  ): void {
    if (context.familyDisable === true) {
      this.disabledFamilies |= 1 << family;
      this.#fault(Disposition.disableFamily, subcode, code, start, end);
    } else this.#fault(Disposition.sessionReset, subcode, code, start, end);
  }

  /**
   * Examines the NLRI of the UPDATE scanned last, which {@link scan} leaves to whoever walks them: for those who do not
   * walk them at all, or want to know before they act.
   *
   * @returns the disposition of the whole message; `faultStart` is the element at fault.
   */
  checkNlri(bytes: Uint8Array, context: WireContext): Disposition {
    this.#nlri(bytes, 0, 0, this.withdrawnStart, this.withdrawnEnd, context);
    this.#nlri(bytes, 0, 0, this.nlriStart, this.nlriEnd, context);
    if (this.unreachFamily >= 0)
      this.#nlri(bytes, this.unreachFamily, MP_UNREACH, this.unreachStart, this.unreachEnd, context);
    if (this.reachFamily >= 0 && (this.disabledFamilies & (1 << this.reachFamily)) === 0)
      this.#nlri(bytes, this.reachFamily, MP_REACH, this.reachStart, this.reachEnd, context);
    return this.disposition;
  }

  #nlri(
    bytes: Uint8Array,
    family: number,
    code: number,
    start: number,
    end: number,
    context: WireContext,
  ): void {
    const { nlri }: FamilySpec = FAMILIES[family]!;
    const addPath = ((context.addPath ?? 0) & (1 << family)) !== 0;
    const at = nlri.check(bytes, start, end, addPath);
    if (at < 0) return;
    if (code === 0) this.#fault(Disposition.sessionReset, UpdateError.invalidNetworkField, code, at, end);
    else this.#familyFault(family, UpdateError.optionalAttribute, code, at, end, context);
  }

  #unreach(bytes: Uint8Array, start: number, end: number, context: WireContext): void {
    this.rewrite = true;
    const family = familyIndex(readU16(bytes, start), bytes[start + 2]!);
    const known = family >= 0 && (context.families & (1 << family)) !== 0;
    this.unreachFamily = known ? family : FAMILY_IGNORED;
    this.unreachStart = start + 3;
    this.unreachEnd = end;
  }

  /** RFC 7606 section 3 (d): routes without a mandatory attribute are withdrawn. */
  #checkMandatory(): void {
    if (!this.announces) return;
    const generation = this.#generation;
    const seen = this.#seen;
    let missing = 0;
    if (seen[ORIGIN] !== generation) missing = ORIGIN;
    else if (seen[AS_PATH] !== generation) missing = AS_PATH;
    else if (this.nlriEnd > this.nlriStart && seen[NEXT_HOP] !== generation) missing = NEXT_HOP;
    if (missing !== 0) this.#fault(Disposition.treatAsWithdraw, UpdateError.missingWellKnown, missing, 0, 0);
  }
}

/** RFC 8950 section 4: agreed for the family? */
function extendedNextHop(context: WireContext, family: number): boolean {
  return (context.extendedNextHop & (1 << family)) !== 0;
}

/** HOT. Whether the first address of a next hop of fitting length can be that of a host. */
