/**
 * Mutators: each damages a well-formed message in one way. They know the layout of an UPDATE and of an OPEN well
 * enough to hit a length, a flag octet or the order of attributes on purpose; on other messages they change octets.
 *
 * Most of them put the lengths around the damage right again, so that it is found where it is and not at the door.
 */
import { readU16, writeU16 } from '../base/bytes.ts';
import { HEADER_LENGTH, MessageType } from '../wire/message.ts';
import { type AttributePlace, attributePlaces, replaceAttributes } from './layout.ts';
import { damageRoutes, damageTlvs } from './mutate-values.ts';
import type { Random } from './random.ts';

/** Changes a message; may return the same array changed, or a new one. */
export type Mutator = (message: Uint8Array, random: Random, other: () => Uint8Array) => Uint8Array;

const EDGES = [0, 1, 2, 3, 4, 0x7f, 0x80, 0xfe, 0xff] as const;

/** Every mutator by the name it has in reports. */
export const MUTATORS = {
  /** A bit or an octet becomes another one. */
  octets: changeOctets,

  /** A few octets in a row become 0, or 255: an AS number, an address, a length. */
  fill(message, random) {
    const places = attributePlaces(message);
    const place = places.length > 0 && !random.oneIn(4) ? random.pick(places) : undefined;
    const start = place === undefined ? HEADER_LENGTH : place.start + 3;
    const end = place === undefined ? message.length : place.start + place.bytes.length;
    const from = random.oneIn(2) ? start : random.between(start, end);
    return message.fill(
      random.pick([0, 0, 255, 127]),
      from,
      Math.min(end, from + random.pick([1, 2, 4, 4, 16])),
    );
  },

  /** Octets of the header: marker, length, type. */
  header(message, random) {
    const at = random.oneIn(3) ? random.below(16) : random.between(16, 18);
    message[at] = random.oneIn(2) ? random.pick(EDGES) : random.octet();
    return message;
  },

  /** A length field inside the message says something else. */
  lengths(message, random) {
    const fields = lengthFields(message);
    if (fields.length === 0) return changeOctets(message, random);
    const { at, octets } = random.pick(fields);
    const old = octets === 2 ? readU16(message, at) : message[at]!;
    const value = random.oneIn(3)
      ? random.pick(EDGES) * (octets === 2 ? 257 : 1)
      : old + random.between(-3, 3);
    if (octets === 2) writeU16(message, at, value);
    else message[at] = value;
    return message;
  },

  /** The flags of an attribute. */
  flags(message, random) {
    const places = attributePlaces(message);
    if (places.length === 0) return message;
    message[random.pick(places).start] = random.oneIn(2)
      ? random.octet()
      : random.pick([0x00, 0x40, 0x80, 0xc0]);
    return message;
  },

  /** Attributes in another order. */
  order: (message, random) =>
    rewrite(message, random, (places) => {
      for (let i = places.length - 1; i > 0; i--) {
        const j = random.below(i + 1);
        [places[i], places[j]] = [places[j]!, places[i]!];
      }
      return places;
    }),

  /** An attribute once more. */
  duplicate: (message, random) =>
    rewrite(message, random, (places) => {
      if (places.length > 0) places.splice(random.below(places.length + 1), 0, random.pick(places));
      return places;
    }),

  /** An attribute is missing. */
  omit: (message, random) =>
    rewrite(message, random, (places) => {
      places.splice(random.below(places.length), 1);
      return places;
    }),

  /** The value of an attribute has octets more or less, and its length says so. */
  resize(message, random) {
    const places = attributePlaces(message);
    if (places.length === 0) return message;
    const index = random.below(places.length);
    return replaceAttributes(
      message,
      places.map((place, i) => (i === index ? resized(place.bytes, random) : place.bytes)),
    );
  },

  /** The message ends early. */
  truncate(message, random) {
    const end = random.between(HEADER_LENGTH, message.length - 1);
    return end >= message.length ? message : withLength(message.slice(0, end), random);
  },

  /** Octets behind the end of what there should be. */
  extend: (message, random) =>
    withLength(Uint8Array.from([...message, ...random.bytes(random.between(1, 20))]), random),

  /** The start of this message and the end of another one. */
  splice: spliceMessages,

  /** An attribute (in other messages: octets) of another message stands in this one. */
  graft(message, random, other) {
    const foreign = attributePlaces(other());
    const own = attributePlaces(message);
    if (foreign.length === 0 || message[18] !== MessageType.update)
      return spliceMessages(message, random, other);
    const list = own.map((place) => place.bytes);
    list.splice(random.below(list.length + 1), 0, random.pick(foreign).bytes);
    return replaceAttributes(message, list);
  },

  /** A type-length-value of nobody knows what: an attribute, a capability, or octets. */
  insert(message, random) {
    if (message[18] !== MessageType.update) return insertOctets(message, random);
    const value = random.bytes(random.size(40));
    const head = Uint8Array.of(random.octet() & 0xef, random.octet(), value.length);
    const list = attributePlaces(message).map((place) => place.bytes);
    list.splice(random.below(list.length + 1), 0, Uint8Array.from([...head, ...value]));
    return replaceAttributes(message, list);
  },

  /** Prefixes: a length that cannot be, or a prefix that is cut. */
  nlri(message, random) {
    if (message[18] !== MessageType.update || message.length < HEADER_LENGTH + 4)
      return changeOctets(message, random);
    const withdrawn = readU16(message, HEADER_LENGTH);
    const attributesAt = HEADER_LENGTH + 2 + withdrawn;
    const from = attributesAt + 2 <= message.length ? attributesAt + 2 + readU16(message, attributesAt) : 0;
    if (from === 0 || random.oneIn(3)) {
      if (withdrawn > 0) message[HEADER_LENGTH + 2] = random.pick([33, 64, 129, 255]);
      return message;
    }
    const tail = Uint8Array.of(random.pick([33, 129, 255, 32, 24]), ...random.bytes(random.below(4)));
    return withLength(Uint8Array.from([...message, ...tail]), undefined);
  },

  /** A type-length-value inside an attribute. */
  tlvs: (message, random, other) => damageTlvs(message, random, other) ?? changeOctets(message, random),

  /** The next hop or the routes inside an MP attribute. */
  routes: (message, random, other) => damageRoutes(message, random, other) ?? changeOctets(message, random),
} satisfies Record<string, Mutator>;

