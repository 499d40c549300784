/**
 * BGP Prefix-SID: the segment identifier of a prefix, MPLS (RFC 8669) or SRv6 (RFC 9252). A row of TLVs; those that
 * have no text form here are kept as hexadecimal.
 *
 * An external neighbor is taken to be outside of the SR domain: it is not believed (RFC 8669 section 4) nor told.
 */
import { readU16, readU32 } from '../../base/bytes.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE, UpdateError } from './spec.ts';
import { readText, type TextForm, type TextTlv, typeName, typeNumber, writeText } from './text-values.ts';

const NAMES: Readonly<Record<number, string>> = {
  1: 'label-index',
  3: 'originator-srgb',
  5: 'srv6-l3-service',
  6: 'srv6-l2-service',
};
const LABEL_INDEX = 1;
const ORIGINATOR_SRGB = 3;
/** The SRv6 service TLVs. */
const L3_SERVICE = 5;
const L2_SERVICE = 6;
const SID_INFORMATION = 1;
/** Octets of SID Information in front of its sub-sub-TLVs: reserved, SID, flags, behavior, reserved. */
const SID_INFORMATION_FIXED = 21;
/** Octets of type and length, of TLVs on each of the three levels. */
const HEADER = 3;
const LABEL_INDEX_LENGTH = 7;
const SRGB_FLAGS = 2;
const SRGB_RANGE = 6;

/** A reserved octet and two of flags, all 0, and the index. */
const labelIndex: TextForm = {
  read: (bytes, start) => String(readU32(bytes, start + 3)),
  write(text, out) {
    if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffffffff) return false;
    out.u8(0);
    out.u16(0);
    out.u32(Number(text));
    return true;
  },
};

/** Two octets of flags, 0, and ranges of labels: `16000+8000 32000+100` is first label and count. */
const originatorSrgb: TextForm = {
  read(bytes, start, end) {
    const ranges: string[] = [];
    for (let at = start + SRGB_FLAGS; at < end; at += SRGB_RANGE)
      ranges.push(`${readU32(bytes, at) >>> 8}+${readU32(bytes, at + 2) & 0xffffff}`);
    return ranges.join(' ');
  },
  write(text, out) {
    if (!/^\d{1,8}\+\d{1,8}(?: \d{1,8}\+\d{1,8})*$/.test(text)) return false;
    out.u16(0);
    for (const number of text.split(/[ +]/).map(Number)) {
      if (number > 0xffffff) return false;
      out.u8(number >>> 16);
      out.u16(number & 0xffff);
    }
    return true;
  },
};

/** Whether the lengths in the value of an SRv6 service TLV fit into each other; unknown types are as good as any. */
function isSoundService(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return false;
  for (let at = start + 1; at < end; ) {
    if (end - at < HEADER) return false;
    const type = bytes[at]!;
    const value = at + HEADER;
    at = value + readU16(bytes, value - 2);
    if (at > end) return false;
    if (type !== SID_INFORMATION) continue;
    let inner = value + SID_INFORMATION_FIXED;
    while (inner < at) {
      if (at - inner < HEADER) return false;
      inner += HEADER + readU16(bytes, inner + 1);
    }
    if (inner !== at) return false;
  }
  return true;
}

const FORMS: Readonly<Record<number, TextForm>> = {
  [LABEL_INDEX]: labelIndex,
  [ORIGINATOR_SRGB]: originatorSrgb,
};

export const prefixSid = defineAttribute({
  code: 40,
  name: 'prefixSid',
  rfc: 'RFC 8669 sections 3, 4 and 6, RFC 9252 section 7',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.attributeDiscard,
  // A length of an SRv6 service that is wrong: what is left would be a route without its service (RFC 9252 section 7).
  faults: { [UpdateError.attributeLength]: Disposition.treatAsWithdraw },
  discardFromExternal: true,
  check(bytes, start, end) {
    if (start === end) return UpdateError.optionalAttribute;
    for (let at = start; at < end; ) {
      if (end - at < HEADER) return UpdateError.optionalAttribute;
      const type = bytes[at]!;
      const length = readU16(bytes, at + 1);
      const isService = type === L3_SERVICE || type === L2_SERVICE;
      at += HEADER + length;
      if (at > end) return isService ? UpdateError.attributeLength : UpdateError.optionalAttribute;
      if (isService && !isSoundService(bytes, at - length, at)) return UpdateError.attributeLength;
      if (type === LABEL_INDEX && length !== LABEL_INDEX_LENGTH) return UpdateError.optionalAttribute;
      if (type === ORIGINATOR_SRGB && (length <= SRGB_FLAGS || (length - SRGB_FLAGS) % SRGB_RANGE !== 0))
        return UpdateError.optionalAttribute;
    }
    return 0;
  },
  read(bytes, start, end): readonly TextTlv[] {
    const values: TextTlv[] = [];
    for (let at = start; at < end; ) {
      const type = bytes[at]!;
      const next = at + HEADER + readU16(bytes, at + 1);
      values.push({
        type: typeName(NAMES, type),
        value: readText(FORMS[type], bytes, at + HEADER, next),
      });
      at = next;
    }
    return values;
  },
  write(value, out) {
    for (const { type, value: text } of value) {
      const number = typeNumber(NAMES, type, 255);
      out.u8(number);
      const lengthAt = out.length;
      out.u16(0);
      writeText(FORMS[number], text, out);
      out.patchU16(lengthAt, out.length - lengthAt - 2);
    }
  },
  format: (value) => value.map(({ type, value: text }) => `${type} ${text}`).join(', '),
});
