/**
 * Mutators that go inside the value of an attribute and leave all lengths around it right: the TLVs of AIGP, BGP-LS,
 * prefix-SID and tunnel encapsulation, the attributes of ATTR_SET, and the next hop and the routes of MP_REACH_NLRI and
 * MP_UNREACH_NLRI. Damage further outside would hide what is wrong there.
 */
import { readU16, writeU16 } from '../base/bytes.ts';
import { MessageType } from '../wire/message.ts';
import { attributePlaces, attributeValue, replaceAttributes, withValue } from './layout.ts';
import type { Random } from './random.ts';

const EDGES = [0, 1, 2, 3, 5, 7, 0x7f, 0x80, 0xff] as const;
/** Messages of which a fitting attribute is borrowed. */
const LENDERS = 4;

/** How a list of TLVs is laid out. */
interface TlvForm {
  /** Octets in front of the first. */
  readonly skip?: number;
  readonly typeOctets: 1 | 2;
  /** Octets of the length, for a TLV that starts with this octet. */
  readonly lengthOctets: (first: number) => 1 | 2;
  /** What the length counts besides the value. */
  readonly counted: number;
  /** The list inside a TLV that starts with this octet. */
  readonly inner?: (first: number) => TlvForm | undefined;
}

const NARROW: TlvForm = { typeOctets: 1, lengthOctets: () => 2, counted: 0 };
const WIDE: TlvForm = { ...NARROW, typeOctets: 2 };

const SUB_TLV: TlvForm = { typeOctets: 1, lengthOctets: (first) => (first < 128 ? 1 : 2), counted: 0 };

/** RFC 9252 sections 2 and 3: SID Information, with sub-sub-TLVs behind 21 octets. */
const SRV6_SERVICE: TlvForm = {
  ...NARROW,
  skip: 1,
  inner: (type) => (type === 1 ? { ...NARROW, skip: 21 } : undefined),
};

/** By attribute code: RFC 9012 section 2, RFC 7311 section 3, RFC 9552 section 5.3, RFC 8669 section 3, RFC 6368. */
const FORMS: Readonly<Record<number, TlvForm>> = {
  23: { ...WIDE, inner: () => SUB_TLV },
  26: { ...NARROW, counted: 3 },
  29: WIDE,
  40: { ...NARROW, inner: (type) => (type === 5 || type === 6 ? SRV6_SERVICE : undefined) },
  // Attributes: flags and code, and one octet of length or two.
  128: { skip: 4, typeOctets: 2, lengthOctets: (flags) => ((flags & 0x10) === 0 ? 1 : 2), counted: 0 },
};

const MP_REACH = 14;
const MP_UNREACH = 15;

/** A TLV inside an attribute: its type, its length, its value, or the TLV as a whole; undefined when there is none. */
export function damageTlvs(
  message: Uint8Array,
  random: Random,
  other: () => Uint8Array,
): Uint8Array | undefined {
  return changeValue(
    message,
    other,
    (code) => FORMS[code] !== undefined,
    (code, value) => damagedList(value, FORMS[code]!, random),
    random,
  );
}

/** The next hop or the routes inside an MP attribute; undefined when there is none. */
export function damageRoutes(
  message: Uint8Array,
  random: Random,
  other: () => Uint8Array,
): Uint8Array | undefined {
  return changeValue(
    message,
    other,
    (code) => code === MP_REACH || code === MP_UNREACH,
    (code, value) => damagedMultiprotocol(code, value, random),
    random,
  );
}

/** Changes the value of one attribute that `fits`; one of another message when this has none. */
function changeValue(
  message: Uint8Array,
  other: () => Uint8Array,
  fits: (code: number) => boolean,
  change: (code: number, value: Uint8Array) => Uint8Array,
  random: Random,
): Uint8Array | undefined {
  if (message[18] !== MessageType.update) return undefined;
  const list = attributePlaces(message).map(({ bytes }) => bytes);
  const own = list.filter((one) => fits(one[1]!));
  if (own.length > 0) {
    const chosen = random.pick(own);
    const changed = withValue(chosen, change(chosen[1]!, attributeValue(chosen)));
    return replaceAttributes(
      message,
      list.map((one) => (one === chosen ? changed : one)),
    );
  }
  for (let i = 0; i < LENDERS; i++) {
    const lent = attributePlaces(other()).find(({ bytes }) => fits(bytes[1]!))?.bytes;
    if (lent === undefined) continue;
    const changed = withValue(lent, change(lent[1]!, attributeValue(lent)));
    return replaceAttributes(message, list.toSpliced(random.below(list.length + 1), 0, changed));
  }
  return undefined;
}