export type MutatorName = keyof typeof MUTATORS;
export const MUTATOR_NAMES = Object.keys(MUTATORS) as readonly MutatorName[];

/** Those that change the inside of attributes and capabilities, for messages that consist of little else. */
export const INNER_MUTATORS: readonly MutatorName[] = [
  'routes',
  'tlvs',
  'octets',
  'fill',
  'lengths',
  'resize',
];

function changeOctets(message: Uint8Array, random: Random): Uint8Array {
  const count = random.between(1, 4);
  for (let i = 0; i < count; i++) {
    const at = random.between(HEADER_LENGTH, message.length - 1);
    if (at >= message.length) continue;
    if (random.oneIn(3)) message[at]! ^= 1 << random.below(8);
    else message[at] = random.oneIn(2) ? random.pick(EDGES) : random.octet();
  }
  return message;
}

function spliceMessages(message: Uint8Array, random: Random, other: () => Uint8Array): Uint8Array {
  const second = other();
  const head = message.subarray(0, random.between(HEADER_LENGTH, message.length));
  const tail = second.subarray(random.between(HEADER_LENGTH, second.length));
  const joined = new Uint8Array(Math.min(head.length + tail.length, 0xffff));
  joined.set(head);
  joined.set(tail.subarray(0, joined.length - head.length), head.length);
  return withLength(joined, random);
}

/** Attributes taken apart, changed and put together, with the lengths put right. */
function rewrite(
  message: Uint8Array,
  random: Random,
  change: (places: AttributePlace[]) => readonly AttributePlace[],
): Uint8Array {
  const places = attributePlaces(message);
  if (places.length === 0) return changeOctets(message, random);
  return replaceAttributes(
    message,
    change([...places]).map((place) => place.bytes),
  );
}

/** Gives the header the length the message has; with `random`, now and then not. */
function withLength(message: Uint8Array, random: Random | undefined): Uint8Array {
  const kept = message.subarray(0, 0xffff);
  if (random === undefined || !random.oneIn(4)) writeU16(kept, 16, kept.length);
  return kept;
}

/** An attribute whose value is shorter or longer. */
function resized(attribute: Uint8Array, random: Random): Uint8Array {
  const head = (attribute[0]! & 0x10) !== 0 ? 4 : 3;
  const value = attribute.subarray(head);
  const length = random.oneIn(5) ? 0 : Math.max(0, value.length + random.between(-3, 3));
  const bytes = new Uint8Array(head + length);
  bytes.set(attribute.subarray(0, Math.min(head + length, attribute.length)));
  if (head === 4) writeU16(bytes, 2, length);
  else bytes[2] = length;
  return bytes;
}

function insertOctets(message: Uint8Array, random: Random): Uint8Array {
  const at = random.between(HEADER_LENGTH, message.length);
  const grown = new Uint8Array(message.length + random.between(1, 8)).map(() => random.octet());
  grown.set(message.subarray(0, at));
  grown.set(message.subarray(at), grown.length - (message.length - at));
  return withLength(grown, random);
}

/** Where lengths stand: of the parts of an UPDATE, of its attributes, of the parameters of an OPEN. */
function lengthFields(message: Uint8Array): { readonly at: number; readonly octets: 1 | 2 }[] {
  const fields: { readonly at: number; readonly octets: 1 | 2 }[] = [{ at: 16, octets: 2 }];
  if (message[18] === MessageType.update && message.length >= HEADER_LENGTH + 4) {
    fields.push({ at: HEADER_LENGTH, octets: 2 });
    const at = HEADER_LENGTH + 2 + readU16(message, HEADER_LENGTH);
    if (at + 2 <= message.length) fields.push({ at, octets: 2 });
    for (const { start, bytes } of attributePlaces(message)) {
      fields.push({ at: start + 2, octets: (bytes[0]! & 0x10) !== 0 ? 2 : 1 });
      // The length of a next hop.
      if (bytes[1] === 14 && bytes.length > 6) fields.push({ at: start + bytes.length - 1, octets: 1 });
      if (bytes[1] === 14 && bytes.length > 7)
        fields.push({ at: start + ((bytes[0]! & 0x10) !== 0 ? 7 : 6), octets: 1 });
      if (bytes[1] === 2 && bytes.length > 5) fields.push({ at: start + 4, octets: 1 });
    }
  } else if (message[18] === MessageType.open && message.length > 31) {
    fields.push({ at: 28, octets: 1 }, { at: 30, octets: 1 });
    if (message.length > 34) fields.push({ at: 32, octets: 1 });
  }
  return fields.filter(({ at, octets }) => at + octets <= message.length);
}
