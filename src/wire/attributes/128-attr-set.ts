/**
 * ATTR_SET: the attributes that a customer's route had inside its VPN, carried through the provider (RFC 6368).
 *
 * An AS number and a list of ordinary attributes with 4-octet AS numbers. MP_REACH_NLRI and MP_UNREACH_NLRI in it make
 * it malformed, as does an attribute that is malformed itself (RFC 6368 section 5), and here an ATTR_SET in it: so the
 * depth is bounded by 1. Faults that only discard an attribute elsewhere do not condemn the whole set: such an attribute
 * is kept as bytes. NEXT_HOP means nothing in it and is not judged.
 */

import type { ByteWriter } from '../../base/byte-writer.ts';
import { fromHex, readU16, readU32, toHex } from '../../base/bytes.ts';
import type { WireContext } from '../session-context.ts';
import {
  type AttributeSpec,
  Disposition,
  defineAttribute,
  FLAG_EXTENDED_LENGTH,
  FLAG_OPTIONAL,
  FLAG_TRANSITIVE,
  UpdateError,
} from './spec.ts';

/** Value of ATTR_SET. */
export type AttrSet = {
  /** AS of the customer. */
  readonly originAs: number;
  /** By name, as in `PathAttributes`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Those without a spec, malformed or with other flags than usual, as they stood. */
  readonly unknown: readonly { readonly code: number; readonly flags: number; readonly hex: string }[];
};

const ATTR_SET = 128;
const NEXT_HOP = 3;
const MP_REACH = 14;
const MP_UNREACH = 15;
const TYPE_FLAGS = FLAG_OPTIONAL | FLAG_TRANSITIVE;

/** Nested values have 4-octet AS numbers whatever the session (RFC 6368 section 5). */
const NESTED: WireContext = {
  as4: true,
  external: false,
  extendedMessage: true,
  families: ~0,
  extendedNextHop: ~0,
};

/** The spec of ATTR_SET over the attributes that can stand in it; the list hands itself in. */
export function attrSetOf(specs: readonly AttributeSpec[]) {
  const byCode: (AttributeSpec | undefined)[] = Array<AttributeSpec | undefined>(256).fill(undefined);
  for (const spec of specs) byCode[spec.code] = spec;
  return defineAttribute({
    code: ATTR_SET,
    name: 'attrSet',
    rfc: 'RFC 6368 section 5, RFC 7606 section 7.16',
    flags: TYPE_FLAGS,
    onMalformed: Disposition.treatAsWithdraw,
    check(bytes, start, end) {
      if (end - start < 4) return UpdateError.attributeLength;
      for (let at = start + 4; at < end; ) {
        const header = (bytes[at]! & FLAG_EXTENDED_LENGTH) === 0 ? 3 : 4;
        if (end - at < header) return UpdateError.optionalAttribute;
        const code = bytes[at + 1]!;
        if (code === MP_REACH || code === MP_UNREACH || code === ATTR_SET)
          return UpdateError.optionalAttribute;
        const from = at + header;
        const flags = bytes[at]! & TYPE_FLAGS;
        at = from + (header === 3 ? bytes[at + 2]! : readU16(bytes, at + 2));
        if (at > end) return UpdateError.optionalAttribute;
        const spec = byCode[code];
        if (spec !== undefined && code !== NEXT_HOP && withdraws(spec, flags, bytes, from, at))
          return UpdateError.optionalAttribute;
      }
      return 0;
    },
    read(bytes, start, end): AttrSet {
      const attributes: Record<string, unknown> = {};
      const unknown: { code: number; flags: number; hex: string }[] = [];
      for (let at = start + 4; at < end; ) {
        const flags = bytes[at]!;
        const code = bytes[at + 1]!;
        const wide = (flags & FLAG_EXTENDED_LENGTH) !== 0;
        const from = at + (wide ? 4 : 3);
        const to = from + (wide ? readU16(bytes, at + 2) : bytes[at + 2]!);
        const spec = byCode[code];
        const isUsual =
          spec !== undefined &&
          (flags & ~FLAG_EXTENDED_LENGTH) === spec.flags &&
          !(spec.name in attributes) &&
          spec.check(bytes, from, to, NESTED) === 0;
        if (isUsual) attributes[spec.name] = spec.read(bytes, from, to, NESTED);
        else unknown.push({ code, flags: flags & ~FLAG_EXTENDED_LENGTH, hex: toHex(bytes, from, to) });
        at = to;
      }
      return { originAs: readU32(bytes, start), attributes, unknown };
    },
    write({ originAs, attributes, unknown }, out) {
      out.u32(originAs);
      for (const [name, value] of Object.entries(attributes)) {
        const spec = specs.find((candidate) => candidate.name === name);
        if (spec === undefined || value === undefined) continue;
        writeNested(out, spec.flags, spec.code, () => spec.write(value, out, NESTED));
      }
      for (const { code, flags, hex } of unknown) writeNested(out, flags, code, () => out.copy(fromHex(hex)));
    },
    format({ originAs, attributes, unknown }) {
      const known = Object.entries(attributes).map(([name, value]) => {
        const spec = specs.find((candidate) => candidate.name === name);
        return `${name} ${spec?.format(value) ?? ''}`;
      });
      const raw = unknown.map(({ code, hex }) => `attribute ${code} 0x${hex}`);
      return `AS ${originAs} {${[...known, ...raw].join('; ')}}`;
    },
  });
}

/** Whether the nested attribute is malformed in a way that costs a route its life. */
function withdraws(
  spec: AttributeSpec,
  flags: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const isFlagged = flags !== spec.flags;
  const subcode = isFlagged ? UpdateError.attributeFlags : spec.check(bytes, start, end, NESTED);
  if (subcode === 0) return false;
  const usual = isFlagged ? Disposition.treatAsWithdraw : spec.onMalformed;
  return (spec.faults?.[subcode] ?? usual) >= Disposition.treatAsWithdraw;
}

/** An attribute with the length field it needs, known only when the value stands. */
function writeNested(out: ByteWriter, flags: number, code: number, write: () => void): void {
  const at = out.length;
  out.u8(flags | FLAG_EXTENDED_LENGTH);
  out.u8(code);
  out.u16(0);
  const start = out.length;
  write();
  const length = out.length - start;
  if (length > 255) {
    out.patchU16(start - 2, length);
    return;
  }
  out.bytes.copyWithin(start - 1, start, out.length);
  out.length--;
  out.patchU8(at, flags);
  out.patchU8(at + 2, length);
}
