/**
 * Flow specification NLRI (RFC 8955 section 4, RFC 8956): what a packet must look like, as a list of components. The
 * VPN forms have a route distinguisher in front (RFC 8955 section 8).
 *
 * An element opens with its length: one octet below 240, else two with 0xf in the upper four bits, up to 4,095.
 */
import { ByteWriter } from '../../base/byte-writer.ts';
import { readU16 } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';
import {
  checkComponents,
  type FlowspecComponent,
  readComponents,
  writeComponents,
} from './flowspec-components.ts';
import { formatPathId, PATH_ID_OCTETS, readPathId, writePathId } from './path-id.ts';
import type { AddressOctets } from './prefix-bits.ts';
import { DISTINGUISHER_OCTETS, readDistinguisher, writeDistinguisher } from './route-distinguisher.ts';
import type { NlriCodec, PathIdentified } from './spec.ts';

/** `{ components: [{ type: 'destination', value: '192.0.2.0/24' }, { type: 'port', value: '=80' }] }`. */
export interface FlowspecNlri extends PathIdentified {
  /** Ascending by type, each type at most once. */
  readonly components: readonly FlowspecComponent[];
}

/** A flow specification of a VPN. */
export interface FlowspecVpnNlri extends FlowspecNlri {
  /** Route distinguisher: `65000:1`. */
  readonly rd: string;
}

/** Lengths from here on take two octets. */
const WIDE_LENGTH = 0xf0;
const MAX_LENGTH = 0xfff;

/** The codec of a flow specification family. */
export function flowspecNlri(addressOctets: AddressOctets): NlriCodec<FlowspecNlri> {
  return {
    check: (bytes, start, end, addPath) => checkFlowspecs(bytes, start, end, addPath, addressOctets, 0),
    read(bytes, start, end, addPath) {
      const values: FlowspecNlri[] = [];
      eachFlowspec(bytes, start, end, addPath, (at, next, id) => {
        values.push({ components: readComponents(bytes, at, next, addressOctets), ...id });
      });
      return values;
    },
    write(values, out, addPath) {
      for (const value of values) writeFlowspec(value, undefined, addressOctets, out, addPath);
    },
    format: (value) => `${formatComponents(value)}${formatPathId(value)}`,
  };
}

/** The codec of a flow specification family of VPNs. */
export function flowspecVpnNlri(addressOctets: AddressOctets): NlriCodec<FlowspecVpnNlri> {
  return {
    check: (bytes, start, end, addPath) =>
      checkFlowspecs(bytes, start, end, addPath, addressOctets, DISTINGUISHER_OCTETS),
    read(bytes, start, end, addPath) {
      const values: FlowspecVpnNlri[] = [];
      eachFlowspec(bytes, start, end, addPath, (at, next, id) => {
        const components = readComponents(bytes, at + DISTINGUISHER_OCTETS, next, addressOctets);
        values.push({ rd: readDistinguisher(bytes, at), components, ...id });
      });
      return values;
    },
    write(values, out, addPath) {
      for (const value of values) writeFlowspec(value, value.rd, addressOctets, out, addPath);
    },
    format: (value) => `${value.rd} ${formatComponents(value)}${formatPathId(value)}`,
  };
}

function formatComponents({ components }: FlowspecNlri): string {
  return components.map(({ type, value }) => `${type} ${value}`).join('; ');
}

/** HOT. Both forms; `distinguisher` is the number of octets in front of the components. */
function checkFlowspecs(
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
    if (at >= end || (bytes[at]! >= WIDE_LENGTH && at + 1 >= end)) return element;
    const length = lengthAt(bytes, at);
    at += bytes[at]! >= WIDE_LENGTH ? 2 : 1;
    const next = at + length;
    if (next > end || length < distinguisher) return element;
    if (!checkComponents(bytes, at + distinguisher, next, addressOctets)) return element;
    at = next;
  }
  return -1;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! >= WIDE_LENGTH ? readU16(bytes, at) & MAX_LENGTH : bytes[at]!;
}

function eachFlowspec(
  bytes: Uint8Array,
  start: number,
  end: number,
  addPath: boolean,
  visit: (at: number, next: number, id: PathIdentified) => void,
): void {
  for (let at = start; at < end; ) {
    const id = readPathId(bytes, at, addPath);
    if (addPath) at += PATH_ID_OCTETS;
    const length = lengthAt(bytes, at);
    at += bytes[at]! >= WIDE_LENGTH ? 2 : 1;
    visit(at, at + length, id);
    at += length;
  }
}

function writeFlowspec(
  value: FlowspecNlri,
  rd: string | undefined,
  addressOctets: AddressOctets,
  out: ByteWriter,
  addPath: boolean,
): void {
  const body = new ByteWriter(64);
  if (rd !== undefined) writeDistinguisher(rd, body);
  writeComponents(value.components, body, addressOctets);
  if (body.length > MAX_LENGTH)
    throw new BellhopError('INVALID_ARGUMENT', `a flow specification of ${body.length} octets, 4095 fit`);
  writePathId(value, out, addPath);
  if (body.length < WIDE_LENGTH) out.u8(body.length);
  else out.u16(0xf000 | body.length);
  out.copy(body.bytes, 0, body.length);
}
