/**
 * EVPN routes (RFC 7432 section 7, RFC 9136 section 3.1): a type, a length and what the type says. Types 1 to 5 are
 * read; others are kept as they are, since their length tells where they end.
 */
import { formatAddress, parseAddress } from '../../base/address.ts';
import { ByteWriter } from '../../base/byte-writer.ts';
import { fromHex, readU32, toHex } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';
import { formatPrefix, maskInPlace, parsePrefix } from '../../base/prefix.ts';
import { formatPathId, PATH_ID_OCTETS, readPathId, writePathId } from './path-id.ts';
import { readDistinguisher, writeDistinguisher } from './route-distinguisher.ts';
import type { NlriCodec, PathIdentified } from './spec.ts';

/**
 * One route. `label` values are the 24 bits on the wire: a VNI, or an MPLS label times 16 with its bottom bit.
 * `esi` is `00:11:22:33:44:55:66:77:88:99`, `mac` is `00:00:5e:00:53:01`.
 */
export type EvpnNlri = PathIdentified &
  (
    | {
        readonly type: 'ethernet-auto-discovery';
        readonly rd: string;
        readonly esi: string;
        readonly ethernetTag: number;
        readonly label: number;
      }
    | {
        readonly type: 'mac-ip';
        readonly rd: string;
        readonly esi: string;
        readonly ethernetTag: number;
        readonly mac: string;
        /** Absent when only the MAC address is announced. */
        readonly ip?: string;
        /** One or two. */
        readonly labels: readonly number[];
      }
    | {
        readonly type: 'inclusive-multicast';
        readonly rd: string;
        readonly ethernetTag: number;
        readonly ip: string;
      }
    | { readonly type: 'ethernet-segment'; readonly rd: string; readonly esi: string; readonly ip: string }
    | {
        readonly type: 'ip-prefix';
        readonly rd: string;
        readonly esi: string;
        readonly ethernetTag: number;
        readonly prefix: string;
        readonly gateway: string;
        readonly label: number;
      }
    | { readonly type: 'unknown'; readonly routeType: number; readonly hex: string }
  );

const ROUTE_TYPES = [
  'unknown',
  'ethernet-auto-discovery',
  'mac-ip',
  'inclusive-multicast',
  'ethernet-segment',
  'ip-prefix',
] as const;
const RD = 8;
const ESI = 10;
const TAG = 4;
const MAC = 6;
const LABEL = 3;
const MAC_IP_FIXED = RD + ESI + TAG + 1 + MAC + 1;

export const evpnNlri: NlriCodec<EvpnNlri> = {
  check(bytes, start, end, addPath) {
    const skip = addPath ? PATH_ID_OCTETS : 0;
    let at = start;
    while (at < end) {
      const element = at;
      at += skip;
      if (at + 2 > end) return element;
      const next = at + 2 + bytes[at + 1]!;
      if (next > end || !checkRoute(bytes, bytes[at]!, at + 2, next)) return element;
      at = next;
    }
    return -1;
  },
  read(bytes, start, end, addPath) {
    const values: EvpnNlri[] = [];
    for (let at = start; at < end; ) {
      const id = readPathId(bytes, at, addPath);
      if (addPath) at += PATH_ID_OCTETS;
      const next = at + 2 + bytes[at + 1]!;
      values.push({ ...readRoute(bytes, bytes[at]!, at + 2, next), ...id });
      at = next;
    }
    return values;
  },
  write(values, out, addPath) {
    for (const value of values) {
      const body = new ByteWriter(64);
      writeRoute(value, body);
      if (body.length > 255)
        throw new BellhopError('INVALID_ARGUMENT', `an EVPN route of ${body.length} octets`);
      writePathId(value, out, addPath);
      out.u8(value.type === 'unknown' ? value.routeType : ROUTE_TYPES.indexOf(value.type));
      out.u8(body.length);
      out.copy(body.bytes, 0, body.length);
    }
  },
  format: (value) => `${formatRoute(value)}${formatPathId(value)}`,
};

/** HOT. Whether `bytes[start..end)` is a well-formed route of `type`; of a type nobody knows, anything is. */
function checkRoute(bytes: Uint8Array, type: number, start: number, end: number): boolean {
  const length = end - start;
  switch (type) {
    case 1:
      return length === RD + ESI + TAG + LABEL;
    case 2: {
      if (length < MAC_IP_FIXED || bytes[start + RD + ESI + TAG] !== 48) return false;
      const ip = addressOctets(bytes[start + MAC_IP_FIXED - 1]!);
      const labels = length - MAC_IP_FIXED - ip;
      return ip >= 0 && (labels === LABEL || labels === 2 * LABEL);
    }
    case 3:
      return length > RD + TAG && checkAddress(bytes[start + RD + TAG]!, length - RD - TAG - 1);
    case 4:
      return length > RD + ESI && checkAddress(bytes[start + RD + ESI]!, length - RD - ESI - 1);
    case 5: {
      const ip = ipPrefixOctets(length);
      return ip > 0 && bytes[start + RD + ESI + TAG]! <= ip * 8;
    }
    default:
      return true;
  }
}

/** Octets of an address of `bits` bits, 0 for none; -1 when no address has that many. */
function addressOctets(bits: number): number {
  return bits === 0 ? 0 : bits === 32 ? 4 : bits === 128 ? 16 : -1;
}

function checkAddress(bits: number, octets: number): boolean {
  return octets > 0 && addressOctets(bits) === octets;
}

/** Octets of the addresses in an IP prefix route of `length` octets, or 0: only the length tells the family. */
function ipPrefixOctets(length: number): number {
  const fixed = RD + ESI + TAG + 1 + LABEL;
  return length === fixed + 8 ? 4 : length === fixed + 32 ? 16 : 0;
}

