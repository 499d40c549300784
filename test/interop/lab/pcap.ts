/** BGP messages as a capture file: each in a TCP connection of its own, so that none is taken for a part of another. */

const LINKTYPE_IPV4 = 228;
const BGP_PORT = 179;
const FIRST_PORT = 10_000;
const MAX_SNAPSHOT = 262_144;

/** A capture file with one packet for each message. */
export function pcapOf(messages: readonly Uint8Array[]): Uint8Array {
  const file = Buffer.alloc(24);
  file.writeUInt32LE(0xa1b2c3d4, 0);
  file.writeUInt16LE(2, 4);
  file.writeUInt16LE(4, 6);
  file.writeUInt32LE(MAX_SNAPSHOT, 16);
  file.writeUInt32LE(LINKTYPE_IPV4, 20);
  return Buffer.concat([file, ...messages.map((message, index) => record(packet(message, index), index))]);
}

function record(bytes: Uint8Array, index: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(index, 0);
  head.writeUInt32LE(bytes.length, 8);
  head.writeUInt32LE(bytes.length, 12);
  return Buffer.concat([head, bytes]);
}

/** IPv4 and TCP headers without checksums: nobody looks at them. */
function packet(message: Uint8Array, index: number): Buffer {
  const head = Buffer.alloc(40);
  head[0] = 0x45;
  head.writeUInt16BE(head.length + message.length, 2);
  head[8] = 64;
  head[9] = 6;
  head.set([10, 98, 0, 2], 12);
  head.set([10, 98, 0, 1], 16);
  head.writeUInt16BE(FIRST_PORT + index, 20);
  head.writeUInt16BE(BGP_PORT, 22);
  head.writeUInt32BE(1, 24);
  head.writeUInt32BE(1, 28);
  head[32] = 0x50;
  head[33] = 0x18;
  head.writeUInt16BE(0xffff, 34);
  return Buffer.concat([head, message]);
}
