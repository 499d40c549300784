/**
 * What a process is told on its standard input. A process that does not read makes bellhop wait with its commands, and
 * drops events, which it is told when it reads again; nobody else notices.
 */
import type { Writable } from 'node:stream';
import { MAX_PROCESS_UNREAD_BYTES } from '../../base/limits.ts';

export class Outlet {
  readonly #stream: Writable;
  readonly #gapLine: (dropped: number) => string;
  /** Events dropped since the process was last told. */
  #gap = 0;
  /** Events written and dropped in all. */
  sent = 0;
  dropped = 0;

  /** @param drained called when everything has been taken. */
  constructor(stream: Writable, gapLine: (dropped: number) => string, drained: () => void) {
    this.#stream = stream;
    this.#gapLine = gapLine;
    // The process has closed its input or is gone; the latter is told by its exit.
    stream.on('error', () => undefined);
    stream.on('drain', () => {
      if (this.#gap > 0) this.#write(this.#gapLine(this.#gap));
      this.#gap = 0;
      drained();
    });
  }

  /** Bytes that wait for the process. */
  get unread(): number {
    return this.#stream.writableLength;
  }

  get isFull(): boolean {
    return this.#stream.writable && this.unread > MAX_PROCESS_UNREAD_BYTES;
  }

  /** Writes an answer; ask {@link isFull} before taking the next command. */
  answer(text: string): void {
    if (text !== '') this.#write(text);
  }

  /** Writes an event, made only when there is room for it. */
  event(make: () => string): void {
    if (!this.#stream.writable) return;
    if (this.#gap > 0 || this.isFull) {
      this.#gap++;
      this.dropped++;
      return;
    }
    this.sent++;
    this.#write(make());
  }

  #write(text: string): void {
    if (this.#stream.writable) this.#stream.write(text);
  }
}