function readRoute(bytes: Uint8Array, type: number, start: number, end: number): EvpnNlri {
  if (type < 1 || type > 5) return { type: 'unknown', routeType: type, hex: toHex(bytes, start, end) };
  const rd = readDistinguisher(bytes, start);
  const at = start + RD;
  if (type === 3)
    return {
      type: 'inclusive-multicast',
      rd,
      ethernetTag: readU32(bytes, at),
      ip: addressText(bytes, at + TAG),
    };
  const esi = colons(bytes, at, ESI);
  if (type === 4) return { type: 'ethernet-segment', rd, esi, ip: addressText(bytes, at + ESI) };
  const ethernetTag = readU32(bytes, at + ESI);
  const rest = at + ESI + TAG;
  if (type === 1)
    return { type: 'ethernet-auto-discovery', rd, esi, ethernetTag, label: readLabel(bytes, rest) };
  if (type === 2) {
    const mac = colons(bytes, rest + 1, MAC);
    const ip = addressOctets(bytes[rest + 1 + MAC]!);
    const labels: number[] = [];
    for (let i = rest + 2 + MAC + ip; i < end; i += LABEL) labels.push(readLabel(bytes, i));
    const address = ip === 0 ? {} : { ip: addressText(bytes, rest + 1 + MAC) };
    return { type: 'mac-ip', rd, esi, ethernetTag, mac, ...address, labels };
  }
  const octets = ipPrefixOctets(end - start);
  const network = bytes.slice(rest + 1, rest + 1 + octets);
  maskInPlace(network, bytes[rest]!);
  return {
    type: 'ip-prefix',
    rd,
    esi,
    ethernetTag,
    prefix: formatPrefix(network, bytes[rest]!),
    gateway: formatAddress(bytes, rest + 1 + octets, octets),
    label: readLabel(bytes, rest + 1 + 2 * octets),
  };
}

/** The address at `at`: its length in bits, then its octets. */
function addressText(bytes: Uint8Array, at: number): string {
  return formatAddress(bytes, at + 1, addressOctets(bytes[at]!));
}

function readLabel(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

function colons(bytes: Uint8Array, at: number, count: number): string {
  return Array.from({ length: count }, (_, i) => toHex(bytes, at + i, at + i + 1)).join(':');
}

function writeRoute(value: EvpnNlri, out: ByteWriter): void {
  if (value.type === 'unknown') {
    out.copy(fromHex(value.hex));
    return;
  }
  writeDistinguisher(value.rd, out);
  if (value.type === 'inclusive-multicast') {
    out.u32(value.ethernetTag);
    writeAddress(value.ip, out);
    return;
  }
  writeColons(value.esi, ESI, out);
  if (value.type === 'ethernet-segment') {
    writeAddress(value.ip, out);
    return;
  }
  out.u32(value.ethernetTag);
  if (value.type === 'mac-ip') {
    out.u8(48);
    writeColons(value.mac, MAC, out);
    if (value.ip === undefined) out.u8(0);
    else writeAddress(value.ip, out);
    if (value.labels.length !== 1 && value.labels.length !== 2)
      throw new BellhopError('INVALID_ARGUMENT', 'a MAC/IP route has one or two labels');
    for (const label of value.labels) writeLabel(label, out);
    return;
  }
  if (value.type === 'ip-prefix') {
    const prefix = parsePrefix(value.prefix);
    const gateway = parseAddress(value.gateway);
    if (prefix === undefined || gateway?.length !== prefix.bytes.length)
      throw new BellhopError('INVALID_ARGUMENT', `no IP prefix route: ${value.prefix} by ${value.gateway}`);
    out.u8(prefix.length);
    out.copy(prefix.bytes);
    out.copy(gateway);
  }
  writeLabel(value.label, out);
}

function writeAddress(text: string, out: ByteWriter): void {
  const address = parseAddress(text);
  if (address === undefined) throw new BellhopError('INVALID_ARGUMENT', `not an address: ${text}`);
  out.u8(address.length * 8);
  out.copy(address);
}

function writeLabel(label: number, out: ByteWriter): void {
  if (!(label >= 0 && label <= 0xffffff))
    throw new BellhopError('INVALID_ARGUMENT', `no 24-bit label: ${label}`);
  out.u8(label >>> 16);
  out.u16(label & 0xffff);
}

function writeColons(text: string, count: number, out: ByteWriter): void {
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2})*$/i.test(text) || text.length !== count * 3 - 1)
    throw new BellhopError('INVALID_ARGUMENT', `not ${count} octets with colons: ${text}`);
  out.copy(fromHex(text));
}

function formatRoute(value: EvpnNlri): string {
  switch (value.type) {
    case 'ethernet-auto-discovery':
      return `${value.type} ${value.rd} esi ${value.esi} tag ${value.ethernetTag} label ${value.label}`;
    case 'mac-ip': {
      const ip = value.ip === undefined ? '' : ` ${value.ip}`;
      return `${value.type} ${value.rd} esi ${value.esi} tag ${value.ethernetTag} ${value.mac}${ip} label ${value.labels.join('/')}`;
    }
    case 'inclusive-multicast':
      return `${value.type} ${value.rd} tag ${value.ethernetTag} ${value.ip}`;
    case 'ethernet-segment':
      return `${value.type} ${value.rd} esi ${value.esi} ${value.ip}`;
    case 'ip-prefix':
      return `${value.type} ${value.rd} esi ${value.esi} tag ${value.ethernetTag} ${value.prefix} gateway ${value.gateway} label ${value.label}`;
    case 'unknown':
      return `route type ${value.routeType} 0x${value.hex}`;
  }
}
