/**
 * From a captured packet to its TCP segment: link layer, IPv4 or IPv6, TCP.
 *
 * Every header is checked to be there before it is read. A packet that holds no TCP, or not all of what its headers
 * promise, gives a reason instead; the reasons are few, so that they can be counted.
 */
import { formatIpv4, formatIpv6 } from '../base/address.ts';
import { readU16, readU32 } from '../base/bytes.ts';
import type { Packet } from './capture.ts';

/** A TCP segment. */
export interface Segment {
  readonly time: number | undefined;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly syn: boolean;
  /** What was captured of the payload. */
  readonly payload: Uint8Array;
  /** Octets of payload on the wire; more than `payload` has when the capture cut the packet. */
  readonly length: number;
}

/** Why a packet holds no segment that can be read. */
export type Skipped = 'link type' | 'not IP' | 'not TCP' | 'fragment' | 'malformed';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];

/** Tags in front of a packet that are looked through. */
const MAX_VLAN_TAGS = 4;

/** IPv6 extension headers that are looked through. */
const MAX_EXTENSION_HEADERS = 16;

const TCP = 6;

/** Values of AF_INET6 on the systems whose loopback captures begin with one. */
const BSD_INET6: readonly number[] = [10, 24, 28, 30];

/** The segment in `packet`, or why there is none. */
export function readSegment({ linkType, bytes, time }: Packet): Segment | Skipped {
  const network = readLink(linkType, bytes);
  if (typeof network === 'string') return network;
  const { version, at } = network;
  return version === 4 ? readIpv4(bytes, at, time) : readIpv6(bytes, at, time);
}

interface Network {
  readonly version: 4 | 6;
  readonly at: number;
}

function readLink(linkType: number, bytes: Uint8Array): Network | Skipped {
  switch (linkType) {
    case 0: // BSD loopback, address family in the byte order of the host
    case 108: // OpenBSD loopback, in network byte order
      return readLoopback(bytes);
    case 1:
      return readEther(bytes, 12);
    case 12: // raw IP, three numbers for it
    case 14:
    case 101:
      return readRaw(bytes, 0);
    case 228:
      return bytes.length === 0 ? 'malformed' : { version: 4, at: 0 };
    case 229:
      return bytes.length === 0 ? 'malformed' : { version: 6, at: 0 };
    case 113: // Linux cooked capture, 16 octets
      return readEther(bytes, 14);
    case 276: // Linux cooked capture v2: the protocol comes first
      if (bytes.length < 20) return 'malformed';
      return fromEtherType(readU16(bytes, 0), 20);
    default:
      return 'link type';
  }
}

function readLoopback(bytes: Uint8Array): Network | Skipped {
  if (bytes.length < 4) return 'malformed';
  const family = bytes[0]! | bytes[3]!;
  if (family === 2) return { version: 4, at: 4 };
  return BSD_INET6.includes(family) ? { version: 6, at: 4 } : 'not IP';
}

function readRaw(bytes: Uint8Array, at: number): Network | Skipped {
  if (at >= bytes.length) return 'malformed';
  const version = bytes[at]! >>> 4;
  return version === 4 || version === 6 ? { version, at } : 'not IP';
}

/** `at` is where the ether type stands; VLAN tags may come first. */
function readEther(bytes: Uint8Array, at: number): Network | Skipped {
  let type = at;
  for (let tags = 0; tags <= MAX_VLAN_TAGS; tags++, type += 4) {
    if (type + 2 > bytes.length) return 'malformed';
    const etherType = readU16(bytes, type);
    if (!VLAN_TAGS.includes(etherType)) return fromEtherType(etherType, type + 2);
  }
  return 'malformed';
}

function fromEtherType(etherType: number, at: number): Network | Skipped {
  if (etherType === ETHERTYPE_IPV4) return { version: 4, at };
  return etherType === ETHERTYPE_IPV6 ? { version: 6, at } : 'not IP';
}

function readIpv4(bytes: Uint8Array, at: number, time: number | undefined): Segment | Skipped {
  if (bytes.length - at < 20 || bytes[at]! >>> 4 !== 4) return 'malformed';
  const headerLength = (bytes[at]! & 15) * 4;
  // With segmentation offload the kernel may leave the total length 0.
  const totalLength = readU16(bytes, at + 2) || bytes.length - at;
  if (headerLength < 20 || totalLength < headerLength) return 'malformed';
  if (bytes[at + 9] !== TCP) return 'not TCP';
  // More fragments, or not the first one.
  if ((readU16(bytes, at + 6) & 0x3fff) !== 0) return 'fragment';
  const source = formatIpv4(readU32(bytes, at + 12));
  const destination = formatIpv4(readU32(bytes, at + 16));
  return readTcp(bytes, at + headerLength, at + totalLength, source, destination, time);
}

function readIpv6(bytes: Uint8Array, at: number, time: number | undefined): Segment | Skipped {
  if (bytes.length - at < 40 || bytes[at]! >>> 4 !== 6) return 'malformed';
  const payloadLength = readU16(bytes, at + 4) || bytes.length - at - 40;
  const end = at + 40 + payloadLength;
  let next = bytes[at + 6]!;
  let header = at + 40;
  for (let count = 0; count <= MAX_EXTENSION_HEADERS; count++) {
    if (next === TCP)
      return readTcp(bytes, header, end, formatIpv6(bytes, at + 8), formatIpv6(bytes, at + 24), time);
    if (header + 8 > Math.min(end, bytes.length)) return 'malformed';
    if (next === 44) {
      // An "atomic" fragment is a whole packet (RFC 6946).
      if ((readU16(bytes, header + 2) & 0xfff9) !== 0) return 'fragment';
      next = bytes[header]!;
      header += 8;
    } else if (next === 0 || next === 43 || next === 60 || next === 135) {
      next = bytes[header]!;
      header += 8 + bytes[header + 1]! * 8;
    } else if (next === 51) {
      next = bytes[header]!;
      header += 8 + bytes[header + 1]! * 4;
    } else return 'not TCP';
  }
  return 'malformed';
}

/** `end` is where the IP packet ends by its own word, which may be behind what was captured. */
function readTcp(
  bytes: Uint8Array,
  at: number,
  end: number,
  source: string,
  destination: string,
  time: number | undefined,
): Segment | Skipped {
  if (Math.min(bytes.length, end) - at < 20) return 'malformed';
  const start = at + (bytes[at + 12]! >>> 4) * 4;
  if (start < at + 20 || start > end) return 'malformed';
  return {
    time,
    source,
    sourcePort: readU16(bytes, at),
    destination,
    destinationPort: readU16(bytes, at + 2),
    sequence: readU32(bytes, at + 4),
    syn: (bytes[at + 13]! & 2) !== 0,
    payload: bytes.subarray(Math.min(start, bytes.length), Math.min(end, bytes.length)),
    length: end - start,
  };
}
