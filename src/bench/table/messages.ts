/**
 * Streams of UPDATEs, encoded before the clock starts so that the sender has nothing left to do but write.
 */
import { ByteWriter } from '../../base/byte-writer.ts';
import { FLAG_EXTENDED_LENGTH, FLAG_OPTIONAL } from '../../wire/attributes/spec.ts';
import { HEADER_LENGTH, MAX_MESSAGE_LENGTH, MessageType, writeHeader } from '../../wire/message.ts';
import type { PrefixIndex } from './prefix-index.ts';
import type { Announcer, RouteSource } from './route-source.ts';

/** Octets that go to a socket in one write: many messages, yet little beside what TCP holds anyway. */
const PIECE_BYTES = 256 * 1024;

const LENGTHY = FLAG_OPTIONAL | FLAG_EXTENDED_LENGTH;
const MP_REACH = 14;
const MP_UNREACH = 15;

/** Whole messages, one behind the other. */
export interface MessageStream {
  readonly bytes: Uint8Array;
  /** Ends of pieces to write at once; each is the end of a message, and the last one that of the stream. */
  readonly cuts: readonly number[];
  readonly messages: number;
}

/** Announces the prefixes `order`, in that order. */
export function announcements(source: RouteSource, order: Uint32Array, announcer: Announcer): MessageStream {
  const { prefixes } = source;
  const stream = new StreamWriter(order.length * 8);
  const attributes = new ByteWriter(1024);
  const draw = source.draw(announcer);
  const isIpv4 = prefixes.addressOctets === 4;
  for (let at = 0; at < order.length; ) {
    const end = at + draw.size(order, at, order.length - at);
    attributes.reset();
    draw.write(order[at]!, attributes);
    while (at < end)
      at = isIpv4
        ? stream.announce4(prefixes, order, at, end, attributes)
        : stream.announce6(prefixes, order, at, end, attributes, announcer.nextHop);
  }
  return stream.finish();
}

/** Withdraws the prefixes `order`, in messages as full as they get. */
export function withdrawals(prefixes: PrefixIndex, order: Uint32Array): MessageStream {
  const stream = new StreamWriter(order.length * 5);
  for (let at = 0; at < order.length; ) at = stream.withdraw(prefixes, order, at);
  return stream.finish();
}

class StreamWriter {
  readonly #out: ByteWriter;
  readonly #cuts: number[] = [];
  #messages = 0;
  #start = 0;
  #piece = 0;

  constructor(expectedBytes: number) {
    this.#out = new ByteWriter(expectedBytes + MAX_MESSAGE_LENGTH);
  }

  announce4(
    prefixes: PrefixIndex,
    order: Uint32Array,
    at: number,
    end: number,
    attributes: ByteWriter,
  ): number {
    const out = this.#begin();
    out.u16(0);
    out.u16(attributes.length);
    out.copy(attributes.bytes, 0, attributes.length);
    const next = this.#prefixes(prefixes, order, at, end, MAX_MESSAGE_LENGTH);
    this.#end();
    return next;
  }

  /** MP_REACH_NLRI comes first (RFC 7606 section 5.1). */
  announce6(
    prefixes: PrefixIndex,
    order: Uint32Array,
    at: number,
    end: number,
    attributes: ByteWriter,
    nextHop: Uint8Array,
  ): number {
    const out = this.#begin();
    out.u16(0);
    const total = out.length;
    out.u16(0);
    const value = this.#multiprotocol(MP_REACH);
    out.u8(nextHop.length);
    out.copy(nextHop);
    out.u8(0);
    const next = this.#prefixes(prefixes, order, at, end, MAX_MESSAGE_LENGTH - attributes.length);
    out.patchU16(value - 2, out.length - value);
    out.copy(attributes.bytes, 0, attributes.length);
    out.patchU16(total, out.length - total - 2);
    this.#end();
    return next;
  }

  withdraw(prefixes: PrefixIndex, order: Uint32Array, at: number): number {
    const out = this.#begin();
    const first = out.length;
    out.u16(0);
    if (prefixes.addressOctets === 4) {
      const next = this.#prefixes(prefixes, order, at, order.length, MAX_MESSAGE_LENGTH - 2);
      out.patchU16(first, out.length - first - 2);
      out.u16(0);
      this.#end();
      return next;
    }
    out.u16(0);
    const value = this.#multiprotocol(MP_UNREACH);
    const next = this.#prefixes(prefixes, order, at, order.length, MAX_MESSAGE_LENGTH);
    out.patchU16(value - 2, out.length - value);
    out.patchU16(first + 2, out.length - first - 4);
    this.#end();
    return next;
  }

  finish(): MessageStream {
    const { length } = this.#out;
    if (this.#piece < length) this.#cuts.push(length);
    return { bytes: this.#out.bytes.subarray(0, length), cuts: this.#cuts, messages: this.#messages };
  }

  #begin(): ByteWriter {
    const out = this.#out;
    out.reserve(MAX_MESSAGE_LENGTH);
    this.#start = out.length;
    out.length += HEADER_LENGTH;
    return out;
  }

  #end(): void {
    const out = this.#out;
    writeHeader(out.bytes, this.#start, out.length - this.#start, MessageType.update);
    this.#messages++;
    if (out.length - this.#piece < PIECE_BYTES) return;
    this.#cuts.push(out.length);
    this.#piece = out.length;
  }

  /** Header of an attribute of IPv6 unicast; where its value starts. */
  #multiprotocol(code: number): number {
    const out = this.#out;
    out.u8(LENGTHY);
    out.u8(code);
    out.u16(0);
    const value = out.length;
    out.u16(2);
    out.u8(1);
    return value;
  }

  /** As many prefixes as fit into a message of `room` octets; returns the first that did not. */
  #prefixes(prefixes: PrefixIndex, order: Uint32Array, from: number, end: number, room: number): number {
    const out = this.#out;
    const limit = this.#start + room;
    let at = from;
    while (at < end && out.length + prefixes.octets(order[at]!) <= limit)
      out.length = prefixes.write(order[at++]!, out.bytes, out.length);
    return at;
  }
}
