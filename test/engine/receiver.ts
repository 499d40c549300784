/** A BGP speaker that only listens: what a peer knows after the messages it was sent. */
import { expect } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { formatPrefix } from '../../src/base/prefix.ts';
import { writeCanonicalBlob } from '../../src/wire/attributes/blob.ts';
import { ATTRIBUTES, type PathAttributes } from '../../src/wire/attributes/index.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { readAttributes } from '../../src/wire/attributes/view.ts';
import { endOfRibFamily } from '../../src/wire/end-of-rib.ts';
import { UNICAST_FAMILIES } from '../../src/wire/families/index.ts';
import { Framer } from '../../src/wire/framer.ts';
import { HEADER_LENGTH, MessageType } from '../../src/wire/message.ts';
import { readRouteRefresh } from '../../src/wire/route-refresh.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';
import { IPV4, IPV6 } from './update-body.ts';

/** Attributes in one line, in the order of their codes: `origin=igp asPath=65001 nextHop=192.0.2.1`. */
export function describeAttributes(attributes: PathAttributes): string {
  return ATTRIBUTES.filter((spec) => attributes[spec.name] !== undefined)
    .map((spec) => `${spec.name}=${(spec.format as (value: unknown) => string)(attributes[spec.name])}`)
    .join(' ');
}

/** One UPDATE as it was heard. */
export interface Heard {
  /** Octets of the message with its header. */
  readonly length: number;
  /** Codes of the attributes in the order sent. */
  readonly codes: readonly number[];
  /** Value of each attribute by code, in hexadecimal digits. */
  readonly raw: ReadonlyMap<number, Uint8Array>;
  readonly announced: readonly string[];
  readonly withdrawn: readonly string[];
}

/** A BGP speaker that only listens: applies every message in order and keeps what it has been told. */
export class Receiver {
  readonly tables = UNICAST_FAMILIES.map(() => new Map<string, string>());
  /** What was heard, in words: `eor ipv4-unicast`, `borr ...`, `eorr ...`. */
  readonly marks: string[] = [];
  readonly updates: Heard[] = [];
  /** Withdrawals of prefixes that it did not have: noise, or a wrong book. */
  needless = 0;
  /** What `send` answers. */
  room = true;
  /** Keeps `updates`; a long test does without. */
  keep = true;
  readonly #context: WireContext;
  readonly #framer: Framer;
  readonly #frame = new UpdateFrame();
  /** By family: prefixes not repeated since BoRR. */
  readonly #stale = new Map<number, Set<string>>();

  constructor(context: WireContext) {
    this.#context = context;
    this.#framer = new Framer({
      message: (type, bytes, start, end) => this.#message(type, bytes, start, end),
    });
    this.#framer.extendedMessage = context.extendedMessage;
  }

  /** Takes what the engine sends. */
  push(bytes: Uint8Array): boolean {
    expect(this.#framer.push(bytes)).toBeUndefined();
    expect(this.#framer.pendingBytes).toBe(0);
    return this.room;
  }

  /** Whether BoRR was heard and its EoRR not yet. */
  get refreshing(): boolean {
    return this.#stale.size > 0;
  }

  /** Attributes heard last for a prefix of either family. */
  get(text: string): string | undefined {
    return this.tables[text.includes(':') ? IPV6 : IPV4]!.get(text);
  }

  #message(type: number, bytes: Uint8Array, start: number, end: number): void {
    if (type === MessageType.routeRefresh) this.#refresh(bytes, start, end);
    else if (type === MessageType.update) this.#update(bytes, start, end);
    else throw new Error(`message of type ${type}`);
  }

  #refresh(bytes: Uint8Array, start: number, end: number): void {
    const result = readRouteRefresh(bytes, start, end);
    if (!result.ok) throw new Error('malformed ROUTE-REFRESH');
    const family = UNICAST_FAMILIES.find(({ afi }) => afi === result.refresh.afi)!;
    const table = this.tables[family.index]!;
    if (result.refresh.subtype === 1) {
      this.marks.push(`borr ${family.name}`);
      this.#stale.set(family.index, new Set(table.keys()));
      return;
    }
    this.marks.push(`eorr ${family.name}`);
    for (const text of this.#stale.get(family.index) ?? []) table.delete(text);
    this.#stale.delete(family.index);
  }

  #update(bytes: Uint8Array, start: number, end: number): void {
    const frame = this.#frame;
    expect(frame.scan(bytes, start, end, this.#context)).toBe(Disposition.accept);
    const ended = endOfRibFamily(frame);
    if (ended >= 0) {
      this.marks.push(`eor ${UNICAST_FAMILIES[ended]!.name}`);
      return;
    }
    const withdrawn = readNlri(bytes, frame.withdrawnStart, frame.withdrawnEnd, IPV4);
    for (const text of withdrawn) this.#withdraw(IPV4, text);
    if (frame.unreachFamily >= 0) {
      const gone = readNlri(bytes, frame.unreachStart, frame.unreachEnd, frame.unreachFamily);
      for (const text of gone) this.#withdraw(frame.unreachFamily, text);
      withdrawn.push(...gone);
    }
    const announced: string[] = [];
    if (frame.reachFamily >= 0)
      announced.push(...this.#announce(frame.reachFamily, bytes, frame.reachStart, frame.reachEnd, true));
    if (frame.nlriEnd > frame.nlriStart)
      announced.push(...this.#announce(IPV4, bytes, frame.nlriStart, frame.nlriEnd, false));
    if (!this.keep) return;
    const raw = new Map<number, Uint8Array>();
    const codes: number[] = [];
    for (let at = frame.attributesStart; at < frame.attributesEnd; ) {
      const extended = (bytes[at]! & 0x10) !== 0;
      const length = extended ? (bytes[at + 2]! << 8) | bytes[at + 3]! : bytes[at + 2]!;
      const from = at + (extended ? 4 : 3);
      codes.push(bytes[at + 1]!);
      raw.set(bytes[at + 1]!, bytes.slice(from, from + length));
      at = from + length;
    }
    this.updates.push({ length: end - start + HEADER_LENGTH, codes, raw, announced, withdrawn });
  }

  #withdraw(family: number, text: string): void {
    if (!this.tables[family]!.delete(text)) this.needless++;
    this.#stale.get(family)?.delete(text);
  }

  #announce(family: number, bytes: Uint8Array, start: number, end: number, mp: boolean): string[] {
    const blob = new ByteWriter();
    writeCanonicalBlob(this.#frame, bytes, this.#context, mp, blob);
    const view = readAttributes(blob.bytes, 0, blob.length);
    const unknown = view.unknown.map(({ code, hex }) => ` ${code}=${hex}`).join('');
    const text = describeAttributes(view.attributes) + unknown;
    const prefixes = readNlri(bytes, start, end, family);
    for (const announced of prefixes) {
      this.tables[family]!.set(announced, text);
      this.#stale.get(family)?.delete(announced);
    }
    return prefixes;
  }
}

function readNlri(bytes: Uint8Array, start: number, end: number, family: number): string[] {
  const prefixes: string[] = [];
  for (let at = start; at < end; ) {
    const length = bytes[at]!;
    const octets = (length + 7) >>> 3;
    const full = new Uint8Array(family === IPV4 ? 4 : 16);
    full.set(bytes.subarray(at + 1, at + 1 + octets));
    prefixes.push(formatPrefix(full, length));
    at += 1 + octets;
  }
  return prefixes;
}
