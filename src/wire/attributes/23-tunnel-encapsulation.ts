/**
 * TUNNEL_ENCAPSULATION: tunnels that packets for the routes may take, each with what its head needs to know.
 *
 * Tunnel TLVs have a type and a length of two octets each; the sub-TLVs inside a type of one octet and a length of
 * one, or of two for types from 128 on. The last octet of a TLV must be that of its last sub-TLV, and there must be a
 * TLV (RFC 9012 section 13).
 *
 * Filtered from and to external neighbors, which section 11 wants by default.
 */
import { ByteWriter } from '../../base/byte-writer.ts';
import { readU16 } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';
import { TUNNEL_TYPE_NAMES } from '../extended-communities/opaque.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE, UpdateError } from './spec.ts';
import { readText, type TextTlv, typeName, typeNumber, writeText } from './text-values.ts';
import { SUB_TLV_FORMS, SUB_TLV_NAMES } from './tunnel-sub-tlvs.ts';

/** One tunnel. */
export type Tunnel = {
  /** Name of the tunnel type, or its number: `vxlan`. */
  readonly type: string;
  readonly subTlvs: readonly TextTlv[];
};

/** Sub-TLV types from here on have two octets of length. */
const WIDE_SUB_TLV = 128;

export const tunnelEncapsulation = defineAttribute({
  code: 23,
  name: 'tunnelEncapsulation',
  rfc: 'RFC 9012 sections 2, 3, 11 and 13',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  discardFromExternal: true,
  check(bytes, start, end) {
    if (start === end) return UpdateError.attributeLength;
    let at = start;
    while (at < end) {
      if (end - at < 4) return UpdateError.optionalAttribute;
      const next = at + 4 + readU16(bytes, at + 2);
      if (next > end) return UpdateError.optionalAttribute;
      at += 4;
      while (at < next) {
        const header = bytes[at]! < WIDE_SUB_TLV ? 2 : 3;
        if (next - at < header) return UpdateError.optionalAttribute;
        at += header + (header === 2 ? bytes[at + 1]! : readU16(bytes, at + 1));
      }
      if (at > next) return UpdateError.optionalAttribute;
    }
    return 0;
  },
  read(bytes, start, end): readonly Tunnel[] {
    const tunnels: Tunnel[] = [];
    for (let at = start; at < end; ) {
      const next = at + 4 + readU16(bytes, at + 2);
      const subTlvs = readSubTlvs(bytes, at + 4, next);
      tunnels.push({ type: typeName(TUNNEL_TYPE_NAMES, readU16(bytes, at)), subTlvs });
      at = next;
    }
    return tunnels;
  },
  write(value, out) {
    for (const { type, subTlvs } of value) {
      out.u16(typeNumber(TUNNEL_TYPE_NAMES, type, 0xffff));
      const lengthAt = out.length;
      out.u16(0);
      for (const subTlv of subTlvs) writeSubTlv(subTlv, out);
      out.patchU16(lengthAt, out.length - lengthAt - 2);
    }
  },
  format: (value) =>
    value
      .map(({ type, subTlvs }) => `${type} (${subTlvs.map((one) => `${one.type} ${one.value}`).join(', ')})`)
      .join(' '),
});

function readSubTlvs(bytes: Uint8Array, start: number, end: number): TextTlv[] {
  const subTlvs: TextTlv[] = [];
  for (let at = start; at < end; ) {
    const type = bytes[at]!;
    const value = at + (type < WIDE_SUB_TLV ? 2 : 3);
    const next = value + (type < WIDE_SUB_TLV ? bytes[at + 1]! : readU16(bytes, at + 1));
    subTlvs.push({
      type: typeName(SUB_TLV_NAMES, type),
      value: readText(SUB_TLV_FORMS[type], bytes, value, next),
    });
    at = next;
  }
  return subTlvs;
}

function writeSubTlv({ type, value }: TextTlv, out: ByteWriter): void {
  const number = typeNumber(SUB_TLV_NAMES, type, 255);
  const body = new ByteWriter(32);
  writeText(SUB_TLV_FORMS[number], value, body);
  if (number < WIDE_SUB_TLV && body.length > 255)
    throw new BellhopError('INVALID_ARGUMENT', `a ${type} sub-TLV of ${body.length} octets, 255 fit`);
  out.u8(number);
  if (number < WIDE_SUB_TLV) out.u8(body.length);
  else out.u16(body.length);
  out.copy(body.bytes, 0, body.length);
}
