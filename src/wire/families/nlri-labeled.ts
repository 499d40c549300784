/**
 * NLRI with MPLS labels: labelled unicast (RFC 8277 section 2), and with a route distinguisher in between the VPN
 * families (RFC 4364 section 4.3.4, RFC 4659). One length octet counts labels, distinguisher and prefix together.
 *
 * A label stack ends with the bottom-of-stack bit. In withdrawals three octets of 0x800000 (or 0x000000, from before
 * RFC 8277) stand where labels would: they read as no label at all. Since an element looks the same whether it is
 * announced or withdrawn, these two values end a stack wherever it has just begun.
 */

import type { ByteWriter } from '../../base/byte-writer.ts';
import { BellhopError } from '../../base/errors.ts';
import { formatPathId, PATH_ID_OCTETS, readPathId, writePathId } from './path-id.ts';
import { type AddressOctets, octetsOf, prefixOf, readPrefixText, writePrefixOctets } from './prefix-bits.ts';
import { DISTINGUISHER_OCTETS, readDistinguisher, writeDistinguisher } from './route-distinguisher.ts';
import type { NlriCodec, PathIdentified } from './spec.ts';

/** A prefix with labels: `{ prefix: '192.0.2.0/24', labels: [100] }`. */
export interface LabeledNlri extends PathIdentified {
  readonly prefix: string;
  /** Outermost first, 0..1048575 each; empty in a withdrawal that names no label. */
  readonly labels: readonly number[];
}

/** A prefix of a VPN: `{ rd: '65000:1', prefix: '10.0.0.0/8', labels: [100] }`. */
export interface VpnNlri extends LabeledNlri {
  /** Route distinguisher: `65000:1`, `192.0.2.1:1`, `4200000000:1`. */
  readonly rd: string;
}

const LABEL_OCTETS = 3;
const LABEL_BITS = 24;
/** The label in its 24 bits, without traffic class and bottom-of-stack bit. */
const LABEL_MASK = 0xfffff0;
const BOTTOM_OF_STACK = 0x000001;
const WITHDRAWN_LABEL = 0x800000;
const MAX_LABEL = 0xfffff;

/** The codec of a labelled unicast family. */
export function labeledNlri(addressOctets: AddressOctets): NlriCodec<LabeledNlri> {
  return {
    check: (bytes, start, end, addPath) => checkLabeled(bytes, start, end, addPath, addressOctets, 0),
    read(bytes, start, end, addPath) {
      const values: LabeledNlri[] = [];
      eachLabeled(bytes, start, end, addPath, 0, (labels, at, bits, id) => {
        values.push({ prefix: readPrefixText(bytes, at, bits, addressOctets), labels, ...id });
      });
      return values;
    },
    write(values, out, addPath) {
      for (const value of values) writeLabeled(value, undefined, addressOctets, out, addPath);
    },
    format: (value) => `${value.prefix}${formatLabels(value.labels)}${formatPathId(value)}`,
  };
}

/** The codec of a VPN family. */
export function vpnNlri(addressOctets: AddressOctets): NlriCodec<VpnNlri> {
  return {
    check: (bytes, start, end, addPath) =>
      checkLabeled(bytes, start, end, addPath, addressOctets, DISTINGUISHER_OCTETS),
    read(bytes, start, end, addPath) {
      const values: VpnNlri[] = [];
      eachLabeled(bytes, start, end, addPath, DISTINGUISHER_OCTETS, (labels, at, bits, id) => {
        const prefix = readPrefixText(bytes, at + DISTINGUISHER_OCTETS, bits, addressOctets);
        values.push({ rd: readDistinguisher(bytes, at), prefix, labels, ...id });
      });
      return values;
    },
    write(values, out, addPath) {
      for (const value of values) writeLabeled(value, value.rd, addressOctets, out, addPath);
    },
    format: (value) => `${value.rd} ${value.prefix}${formatLabels(value.labels)}${formatPathId(value)}`,
  };
}

function formatLabels(labels: readonly number[]): string {
  return labels.length === 0 ? '' : ` label ${labels.join('/')}`;
}

