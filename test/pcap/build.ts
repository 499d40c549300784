/** Builds captures: packets of TCP over several link layers, pcap and pcapng files. */
import { parseAddress } from '../../src/base/address.ts';
import { ByteWriter } from '../../src/base/byte-writer.ts';

/** A TCP segment to be captured. */
export interface TcpSpec {
  readonly source?: string;
  readonly destination?: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly sequence: number;
  readonly syn?: boolean;
  readonly payload?: Uint8Array;
  /** The IPv4 flags and fragment offset field. */
  readonly fragment?: number;
  /** Extension headers in front of TCP, IPv6 only: next header codes. */
  readonly extensions?: readonly number[];
}

/** An IP packet. */
export function ipPacket(spec: TcpSpec): Uint8Array {
  const source = parseAddress(spec.source ?? '192.0.2.1')!;
  const destination = parseAddress(spec.destination ?? '192.0.2.2')!;
  const tcp = tcpSegment(spec);
  const out = new ByteWriter();
  if (source.length === 4) {
    out.u16(0x4500);
    out.u16(20 + tcp.length);
    out.u16(0);
    out.u16(spec.fragment ?? 0);
    out.u16(0x4006);
    out.u16(0);
  } else {
    const extensions = spec.extensions ?? [];
    out.u32(0x60000000);
    out.u16(extensions.length * 8 + tcp.length);
    out.u8(extensions[0] ?? 6);
    out.u8(64);
  }
  out.copy(source);
  out.copy(destination);
  for (const [i] of (spec.extensions ?? []).entries()) {
    out.u8(spec.extensions![i + 1] ?? 6);
    out.copy(new Uint8Array(7));
  }
  out.copy(tcp);
  return out.take();
}

function tcpSegment({
  sourcePort = 40000,
  destinationPort = 179,
  sequence,
  syn,
  payload,
}: TcpSpec): Uint8Array {
  const out = new ByteWriter();
  out.u16(sourcePort);
  out.u16(destinationPort);
  out.u32(sequence);
  out.u32(0);
  // Header length of 6 words: one word of options.
  out.u8(0x60);
  out.u8(syn === true ? 2 : 16);
  out.u16(1000);
  out.u32(0);
  out.u32(0x01010101);
  out.copy(payload ?? new Uint8Array(0));
  return out.take();
}

const V4 = [0x08, 0x00];
const V6 = [0x86, 0xdd];

/** Link layers by name: link type, and the packet around an IP packet. */
export const LINKS: Readonly<
  Record<string, readonly [linkType: number, wrap: (ip: Uint8Array) => Uint8Array]>
> = {
  ethernet: [1, (ip) => Uint8Array.of(...new Uint8Array(12), ...typeOf(ip), ...ip)],
  'ethernet, VLAN': [1, (ip) => Uint8Array.of(...new Uint8Array(12), 0x81, 0, 0, 7, ...typeOf(ip), ...ip)],
  'ethernet, two VLAN tags': [
    1,
    (ip) => Uint8Array.of(...new Uint8Array(12), 0x88, 0xa8, 0, 7, 0x81, 0, 0, 8, ...typeOf(ip), ...ip),
  ],
  'Linux cooked': [113, (ip) => Uint8Array.of(...new Uint8Array(14), ...typeOf(ip), ...ip)],
  'Linux cooked v2': [276, (ip) => Uint8Array.of(...typeOf(ip), ...new Uint8Array(18), ...ip)],
  'raw IP': [101, (ip) => ip],
  'raw IP of BSD': [12, (ip) => ip],
  'loopback of BSD': [0, (ip) => Uint8Array.of(isV4(ip) ? 2 : 30, 0, 0, 0, ...ip)],
  'loopback of OpenBSD': [108, (ip) => Uint8Array.of(0, 0, 0, isV4(ip) ? 2 : 24, ...ip)],
};

function isV4(ip: Uint8Array): boolean {
  return ip[0]! >>> 4 === 4;
}

function typeOf(ip: Uint8Array): readonly number[] {
  return isV4(ip) ? V4 : V6;
}

/** Writes integers of either byte order. */
class FileWriter {
  readonly out = new ByteWriter();
  readonly #little: boolean;
  constructor(little: boolean) {
    this.#little = little;
  }
  u16(value: number): void {
    this.out.u16(this.#little ? ((value & 255) << 8) | (value >>> 8) : value);
  }
  u32(value: number): void {
    for (let i = 0; i < 4; i++) this.out.u8((value >>> (this.#little ? i * 8 : 24 - i * 8)) & 255);
  }
}

export interface FileOptions {
  readonly little?: boolean;
  readonly nano?: boolean;
  readonly linkType?: number;
}

/** A pcap file; packet `i` was captured 1.5 s times `i` after 2026-01-01. */
export function pcapFile(packets: readonly Uint8Array[], options: FileOptions = {}): Uint8Array {
  const { little = true, nano = false, linkType = 101 } = options;
  const file = new FileWriter(little);
  file.u32(nano ? 0xa1b23c4d : 0xa1b2c3d4);
  file.u16(2);
  file.u16(4);
  for (const value of [0, 0, 65535, linkType]) file.u32(value);
  for (const [i, packet] of packets.entries()) {
    file.u32(EPOCH + Math.floor(i * 1.5));
    file.u32(i % 2 === 0 ? 0 : nano ? 5e8 : 5e5);
    file.u32(packet.length);
    file.u32(packet.length);
    file.out.copy(packet);
  }
  return file.out.take();
}

/** 2026-01-01 in seconds since 1970. */
export const EPOCH = 1767225600;

/** A pcapng file with the same times: one section, one interface, enhanced packet blocks. */
export function pcapngFile(packets: readonly Uint8Array[], options: FileOptions = {}): Uint8Array {
  const { little = true, nano = false, linkType = 101 } = options;
  const file = new FileWriter(little);
  const block = (type: number, write: () => void): void => {
    const start = file.out.length;
    file.u32(type);
    file.u32(0);
    write();
    while (file.out.length % 4 !== 0) file.out.u8(0);
    const length = file.out.length - start + 4;
    file.u32(length);
    const end = file.out.length;
    file.out.length = start + 4;
    file.u32(length);
    file.out.length = end;
  };
  block(0x0a0d0d0a, () => {
    file.u32(0x1a2b3c4d);
    file.u16(1);
    file.u16(0);
    file.u32(0xffffffff);
    file.u32(0xffffffff);
  });
  block(1, () => {
    file.u16(linkType);
    file.u16(0);
    file.u32(0);
    if (nano) {
      file.u16(9);
      file.u16(1);
      file.out.u8(9);
      for (let i = 0; i < 3; i++) file.out.u8(0);
      file.u32(0);
    }
  });
  for (const [i, packet] of packets.entries())
    block(6, () => {
      const units = BigInt(Math.round((EPOCH + i * 1.5) * 1e6)) * (nano ? 1000n : 1n);
      file.u32(0);
      file.u32(Number(units >> 32n));
      file.u32(Number(units & 0xffffffffn));
      file.u32(packet.length);
      file.u32(packet.length);
      file.out.copy(packet);
    });
  return file.out.take();
}
