/** Lines of a pipe, with a bound: a longer line is told as such, and its bytes are dropped as they come. */

/** In place of a line that was too long. */
export const TOO_LONG = Symbol('a line that is too long');

const LINE_END = 0x0a;

export class LineBuffer {
  readonly #maximum: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** The beginning of a line whose end has not come. */
  #partial: Buffer[] = [];
  #partialBytes = 0;

  /** @param maximum bytes of a line without its end */
  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Adds bytes; call it when {@link next} has nothing left. */
  push(chunk: Buffer): void {
    this.#chunk =
      this.#at < this.#chunk.length ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
    this.#at = 0;
  }

  /** The next whole line without its end; undefined when more bytes are needed. */
  next(): string | typeof TOO_LONG | undefined {
    const end = this.#chunk.indexOf(LINE_END, this.#at);
    const piece = this.#chunk.subarray(this.#at, end < 0 ? this.#chunk.length : end);
    this.#at = end < 0 ? this.#chunk.length : end + 1;
    this.#partialBytes += piece.length;
    const isTooLong = this.#partialBytes > this.#maximum;
    if (end < 0) {
      // A copy, or it would keep the whole chunk.
      this.#partial = isTooLong
        ? []
        : piece.length > 0
          ? [...this.#partial, Buffer.from(piece)]
          : this.#partial;
      return undefined;
    }
    const line = this.#partial.length === 0 ? piece : Buffer.concat([...this.#partial, piece]);
    this.#partial = [];
    this.#partialBytes = 0;
    return isTooLong ? TOO_LONG : line.toString('utf8');
  }
}