function damagedList(value: Uint8Array, form: TlvForm, random: Random): Uint8Array {
  const { skip = 0 } = form;
  if (skip > 0) {
    if (random.oneIn(8)) return value.slice(0, random.between(0, skip));
    const rest = damagedList(value.slice(skip), { ...form, skip: 0 }, random);
    return join([value.subarray(0, skip), rest]);
  }
  const list = split(value, form);
  if (list.length === 0) return random.bytes(random.between(1, 6));
  const at = random.below(list.length);
  const one = list[at]!;
  switch (random.below(8)) {
    case 0:
      return join(list.toSpliced(at, 1));
    case 1:
      return join(list.toSpliced(at, 0, one));
    case 2:
      return join([...list.slice(0, at), one.slice(0, random.below(one.length))]);
    default:
      return join(list.with(at, damagedTlv(one, form, random)));
  }
}

function damagedTlv(tlv: Uint8Array, form: TlvForm, random: Random): Uint8Array {
  const { typeOctets, counted } = form;
  const lengthOctets = form.lengthOctets(tlv[0]!);
  const head = typeOctets + lengthOctets;
  if (tlv.length < head) return random.bytes(random.size(8));
  const body = tlv.slice(head);
  const innerForm = form.inner?.(tlv[0]!);
  switch (random.below(innerForm === undefined ? 4 : 8)) {
    case 0:
      return tlv.with(typeOctets - 1, random.oneIn(2) ? random.pick(EDGES) : random.octet());
    case 1: {
      const old = lengthOctets === 1 ? tlv[typeOctets]! : readU16(tlv, typeOctets);
      return withLength(tlv, form, random.oneIn(3) ? random.pick(EDGES) : old + random.between(-3, 3));
    }
    case 2: {
      const length = random.oneIn(4) ? 0 : Math.max(0, body.length + random.between(-3, 3));
      const made = new Uint8Array(head + length);
      made.set(tlv.subarray(0, made.length));
      return withLength(made, form, length + counted);
    }
    case 3:
      return body.length === 0 ? tlv : tlv.with(head + random.below(body.length), random.octet());
    default: {
      const inner = damagedList(body, innerForm!, random);
      return withLength(join([tlv.subarray(0, head), inner]), form, inner.length + counted);
    }
  }
}

/** The TLV, or its copy, with another length field. */
function withLength(tlv: Uint8Array, form: TlvForm, length: number): Uint8Array {
  if (form.lengthOctets(tlv[0]!) === 1) return tlv.with(form.typeOctets, length & 0xff);
  const made = tlv.slice();
  writeU16(made, form.typeOctets, length);
  return made;
}

/** TLVs with their heads; a last piece that is none stays in one. */
function split(value: Uint8Array, form: TlvForm): Uint8Array[] {
  const list: Uint8Array[] = [];
  for (let at = 0; at < value.length; ) {
    const lengthOctets = form.lengthOctets(value[at]!);
    const lengthAt = at + form.typeOctets;
    const head = form.typeOctets + lengthOctets;
    const fits = at + head <= value.length;
    const length = !fits ? 0 : lengthOctets === 1 ? value[lengthAt]! : readU16(value, lengthAt);
    const next = fits ? at + head + Math.max(0, length - form.counted) : value.length;
    list.push(value.slice(at, next));
    at = next;
  }
  return list;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const made = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

/** Octets in front of the body of a route that has a length in octets: EVPN, flow specifications; 0 for others. */
function routeHead(value: Uint8Array): 0 | 1 | 2 {
  const safi = value[2];
  return safi === 70 ? 2 : safi === 133 || safi === 134 ? 1 : 0;
}

function damagedMultiprotocol(code: number, value: Uint8Array, random: Random): Uint8Array {
  const hopEnd = code === MP_REACH ? 4 + (value[3] ?? 0) : 3;
  const routesAt = code === MP_REACH ? hopEnd + 1 : 3;
  if (value.length < routesAt || random.oneIn(12)) return value.slice(0, random.below(value.length + 1));
  const changed = value.slice();
  if (code === MP_REACH && random.oneIn(4)) {
    // Nothing, everything, multicast, loopback: addresses that no host has.
    const from = random.oneIn(2) ? 4 : random.between(4, hopEnd);
    changed.fill(
      random.pick([0, 0xff, 0xe0, 0x7f]),
      from,
      random.oneIn(2) ? hopEnd : Math.min(hopEnd, from + 1),
    );
    return changed;
  }
  const head = routeHead(value);
  if (head > 0 && value.length > routesAt + head && random.oneIn(2)) {
    // One route that ends early, in its own length as well.
    const most = Math.min(value.length - routesAt - head, 200);
    const length = Math.min(
      most,
      random.oneIn(3) ? random.below(most) : random.pick([0, 8]) + random.below(5),
    );
    changed[routesAt + head - 1] = length;
    return changed.slice(0, routesAt + head + length);
  }
  const last = Math.max(routesAt, value.length - 1);
  // The first octets of a route say most about it.
  const at = random.between(routesAt, random.oneIn(2) ? last : Math.min(last, routesAt + 5));
  if (random.oneIn(3)) return value.slice(0, at);
  if (random.oneIn(4)) return join([value, random.bytes(random.between(1, 4))]);
  if (at < value.length) changed[at] = random.oneIn(2) ? random.pick(EDGES) : random.octet();
  return changed;
}
