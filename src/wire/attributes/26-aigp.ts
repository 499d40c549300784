/**
 * AIGP: what a path costs inside all the ASes of one administration. A row of TLVs, of which the first of type 1 counts.
 *
 * Bellhop enables it for no external neighbor, so from one it is discarded (RFC 7311 section 3.3), and told to none.
 */
import { readU16 } from '../../base/bytes.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, UpdateError } from './spec.ts';
import { readText, type TextForm, type TextTlv, typeName, typeNumber, writeText } from './text-values.ts';

const NAMES: Readonly<Record<number, string>> = { 1: 'metric' };
const METRIC = 1;
/** Octets of type and length; the length counts them as well. */
const HEADER = 3;
const METRIC_LENGTH = 11;

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
  rfc: 'RFC 7311 section 3',
  flags: FLAG_OPTIONAL,
  onMalformed: Disposition.attributeDiscard,
  discardFromExternal: true,
  check(bytes, start, end) {
    if (start === end) return UpdateError.attributeLength;
    for (let at = start; at < end; ) {
      if (end - at < HEADER) return UpdateError.optionalAttribute;
      const length = readU16(bytes, at + 1);
      if (length < HEADER || at + length > end) return UpdateError.optionalAttribute;
      if (bytes[at] === METRIC && length !== METRIC_LENGTH) return UpdateError.optionalAttribute;
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
