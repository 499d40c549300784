/**
 * Takes the attributes of an UPDATE apart and puts a message together again. It trusts nothing: where a message is
 * already damaged it sees as many attributes as can be seen.
 */
import { readU16, writeU16 } from '../base/bytes.ts';
import { HEADER_LENGTH, MessageType } from '../wire/message.ts';

/** One attribute, with flags, code and length. */
export interface AttributePlace {
  /** Offset in the message. */
  readonly start: number;
  /** A copy. */
  readonly bytes: Uint8Array;
}

/** The attributes of an UPDATE message (header included); none for other messages. */
export function attributePlaces(message: Uint8Array): AttributePlace[] {
  const list = attributeList(message);
  if (list === undefined) return [];
  const places: AttributePlace[] = [];
  let at = list.start;
  while (at + 3 <= list.end) {
    const extended = (message[at]! & 0x10) !== 0;
    if (extended && at + 4 > list.end) break;
    const end = extended ? at + 4 + readU16(message, at + 2) : at + 3 + message[at + 2]!;
    if (end > list.end) break;
    places.push({ start: at, bytes: message.slice(at, end) });
    at = end;
  }
  return places;
}

/** A copy of the value of an attribute. */
export function attributeValue(attribute: Uint8Array): Uint8Array {
  return attribute.slice((attribute[0]! & 0x10) !== 0 ? 4 : 3);
}

/** The attribute with another value and a length that says so; two octets of length where they are needed. */
export function withValue(attribute: Uint8Array, value: Uint8Array): Uint8Array {
  const isLong = (attribute[0]! & 0x10) !== 0 || value.length > 255;
  const head = isLong ? 4 : 3;
  const made = new Uint8Array(head + value.length);
  made[0] = attribute[0]! | (isLong ? 0x10 : 0);
  made[1] = attribute[1]!;
  if (isLong) writeU16(made, 2, value.length);
  else made[2] = value.length;
  made.set(value, head);
  return made;
}

/** The message with other attributes and right lengths; what does not fit in 65,535 octets is left out. */
export function replaceAttributes(message: Uint8Array, attributes: readonly Uint8Array[]): Uint8Array {
  const list = attributeList(message);
  if (list === undefined) return message;
  const room = 0xffff - list.start - (message.length - list.end);
  let length = 0;
  const kept = attributes.filter((one) => {
    const fits = length + one.length <= room;
    if (fits) length += one.length;
    return fits;
  });
  const made = new Uint8Array(list.start + length + message.length - list.end);
  made.set(message.subarray(0, list.start));
  let at = list.start;
  for (const one of kept) {
    made.set(one, at);
    at += one.length;
  }
  made.set(message.subarray(list.end), at);
  writeU16(made, list.start - 2, length);
  writeU16(made, 16, made.length);
  return made;
}

function attributeList(message: Uint8Array): { readonly start: number; readonly end: number } | undefined {
  if (message[18] !== MessageType.update || message.length < HEADER_LENGTH + 4) return undefined;
  const start = HEADER_LENGTH + 4 + readU16(message, HEADER_LENGTH);
  if (start > message.length) return undefined;
  return { start, end: Math.min(message.length, start + readU16(message, start - 2)) };
}