/** HOT. Both forms; `distinguisher` is the number of octets between labels and prefix. */
function checkLabeled(
  bytes: Uint8Array,
  start: number,
  end: number,
  addPath: boolean,
  addressOctets: AddressOctets,
  distinguisher: number,
): number {
  const skip = addPath ? PATH_ID_OCTETS : 0;
  let at = start;
  while (at < end) {
    const element = at;
    at += skip;
    if (at >= end) return element;
    const length = bytes[at++]!;
    const next = at + ((length + 7) >>> 3);
    if (next > end) return element;
    const bits = length - labelStackOctets(bytes, at, length) * 8 - distinguisher * 8;
    if (bits < 0 || bits > addressOctets * 8) return element;
    at = next;
  }
  return -1;
}

/** HOT. Octets of the label stack at `at`, of an element of `length` bits; 256 when the stack has no end. */
function labelStackOctets(bytes: Uint8Array, at: number, length: number): number {
  const first = at;
  for (let left = length; left >= LABEL_BITS; left -= LABEL_BITS) {
    const label = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    at += LABEL_OCTETS;
    if ((label & BOTTOM_OF_STACK) !== 0) return at - first;
    const value = label & LABEL_MASK;
    if (at - first === LABEL_OCTETS && (value === WITHDRAWN_LABEL || value === 0)) return LABEL_OCTETS;
  }
  return 256;
}

/** Visits the elements of NLRI that passed the check; `at` is where the label stack has ended. */
function eachLabeled(
  bytes: Uint8Array,
  start: number,
  end: number,
  addPath: boolean,
  distinguisher: number,
  visit: (labels: number[], at: number, bits: number, id: PathIdentified) => void,
): void {
  for (let at = start; at < end; ) {
    const id = readPathId(bytes, at, addPath);
    if (addPath) at += PATH_ID_OCTETS;
    const length = bytes[at++]!;
    const stack = labelStackOctets(bytes, at, length);
    const labels: number[] = [];
    if ((bytes[at + stack - 1]! & BOTTOM_OF_STACK) !== 0)
      for (let i = at; i < at + stack; i += LABEL_OCTETS)
        labels.push((bytes[i]! << 12) | (bytes[i + 1]! << 4) | (bytes[i + 2]! >>> 4));
    visit(labels, at + stack, length - (stack + distinguisher) * 8, id);
    at += octetsOf(length);
  }
}

function writeLabeled(
  value: LabeledNlri,
  rd: string | undefined,
  addressOctets: AddressOctets,
  out: ByteWriter,
  addPath: boolean,
): void {
  const { labels } = value;
  // Without its bottom-of-stack bit either of them would read as a withdrawal's.
  if (labels.length > 1 && (labels[0] === 0 || labels[0] === WITHDRAWN_LABEL >>> 4))
    throw new BellhopError('INVALID_ARGUMENT', `label ${labels[0]} cannot stand above another one`);
  const prefix = prefixOf(value.prefix, addressOctets);
  const stackBits = Math.max(labels.length, 1) * LABEL_BITS;
  const length = stackBits + (rd === undefined ? 0 : DISTINGUISHER_OCTETS * 8) + prefix.length;
  if (length > 255)
    throw new BellhopError('INVALID_ARGUMENT', `${labels.length} labels do not fit with ${value.prefix}`);
  writePathId(value, out, addPath);
  out.u8(length);
  if (labels.length === 0) writeU24(WITHDRAWN_LABEL, out);
  for (const [i, label] of labels.entries()) {
    if (label < 0 || label > MAX_LABEL) throw new BellhopError('INVALID_ARGUMENT', `no MPLS label: ${label}`);
    writeU24((label << 4) | (i === labels.length - 1 ? BOTTOM_OF_STACK : 0), out);
  }
  if (rd !== undefined) writeDistinguisher(rd, out);
  writePrefixOctets(prefix, out);
}

function writeU24(value: number, out: ByteWriter): void {
  out.u8(value >>> 16);
  out.u16(value & 0xffff);
}
