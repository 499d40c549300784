/**
 * UPDATEs under fuzz: the verdict of the frame, each attribute and each field of routes by itself, and the canonical
 * blob. Throws a {@link Finding} where a promise is broken.
 */
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { toHex } from '../../src/base/bytes.ts';
import { nlriCodec } from '../../src/fuzz/nlri-codec.ts';
import { writeAttribute, writeCanonicalBlob } from '../../src/wire/attributes/blob.ts';
import { attributeByCode, attributeByName } from '../../src/wire/attributes/index.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { CANONICAL_CONTEXT, readAttributes } from '../../src/wire/attributes/view.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';
import { updateFaultAt, updateFaultClause } from '../../src/wire/fault-place.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { describeUpdateFault, updateNotification } from '../../src/wire/update-fault.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';
import { must, mustEqual } from './finding.ts';

const DISPOSITIONS: readonly number[] = Object.values(Disposition);
const MARGIN = 16;

/** The fields of a frame, as offsets from the start of the body. */
function fieldsOf(frame: UpdateFrame): Record<string, unknown> {
  const discarded: number[] = [];
  for (let code = 0; code < 256; code++) if (frame.isDiscarded(code)) discarded.push(code);
  return { ...frame, discarded };
}

/** The body of an UPDATE. */
export function checkUpdate(body: Uint8Array, context: WireContext): void {
  const bytes = new Uint8Array(body.length + 2 * MARGIN);
  bytes.set(body, MARGIN);
  const start = MARGIN;
  const end = MARGIN + body.length;
  const frame = new UpdateFrame();
  const disposition = frame.scan(bytes, start, end, context);
  const fields = fieldsOf(frame);
  must(DISPOSITIONS.includes(disposition), `no disposition: ${disposition}`);
  must(frame.disposition === disposition, 'two dispositions');
  must(
    (frame.subcode !== 0) === (disposition !== Disposition.accept),
    'a fault without a subcode, or the reverse',
  );
  bytes.fill(0xff, 0, start).fill(0xff, end);
  const poisoned = new UpdateFrame();
  poisoned.scan(bytes, start, end, context);
  mustEqual(fieldsOf(poisoned), fields, 'octets outside the message count');
  for (const [first, last] of PLACES) checkPlace(frame, first, last, start, end);
  must(describeUpdateFault(frame.subcode, frame.faultyAttribute) !== '', 'a fault without a name');
  if (disposition !== Disposition.accept) {
    const at = updateFaultAt(frame, bytes, start, end, context);
    must(at >= start && at <= end, () => `a fault at ${at - start} of ${end - start} octets`);
    must(/^RFC \d+/.test(updateFaultClause(frame, bytes)), 'a fault without a clause');
  }
  const { code } = updateNotification(frame, bytes);
  must(code === 3, 'an UPDATE error with another code');
  if (frame.attributesEnd > frame.attributesStart) checkAttributes(bytes, frame, context);
  checkFamilies(bytes, frame, context);
  if (disposition >= Disposition.treatAsWithdraw || !frame.announces) return;
  if (frame.nlriEnd > frame.nlriStart) checkBlob(frame, bytes, context, false);
  if (frame.reachFamily >= 0) checkBlob(frame, bytes, context, true);
}

const PLACES = [
  ['withdrawnStart', 'withdrawnEnd'],
  ['attributesStart', 'attributesEnd'],
  ['nlriStart', 'nlriEnd'],
  ['faultStart', 'faultEnd'],
  ['asPathStart', 'asPathEnd'],
  ['as4PathStart', 'as4PathEnd'],
  ['reachStart', 'reachEnd'],
  ['unreachStart', 'unreachEnd'],
] as const;

type Place = (typeof PLACES)[number];

function checkPlace(frame: UpdateFrame, first: Place[0], last: Place[1], start: number, end: number): void {
  const from = frame[first];
  const to = frame[last];
  if (from === 0 && to === 0) return;
  if (first === 'reachStart' && frame.reachFamily < 0) return;
  if (first === 'unreachStart' && frame.unreachFamily < 0) return;
  must(from >= start && from <= to && to <= end, () => `${first} ${from - start}..${to - start} is outside`);
}

/** Each attribute by itself: what `check` accepts is read, said, written, and read the same again. */
function checkAttributes(bytes: Uint8Array, frame: UpdateFrame, context: WireContext): void {
  let at = frame.attributesStart;
  const end = frame.attributesEnd;
  while (at + 3 <= end) {
    const extended = (bytes[at]! & 0x10) !== 0;
    if (extended && at + 4 > end) return;
    const start = at + (extended ? 4 : 3);
    const stop = start + (extended ? (bytes[at + 2]! << 8) | bytes[at + 3]! : bytes[at + 2]!);
    if (stop > end) return;
    checkAttribute(bytes[at + 1]!, bytes, start, stop, context);
    at = stop;
  }
}

