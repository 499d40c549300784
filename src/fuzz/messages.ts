/**
 * Whole well-formed messages of every kind, header included. An UPDATE may carry any attributes of the registry in
 * any order: "well-formed" speaks of each part, not of what a sensible router would send.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { ATTRIBUTES, EXPECTED_FLAGS } from '../wire/attributes/index.ts';
import { FAMILIES } from '../wire/families/index.ts';
import {
  HEADER_LENGTH,
  KEEPALIVE,
  MAX_EXTENDED_MESSAGE_LENGTH,
  MAX_MESSAGE_LENGTH,
  MessageType,
  writeHeader,
} from '../wire/message.ts';
import { ATTRIBUTE_VALUES } from './attributes.ts';
import { writeRandomCapability, writeUnknownCapability } from './capabilities.ts';
import type { FuzzContext } from './context.ts';
import { writeNlri } from './nlri.ts';
import type { Random } from './random.ts';
import { asNumber, textBytes, writeHost4 } from './values.ts';

/** The kinds of message that are generated. */
export const MESSAGE_KINDS = ['update', 'open', 'notification', 'keepalive', 'route-refresh'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

const ORIGIN = 1;
const AS_PATH = 2;
const NEXT_HOP = 3;
const MP_REACH = 14;

/** A well-formed message of `kind` for a session like `context`. */
export function randomMessage(kind: MessageKind, random: Random, context: FuzzContext): Uint8Array {
  switch (kind) {
    case 'update':
      return randomUpdate(random, context);
    case 'open':
      return randomOpen(random);
    case 'notification':
      return randomNotification(random);
    case 'keepalive':
      return KEEPALIVE.slice();
    case 'route-refresh':
      return randomRefresh(random);
  }
}

function begin(): ByteWriter {
  const out = new ByteWriter(256);
  out.length = HEADER_LENGTH;
  return out;
}

function finish(out: ByteWriter, type: number): Uint8Array {
  writeHeader(out.bytes, 0, out.length, type);
  return out.take();
}

/** An UPDATE that fits the longest message of the session. */
function randomUpdate(random: Random, context: FuzzContext): Uint8Array {
  const limit = context.extendedMessage ? MAX_EXTENDED_MESSAGE_LENGTH : MAX_MESSAGE_LENGTH;
  const ipv4 = FAMILIES[0];
  const most = random.oneIn(10) ? 200 : 6;
  const out = begin();
  out.u16(0);
  if (random.oneIn(4)) writeNlri(ipv4, random, context, most, out);
  out.patchU16(HEADER_LENGTH, out.length - HEADER_LENGTH - 2);
  const attributesAt = out.length;
  out.u16(0);
  const announces = !random.oneIn(4);
  for (const code of chosenCodes(random, announces)) {
    const before = out.length;
    writeRandomAttribute(code, random, context, out);
    if (out.length > limit - 300) out.length = before;
  }
  out.patchU16(attributesAt, out.length - attributesAt - 2);
  if (announces) {
    const before = out.length;
    writeNlri(ipv4, random, context, most, out);
    if (out.length > limit) out.length = before;
  }
  return finish(out, MessageType.update);
}

/** An UPDATE with this attribute and nothing else, so that all that is done to it is done to the attribute. */
export function randomUpdateOf(code: number, random: Random, context: FuzzContext): Uint8Array {
  const out = begin();
  out.u16(0);
  out.u16(0);
  writeRandomAttribute(code, random, context, out);
  out.patchU16(HEADER_LENGTH + 2, out.length - HEADER_LENGTH - 4);
  return finish(out, MessageType.update);
}

/** Codes of the attributes of an UPDATE, mostly ascending: the mandatory ones and a few of the registry. */
function chosenCodes(random: Random, announces: boolean): number[] {
  if (!announces && random.oneIn(2)) return random.oneIn(2) ? [] : [15];
  const codes = new Set<number>([ORIGIN, AS_PATH]);
  if (announces || random.oneIn(2)) codes.add(NEXT_HOP);
  if (random.oneIn(3)) codes.add(MP_REACH);
  const extra = random.between(0, random.oneIn(8) ? ATTRIBUTES.length : 4);
  for (let i = 0; i < extra; i++) codes.add(random.pick(ATTRIBUTES).code);
  if (random.oneIn(6)) codes.add(random.pick([11, 19, 21, 28, 99, 129, 255]));
  const list = [...codes];
  if (random.oneIn(4)) list.reverse();
  else list.sort((a, b) => a - b);
  return list;
}

function writeRandomAttribute(code: number, random: Random, context: FuzzContext, out: ByteWriter): void {
  const spec = ATTRIBUTES.find((one) => one.code === code);
  const value = new ByteWriter(64);
  if (spec === undefined) value.copy(random.bytes(random.size(40)));
  else ATTRIBUTE_VALUES[spec.name](random, context, value);
  const category = spec === undefined ? random.pick([0x80, 0xc0]) : EXPECTED_FLAGS[code]!;
  const partial = category === 0xc0 && random.oneIn(4) ? 0x20 : 0;
  const extended = value.length > 255 || random.oneIn(6);
  out.u8(category | partial | (extended ? 0x10 : 0));
  out.u8(code);
  if (extended) out.u16(value.length);
  else out.u8(value.length);
  out.copy(value.bytes, 0, value.length);
}

/** An OPEN with capabilities in one parameter or several, in the classic or the extended form (RFC 9072). */
function randomOpen(random: Random): Uint8Array {
  const out = begin();
  out.u8(4);
  out.u16(asNumber(random) & 0xffff);
  out.u16(random.pick([0, 3, 90, 180, 65535]));
  writeHost4(random, out);
  const parameters: Uint8Array[] = [];
  const count = random.oneIn(10) ? random.between(8, 30) : random.between(0, 3);
  for (let i = 0; i < count; i++) {
    const value = new ByteWriter(64);
    const capabilities = random.between(0, 4);
    for (let j = 0; j < capabilities && value.length < 100; j++)
      if (random.oneIn(8)) writeUnknownCapability(random, value);
      else writeRandomCapability(random, value);
    parameters.push(value.take());
  }
  const classic = parameters.reduce((sum, one) => sum + one.length + 2, 0);
  const extended = classic > 255 || random.oneIn(6) || parameters.some((one) => one.length > 255);
  if (extended) {
    out.u8(255);
    out.u8(255);
    out.u16(classic + parameters.length);
  } else out.u8(classic);
  for (const parameter of parameters) {
    out.u8(2);
    if (extended) out.u16(parameter.length);
    else out.u8(parameter.length);
    out.copy(parameter);
  }
  return finish(out, MessageType.open);
}

function randomNotification(random: Random): Uint8Array {
  const out = begin();
  out.u8(random.oneIn(4) ? random.octet() : random.between(1, 8));
  out.u8(random.oneIn(4) ? random.octet() : random.between(0, 11));
  if (random.oneIn(3)) {
    const text = textBytes(random, 255);
    out.u8(text.length);
    out.copy(text);
  } else out.copy(random.bytes(random.size(60)));
  return finish(out, MessageType.notification);
}

function randomRefresh(random: Random): Uint8Array {
  const out = begin();
  const { afi, safi } = random.pick(FAMILIES);
  const subtype = random.oneIn(8) ? random.octet() : random.below(3);
  out.u16(random.oneIn(8) ? random.u32() & 0xffff : afi);
  out.u8(subtype);
  out.u8(safi);
  if (subtype === 0 && random.oneIn(4)) writeFilters(random, out);
  return finish(out, MessageType.routeRefresh);
}

/** When to refresh, a type, a length, and address prefix entries (RFC 5291 section 4, RFC 5292 section 3). */
function writeFilters(random: Random, out: ByteWriter): void {
  out.u8(random.between(1, 2));
  out.u8(64);
  const at = out.length;
  out.u16(0);
  const count = random.between(0, 3);
  for (let i = 0; i < count; i++) {
    if (random.oneIn(4)) {
      out.u8(0x80);
      continue;
    }
    out.u8(random.pick([0x00, 0x20, 0x40]));
    out.u32(random.u32());
    out.u8(random.below(33));
    out.u8(random.below(33));
    out.u8(24);
    out.copy(random.bytes(3));
  }
  out.patchU16(at, out.length - at - 2);
}
