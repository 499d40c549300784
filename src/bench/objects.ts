/** UPDATEs as plain objects and back: the work of a program that uses the library without caring for speed. */
import type { ByteWriter } from '../base/byte-writer.ts';
import { formatPrefix, maskInPlace, parsePrefix } from '../base/prefix.ts';
import { beginAttribute, endAttribute } from '../wire/attributes/blob.ts';
import { attributeByName, type PathAttributes, type UnknownAttribute } from '../wire/attributes/index.ts';
import { CANONICAL_CONTEXT, readAttributes } from '../wire/attributes/view.ts';
import { HEADER_LENGTH, MessageType, writeHeader } from '../wire/message.ts';
import type { UpdateFrame } from '../wire/update-frame.ts';

/** An UPDATE as objects; prefixes are texts. */
export interface UpdateObjects {
  readonly attributes: PathAttributes;
  readonly unknown: readonly UnknownAttribute[];
  readonly announced: readonly string[];
  readonly withdrawn: readonly string[];
}

/** Reads the well-formed UPDATE that `frame` found in `bytes`, from a session with 4-octet AS numbers. */
export function readObjects(frame: UpdateFrame, bytes: Uint8Array): UpdateObjects {
  const { attributes, unknown } = readAttributes(bytes, frame.attributesStart, frame.attributesEnd);
  const announced: string[] = [];
  const withdrawn: string[] = [];
  readPrefixes(bytes, frame.withdrawnStart, frame.withdrawnEnd, 4, withdrawn);
  if (frame.unreachFamily >= 0)
    readPrefixes(bytes, frame.unreachStart, frame.unreachEnd, frame.unreachFamily === 0 ? 4 : 16, withdrawn);
  if (frame.reachFamily >= 0)
    readPrefixes(bytes, frame.reachStart, frame.reachEnd, frame.reachFamily === 0 ? 4 : 16, announced);
  readPrefixes(bytes, frame.nlriStart, frame.nlriEnd, 4, announced);
  return { attributes, unknown, announced, withdrawn };
}

function readPrefixes(bytes: Uint8Array, start: number, end: number, octets: 4 | 16, into: string[]): void {
  for (let at = start; at < end; ) {
    const length = bytes[at++]!;
    const address = new Uint8Array(octets);
    const used = (length + 7) >>> 3;
    for (let i = 0; i < used; i++) address[i] = bytes[at + i]!;
    maskInPlace(address, length);
    into.push(formatPrefix(address, length));
    at += used;
  }
}

/** Appends an UPDATE message that announces IPv4 prefixes. */
export function writeObjects(update: UpdateObjects, out: ByteWriter): void {
  const start = out.length;
  out.reserve(HEADER_LENGTH);
  out.length += HEADER_LENGTH;
  out.u16(0);
  const lengthAt = out.length;
  out.u16(0);
  for (const [name, value] of Object.entries(update.attributes)) {
    const spec = attributeByName(name)!;
    const at = beginAttribute(out, spec.flags, spec.code, 0);
    spec.write(value, out, CANONICAL_CONTEXT);
    endAttribute(out, at);
  }
  out.patchU16(lengthAt, out.length - lengthAt - 2);
  for (const text of update.announced) {
    const { bytes, length } = parsePrefix(text)!;
    out.u8(length);
    out.copy(bytes, 0, (length + 7) >>> 3);
  }
  writeHeader(out.bytes, start, out.length - start, MessageType.update);
}