/** The value `bytes[start..end)` of attribute `code`. */
function checkAttribute(
  code: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  context: WireContext,
): void {
  const spec = attributeByCode[code];
  if (spec === undefined) return;
  const subcode = spec.check(bytes, start, end, context);
  must(Number.isInteger(subcode) && subcode >= 0 && subcode <= 11, `${spec.name}: subcode ${subcode}`);
  if (subcode !== 0) return;
  const value = spec.read(bytes, start, end, context);
  must(typeof spec.format(value) === 'string', `${spec.name}: no text`);
  const out = new ByteWriter(64);
  spec.write(value, out, context);
  const { length } = out;
  must(length <= 0xffff, `${spec.name}: ${length} octets written`);
  must(
    spec.check(out.bytes, 0, length, context) === 0,
    () => `${spec.name}: refuses its own ${toHex(out.take())}`,
  );
  mustEqual(spec.read(out.bytes, 0, length, context), value, `${spec.name} written and read again`);
}

/** The NLRI of each part, where the family has a codec for it. */
function checkFamilies(bytes: Uint8Array, frame: UpdateFrame, context: WireContext): void {
  checkNlri(0, bytes, frame.withdrawnStart, frame.withdrawnEnd, context);
  checkNlri(0, bytes, frame.nlriStart, frame.nlriEnd, context);
  checkNlri(frame.reachFamily, bytes, frame.reachStart, frame.reachEnd, context);
  checkNlri(frame.unreachFamily, bytes, frame.unreachStart, frame.unreachEnd, context);
}

function checkNlri(index: number, bytes: Uint8Array, start: number, end: number, context: WireContext): void {
  const family = FAMILIES[index];
  const codec = family === undefined ? undefined : nlriCodec(family);
  if (family === undefined || codec === undefined) return;
  const addPath = (((context as { readonly addPath?: number }).addPath ?? 0) & (1 << index)) !== 0;
  const fault = codec.check(bytes, start, end, addPath);
  must(fault === -1 || (fault >= start && fault <= end), () => `${family.name}: fault at ${fault - start}`);
  if (fault !== -1) return;
  const values = codec.read(bytes, start, end, addPath);
  for (const value of values) must(codec.format(value) !== '', `${family.name}: no text`);
  const out = new ByteWriter(64);
  codec.write(values, out, addPath);
  must(codec.check(out.bytes, 0, out.length, addPath) === -1, `${family.name}: refuses its own NLRI`);
  mustEqual(codec.read(out.bytes, 0, out.length, addPath), values, `${family.name} written and read again`);
}

/** The canonical blob is well-formed, reads to objects and back, and is its own canonical form. */
function checkBlob(
  frame: UpdateFrame,
  bytes: Uint8Array,
  context: WireContext,
  multiprotocol: boolean,
): void {
  const out = new ByteWriter(64);
  writeCanonicalBlob(frame, bytes, context, multiprotocol, out);
  const blob = out.take();
  const view = readAttributes(blob, 0, blob.length);
  const codes = [...Object.keys(view.attributes), ...view.unknown.map(({ code }) => code)];
  must(new Set(codes).size === codes.length, 'an attribute twice in a blob');
  const again = new ByteWriter(64);
  for (const [name, value] of Object.entries(view.attributes)) {
    const spec = attributeByName(name)!;
    const part = new ByteWriter(64);
    spec.write(value, part, CANONICAL_CONTEXT);
    writeAttribute(again, spec.flags, spec.code, part.bytes, 0, part.length);
  }
  const { attributes } = readAttributes(again.bytes, 0, again.length);
  mustEqual(attributes, view.attributes, 'a blob written and read again');
  const canonical = { ...context, as4: true };
  const update = updateOf(blob, frame, bytes, multiprotocol);
  // A path with 4-octet AS numbers takes twice the room: then no message holds all of them.
  if (update === undefined) return;
  const second = new UpdateFrame();
  const disposition = second.scan(update, 0, update.length, canonical);
  must(disposition <= Disposition.attributeDiscard, () => `a blob is no attributes: ${toHex(blob)}`);
  const stable = new ByteWriter(64);
  if (!second.rewrite && !multiprotocol) stable.copy(update, second.attributesStart, second.attributesEnd);
  else writeCanonicalBlob(second, update, canonical, multiprotocol, stable);
  mustEqual(toHex(stable.take()), toHex(blob), 'the canonical form of a blob');
}

/** The body of an UPDATE with the attributes of a blob and the routes of `frame`; undefined when they do not fit. */
function updateOf(
  blob: Uint8Array,
  frame: UpdateFrame,
  bytes: Uint8Array,
  multiprotocol: boolean,
): Uint8Array | undefined {
  const out = new ByteWriter(64);
  out.u16(0);
  out.u16(0);
  for (let at = 0; at < blob.length; ) {
    const extended = (blob[at]! & 0x10) !== 0;
    const from = at + (extended ? 4 : 3);
    const to = from + (extended ? (blob[at + 2]! << 8) | blob[at + 3]! : blob[at + 2]!);
    if (multiprotocol && blob[at + 1] === 3) {
      const family = FAMILIES[frame.reachFamily]!;
      const value = new ByteWriter(64);
      value.u16(family.afi);
      value.u8(family.safi);
      value.u8(to - from);
      value.copy(blob, from, to);
      value.u8(0);
      value.copy(bytes, frame.reachStart, frame.reachEnd);
      if (value.length + out.length < 0xffff) writeAttribute(out, 0x80, 14, value.bytes, 0, value.length);
    } else out.copy(blob, at, to);
    at = to;
  }
  if (out.length - 4 > 0xffff) return undefined;
  out.patchU16(2, out.length - 4);
  if (!multiprotocol) out.copy(bytes, frame.nlriStart, frame.nlriEnd);
  return out.take();
}
