/**
 * What happens to messages between the socket and the tables, up to a stage, as the daemon does it.
 *
 * HOT. One class for all stages: the framer knows a single sink in the daemon, and must not learn another here.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { AttrTable } from '../rib/attr-table.ts';
import { writeCanonicalBlob } from '../wire/attributes/blob.ts';
import { ipv4Unicast } from '../wire/families/ipv4-unicast.ts';
import { Framer, type MessageSink } from '../wire/framer.ts';
import { MessageType } from '../wire/message.ts';
import { prefixWord } from '../wire/prefix-scan.ts';
import type { WireContext } from '../wire/session-context.ts';
import { UpdateFrame } from '../wire/update-frame.ts';
import { readUpdate } from '../wire/update-read.ts';

/** How far messages go. */
export const Stage = {
  /** Message boundaries and headers. */
  frame: 0,
  /** And the walk over the body: offsets, RFC 7606 disposition. */
  check: 1,
  /** And every prefix as integers. */
  nlri: 2,
  /** Frame, then check and everything as plain objects, as `readUpdate` does it for programs. */
  object: 3,
  /** Check, then the canonical attributes as bytes. */
  blob: 4,
  /** Check, then the id of the canonical attributes in a table. */
  intern: 5,
} as const;
export type Stage = (typeof Stage)[keyof typeof Stage];

export class Pipeline implements MessageSink {
  readonly frame = new UpdateFrame();
  /** UPDATEs that are not wholly well-formed. */
  faults = 0;
  readonly #stage: Stage;
  readonly #context: WireContext;
  readonly #framer: Framer;
  readonly #scratch = new ByteWriter(4096);
  readonly #attrs = new AttrTable(1);
  /** An integer of 31 bits: a larger number would be allocated. */
  #sum = 0;

  constructor(stage: Stage, context: WireContext) {
    this.#stage = stage;
    this.#context = context;
    this.#framer = new Framer(this);
    this.#framer.extendedMessage = context.extendedMessage;
  }

  /** Takes whole messages; the number depends on all that was done. */
  run(chunk: Uint8Array): number {
    this.#sum = 0;
    this.#framer.push(chunk);
    return this.#sum;
  }

  message(type: number, bytes: Uint8Array, start: number, end: number): void {
    this.#add(end - start + type);
    if (type !== MessageType.update || this.#stage === Stage.frame) return;
    if (this.#stage === Stage.object) {
      const update = readUpdate(bytes, start, end, this.#context);
      this.faults += update.problems.length;
      for (const { values } of update.routes) this.#add(values?.length ?? 0);
      return;
    }
    const { frame } = this;
    const disposition = frame.scan(bytes, start, end, this.#context);
    this.#add(frame.nlriStart);
    if (disposition !== 0) {
      this.faults++;
      return;
    }
    if (this.#stage === Stage.nlri) this.#add(this.#nlri(bytes));
    else if (this.#stage >= Stage.blob && frame.attributesEnd > frame.attributesStart)
      this.#add(this.#attributes(bytes));
  }

  #add(value: number): void {
    this.#sum = (this.#sum + value) & 0x3fffffff;
  }

  #nlri(bytes: Uint8Array): number {
    const { frame } = this;
    let sum = scanPrefixes4(bytes, frame.withdrawnStart, frame.withdrawnEnd);
    if (frame.unreachFamily >= 0)
      sum += scanPrefixes(bytes, frame.unreachFamily, frame.unreachStart, frame.unreachEnd);
    if (frame.reachFamily >= 0)
      sum += scanPrefixes(bytes, frame.reachFamily, frame.reachStart, frame.reachEnd);
    return sum + scanPrefixes4(bytes, frame.nlriStart, frame.nlriEnd);
  }

  #attributes(bytes: Uint8Array): number {
    const { frame } = this;
    const multiprotocol = frame.reachFamily >= 0;
    const scratch = this.#scratch;
    if (frame.rewrite || this.#stage === Stage.blob) {
      scratch.reset();
      writeCanonicalBlob(frame, bytes, this.#context, multiprotocol, scratch);
      if (this.#stage === Stage.blob) return scratch.length;
      return scratch.length === 0 ? 0 : this.#attrs.intern(scratch.bytes, 0, scratch.length);
    }
    return this.#attrs.intern(bytes, frame.attributesStart, frame.attributesEnd);
  }
}

function scanPrefixes(bytes: Uint8Array, family: number, start: number, end: number): number {
  return family === 0 ? scanPrefixes4(bytes, start, end) : scanPrefixes6(bytes, start, end);
}

/** Reads every IPv4 prefix as the tables get it: a length and a word, spare bits zero. */
export function scanPrefixes4(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  let at = start;
  while (at < end) {
    const length = bytes[at++]!;
    const next = at + ((length + 7) >>> 3);
    if (length > 32 || next > end) return -1;
    sum = ((sum ^ prefixWord(bytes, at, length)) + length) & 0x3fffffff;
    at = next;
  }
  return sum;
}

/** Reads every IPv6 prefix as the tables get it: a length and four words. */
export function scanPrefixes6(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  let at = start;
  while (at < end) {
    const length = bytes[at++]!;
    const next = at + ((length + 7) >>> 3);
    if (length > 128 || next > end) return -1;
    const high = prefixWord(bytes, at, length) ^ prefixWord(bytes, at + 4, length - 32);
    const low = prefixWord(bytes, at + 8, length - 64) ^ prefixWord(bytes, at + 12, length - 96);
    sum = ((sum ^ high ^ low) + length) & 0x3fffffff;
    at = next;
  }
  return sum;
}

/** Only asks whether the prefixes are well-formed. */
export function checkPrefixes4(bytes: Uint8Array, start: number, end: number): number {
  return ipv4Unicast.nlri.check(bytes, start, end, false);
}
