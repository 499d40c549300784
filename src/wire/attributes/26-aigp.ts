/**
 * AIGP: what a path costs inside all the ASes of one administration. A row of TLVs, of which the first of type 1 counts;
 * others, also of unknown types, are legal beside it. A first metric of all ones is malformed (RFC 7311 section 3.2).
 *
 * Bellhop enables it for no external neighbor, so from one it is discarded (RFC 7311 section 3.3), and told to none.
 */
import { readU16, readU32 } from '../../base/bytes.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, UpdateError } from './spec.ts';
import { readText, type TextForm, type TextTlv, typeName, typeNumber, writeText } from './text-values.ts';

const NAMES: Readonly<Record<number, string>> = { 1: 'metric' };
const METRIC = 1;
/** Octets of type and length; the length counts them as well. */
const HEADER = 3;
const METRIC_LENGTH = 11;

/** Whether the 64 bits at `at` are all ones. */
function isMaximum(bytes: Uint8Array, at: number): boolean {
  return readU32(bytes, at) === 0xffffffff && readU32(bytes, at + 4) === 0xffffffff;
}

/** 64 bits in decimal digits. */
const metric: TextForm = {
  read(bytes, start, end) {
    let value = 0n;
    for (let at = start; at < end; at++) value = (value << 8n) | BigInt(bytes[at]!);
    return String(value);
  },
  write(text, out) {
    if (!/^\d{1,20}$/.test(text)) return false;
    const value = BigInt(text);
    if (value > 0xffffffffffffffffn) return false;
    out.u32(Number(value >> 32n));
    out.u32(Number(value & 0xffffffffn));
    return true;
  },
};

export const aigp = defineAttribute({
  code: 26,
  name: 'aigp',
  rfc: 'RFC 7311 sections 3 and 3.2',
  flags: FLAG_OPTIONAL,
  onMalformed: Disposition.attributeDiscard,
  // "Exactly as if it were an unrecognized non-transitive attribute": also with the Transitive bit set (section 3.2).
  faults: { [UpdateError.attributeFlags]: Disposition.attributeDiscard },
  discardFromExternal: true,
  check(bytes, start, end) {
    if (start === end) return UpdateError.attributeLength;
    let isFirst = true;
    for (let at = start; at < end; ) {
      if (end - at < HEADER) return UpdateError.optionalAttribute;
      const length = readU16(bytes, at + 1);
      if (length < HEADER || at + length > end) return UpdateError.optionalAttribute;
      if (bytes[at] === METRIC) {
        if (length !== METRIC_LENGTH || (isFirst && isMaximum(bytes, at + HEADER)))
          return UpdateError.optionalAttribute;
        isFirst = false;
      }
      at += length;
    }
    return 0;
  },
  read(bytes, start, end): readonly TextTlv[] {
    const values: TextTlv[] = [];
    for (let at = start; at < end; ) {
      const next = at + readU16(bytes, at + 1);
      const form = bytes[at] === METRIC ? metric : undefined;
      values.push({ type: typeName(NAMES, bytes[at]!), value: readText(form, bytes, at + HEADER, next) });
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
      writeText(number === METRIC ? metric : undefined, text, out);
      out.patchU16(lengthAt, out.length - lengthAt + 1);
    }
  },
  format: (value) => value.map(({ type, value: text }) => `${type} ${text}`).join(' '),
});
