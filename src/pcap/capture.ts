/**
 * Capture files: pcap in both byte orders with microseconds or nanoseconds, and pcapng.
 *
 * Files come from strangers. Every length is checked before the octets behind it are read; a record that contradicts
 * itself ends the reading with a reason, and what stood before it has been delivered. Nothing is copied.
 */

/** A packet as it was captured. */
export interface Packet {
  /** Seconds since 1970, as precise as a double; undefined when the record has no time. */
  readonly time: number | undefined;
  /** Link type (https://www.tcpdump.org/linktypes.html). */
  readonly linkType: number;
  /** Offset of the packet in the file. */
  readonly offset: number;
  /** What was captured of it; may be less than was on the wire. */
  readonly bytes: Uint8Array;
}

/** Receives the packets of a file. */
export type PacketSink = (packet: Packet) => void;

/** Why the reading ended before the end of the file. */
export interface CaptureProblem {
  readonly offset: number;
  readonly reason: string;
}

const PCAP_MICRO = 0xa1b2c3d4;
const PCAP_NANO = 0xa1b23c4d;
const PCAPNG_SECTION = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Interfaces of one pcapng section that are remembered; packets of further ones are not read. */
const MAX_INTERFACES = 65_536;

/** Whether `bytes` begin like a capture file. */
export function isCapture(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const view = viewOf(bytes);
  return [false, true].some((little) => {
    const magic = view.getUint32(0, little);
    return magic === PCAP_MICRO || magic === PCAP_NANO || magic === PCAPNG_SECTION;
  });
}

/** Delivers the packets of the file; answers what kept it from reading on, or undefined at a clean end. */
export function readCapture(bytes: Uint8Array, sink: PacketSink): CaptureProblem | undefined {
  if (!isCapture(bytes)) return { offset: 0, reason: 'no capture file: neither pcap nor pcapng' };
  return viewOf(bytes).getUint32(0) === PCAPNG_SECTION ? readPcapng(bytes, sink) : readPcap(bytes, sink);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readPcap(bytes: Uint8Array, sink: PacketSink): CaptureProblem | undefined {
  if (bytes.length < 24) return { offset: 0, reason: 'the file header is cut off' };
  const view = viewOf(bytes);
  const magic = view.getUint32(0, true);
  const little = magic === PCAP_MICRO || magic === PCAP_NANO;
  const perSecond = view.getUint32(0, little) === PCAP_NANO ? 1e9 : 1e6;
  // The upper bits may tell the length of a frame check sequence.
  const linkType = view.getUint32(20, little) & 0x0fffffff;
  for (let at = 24; at < bytes.length; ) {
    if (at + 16 > bytes.length) return { offset: at, reason: 'the last record header is cut off' };
    const captured = view.getUint32(at + 8, little);
    const offset = at + 16;
    if (captured > bytes.length - offset)
      return { offset: at, reason: `the record has ${captured} octets, ${bytes.length - offset} are there` };
    const time = view.getUint32(at, little) + view.getUint32(at + 4, little) / perSecond;
    sink({ time, linkType, offset, bytes: bytes.subarray(offset, offset + captured) });
    at = offset + captured;
  }
  return undefined;
}

/** An interface of a pcapng section. */
interface Interface {
  readonly linkType: number;
  readonly unitsPerSecond: number;
  readonly offsetSeconds: number;
  /** Octets of a packet that are captured at most; 0 is no limit. */
  readonly snapLength: number;
}

const Block = { interface: 1, obsoletePacket: 2, simplePacket: 3, enhancedPacket: 6 } as const;

function readPcapng(bytes: Uint8Array, sink: PacketSink): CaptureProblem | undefined {
  const view = viewOf(bytes);
  let little = false;
  let interfaces: Interface[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 12 > bytes.length) return { offset: at, reason: 'the last block is cut off' };
    const isSection = view.getUint32(at) === PCAPNG_SECTION;
    if (isSection) {
      interfaces = [];
      little = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
      if (!little && view.getUint32(at + 8) !== BYTE_ORDER_MAGIC)
        return { offset: at, reason: 'the section has no byte order' };
    }
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0 || length > bytes.length - at)
      return {
        offset: at,
        reason: `the block has a length of ${length}, ${bytes.length - at} octets are there`,
      };
    const type = view.getUint32(at, little);
    const body = { view, bytes, start: at + 8, end: at + length - 4, little };
    if (type === Block.interface && !isSection) {
      if (interfaces.length < MAX_INTERFACES) interfaces.push(readInterface(body));
    } else if (!isSection) {
      const packet = readPacketBlock(type, body, interfaces);
      if (packet !== undefined) sink(packet);
    }
    at += length;
  }
  return undefined;
}

/** The inside of a block. */
interface BlockBody {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly little: boolean;
}

const TIME_RESOLUTION = 9;
const TIME_OFFSET = 14;

function readInterface({ view, bytes, start, end, little }: BlockBody): Interface {
  let unitsPerSecond = 1e6;
  let offsetSeconds = 0;
  if (end - start < 8) return { linkType: -1, unitsPerSecond, offsetSeconds, snapLength: 0 };
  for (let at = start + 8; at + 4 <= end; ) {
    const code = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    const value = at + 4;
    if (code === 0 || value + length > end) break;
    if (code === TIME_RESOLUTION && length >= 1) {
      const exponent = bytes[value]!;
      unitsPerSecond = exponent >= 128 ? 2 ** (exponent - 128) : 10 ** exponent;
    }
    if (code === TIME_OFFSET && length >= 8) offsetSeconds = Number(view.getBigInt64(value, little));
    at = value + ((length + 3) & ~3);
  }
  const linkType = view.getUint16(start, little);
  return { linkType, unitsPerSecond, offsetSeconds, snapLength: view.getUint32(start + 4, little) };
}

/** The packet in a block; undefined for blocks of other kinds and for packets of interfaces nobody described. */
function readPacketBlock(
  type: number,
  body: BlockBody,
  interfaces: readonly Interface[],
): Packet | undefined {
  const { view, bytes, start, end, little } = body;
  if (type === Block.simplePacket) {
    const source = interfaces[0];
    if (source === undefined || end - start < 4) return undefined;
    const limit = source.snapLength === 0 ? end : Math.min(end, start + 4 + source.snapLength);
    const to = Math.min(limit, start + 4 + view.getUint32(start, little));
    return packetOf(source, undefined, bytes, start + 4, to);
  }
  const isObsolete = type === Block.obsoletePacket;
  if ((type !== Block.enhancedPacket && !isObsolete) || end - start < 20) return undefined;
  const source = interfaces[isObsolete ? view.getUint16(start, little) : view.getUint32(start, little)];
  if (source === undefined) return undefined;
  const units = view.getUint32(start + 4, little) * 2 ** 32 + view.getUint32(start + 8, little);
  const time = source.offsetSeconds + units / source.unitsPerSecond;
  const to = Math.min(end, start + 20 + view.getUint32(start + 12, little));
  return packetOf(source, time, bytes, start + 20, to);
}

function packetOf(
  { linkType }: Interface,
  time: number | undefined,
  bytes: Uint8Array,
  start: number,
  end: number,
): Packet {
  return { time, linkType, offset: start, bytes: bytes.subarray(start, end) };
}
