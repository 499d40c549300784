/**
 * MemorySocket: one end of a connection in memory, with the part of `net.Socket` that a speaker uses. A write is done
 * when the other end has taken it, so that a peer that does not read, or a link that is cut, fills the sender's buffer.
 */
import { Duplex } from 'node:stream';

/** Carries something to the other end, later and in order. */
export type Carry = (deliver: () => void) => void;

export interface MemorySocketEnds {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

export class MemorySocket extends Duplex {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Bytes that the other end has taken. */
  #taken = 0;
  readonly #carry: Carry;
  /** Whether our end of the stream has been sent. */
  #finished = false;
  #reset = false;
  /** Calls back the writer whose bytes we were too full for. */
  #room: (() => void) | undefined;
  peer: MemorySocket | undefined;

  constructor(ends: MemorySocketEnds, carry: Carry) {
    super({ allowHalfOpen: false });
    this.localAddress = ends.localAddress;
    this.localPort = ends.localPort;
    this.remoteAddress = ends.remoteAddress;
    this.remotePort = ends.remotePort;
    this.#carry = carry;
  }

  /** As `net.Socket` counts: bytes that wait are among them. */
  get bytesWritten(): number {
    return this.#taken + this.writableLength;
  }

  /** There is no delay to switch off. */
  setNoDelay(): this {
    return this;
  }

  resetAndDestroy(): this {
    this.#reset = true;
    return this.destroy();
  }

  override _read(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    // A copy: the sender may send the same buffer to others, and the receiver may give its memory back.
    const bytes = new Uint8Array(chunk);
    this.#carry(() => {
      if (this.destroyed) return;
      this.#taken += bytes.length;
      this.peer!.#receive(bytes, done);
    });
  }

  override _final(done: () => void): void {
    this.#finished = true;
    this.#carry(() => this.peer!.#receiveEnd());
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const reset = this.#reset;
    if (reset) this.#carry(() => this.peer!.#receiveReset());
    else if (!this.#finished) this.#carry(() => this.peer!.#receiveEnd());
    done(error);
  }

  #receive(bytes: Uint8Array, done: () => void): void {
    if (this.destroyed || this.readableEnded) {
      // As TCP answers bytes for a socket that is gone.
      this.#carry(() => this.peer!.#receiveReset());
      done();
    } else if (bytes.length === 0 || this.push(bytes)) done();
    else this.#room = done;
  }

  #receiveEnd(): void {
    if (!this.destroyed && !this.readableEnded) this.push(null);
  }

  #receiveReset(): void {
    if (!this.destroyed) this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  }
}
