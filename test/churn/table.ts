/** What one receiver has been told: an id of attributes for each prefix. HOT enough to keep up with twenty of them. */
import { agreedContext, type UpdateWatcher } from '../../src/bench/table/peer.ts';
import type { PrefixIndex } from '../../src/bench/table/prefix-index.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';

/** Gives equal attributes the same number, above 0. */
export class AttributeNames {
  readonly #numbers = new Map<string, number>();
  readonly #texts = [''];

  of(bytes: Uint8Array, start = 0, end = bytes.length): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }

  /** The attributes in hexadecimal; `none` for 0. */
  describe(number: number): string {
    return number === 0 ? 'none' : Buffer.from(this.#texts[number] ?? '', 'latin1').toString('hex');
  }
}

export class ReceiverTable implements UpdateWatcher {
  /** By prefix: number of the attributes heard last, 0 for none. */
  readonly routes: Int32Array;
  /** UPDATEs with a fault, and prefixes that nobody announces. */
  faults = 0;
  strangers = 0;
  /** Called with each prefix that was announced. */
  onAnnounced: ((prefix: number) => void) | undefined;
  readonly #prefixes: PrefixIndex;
  readonly #names: AttributeNames;
  readonly #frame = new UpdateFrame();
  readonly #context = agreedContext(4);

  constructor(prefixes: PrefixIndex, names: AttributeNames) {
    this.#prefixes = prefixes;
    this.#names = names;
    this.routes = new Int32Array(prefixes.count);
  }

  update(bytes: Uint8Array, start: number, end: number): void {
    const frame = this.#frame;
    if (frame.scan(bytes, start, end, this.#context) !== Disposition.accept) this.faults++;
    this.#set(bytes, frame.withdrawnStart, frame.withdrawnEnd, 0);
    if (frame.nlriEnd === frame.nlriStart) return;
    const number = this.#names.of(bytes, frame.attributesStart, frame.attributesEnd);
    this.#set(bytes, frame.nlriStart, frame.nlriEnd, number);
  }

  check(): void {}

  #set(bytes: Uint8Array, start: number, end: number, number: number): void {
    for (let at = start; at < end; ) {
      const length = bytes[at]!;
      const prefix = this.#prefixes.find(bytes, at + 1, length);
      at += 1 + ((length + 7) >>> 3);
      if (prefix < 0) {
        this.strangers++;
        continue;
      }
      this.routes[prefix] = number;
      if (number !== 0) this.onAnnounced?.(prefix);
    }
  }
}
