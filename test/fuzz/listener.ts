/**
 * A peer that only listens to an engine: every message that it is sent must be one that it would accept, and it keeps
 * the prefixes it was told of.
 */
import { toHex } from '../../src/base/bytes.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';
import { Framer } from '../../src/wire/framer.ts';
import { MessageType } from '../../src/wire/message.ts';
import { readRouteRefresh } from '../../src/wire/route-refresh.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';
import { must } from './finding.ts';

export class Listener {
  /** By family index: prefixes as they stand in NLRI, in hexadecimal digits. */
  readonly tables = FAMILIES.map(() => new Set<string>());
  readonly #context: WireContext;
  readonly #framer: Framer;
  readonly #frame = new UpdateFrame();
  readonly #stale = new Map<number, Set<string>>();

  constructor(context: WireContext) {
    this.#context = context;
    this.#framer = new Framer({
      message: (type, bytes, start, end) => this.#message(type, bytes, start, end),
    });
    this.#framer.extendedMessage = context.extendedMessage;
  }

  push(bytes: Uint8Array): boolean {
    must(this.#framer.push(bytes) === undefined, 'the engine sends an illegal header');
    must(this.#framer.pendingBytes === 0, 'the engine sends half a message');
    return true;
  }

  #message(type: number, bytes: Uint8Array, start: number, end: number): void {
    if (type === MessageType.routeRefresh) this.#mark(bytes, start, end);
    else if (type === MessageType.update) this.#update(bytes, start, end);
    else must(false, `the engine sends a message of type ${type}`);
  }

  #mark(bytes: Uint8Array, start: number, end: number): void {
    const result = readRouteRefresh(bytes, start, end);
    must(result.ok, 'the engine sends a broken ROUTE-REFRESH');
    const { afi, safi, subtype } = result.refresh;
    const { index } = FAMILIES.find((family) => family.afi === afi && family.safi === safi)!;
    const table = this.tables[index]!;
    if (subtype === 1) this.#stale.set(index, new Set(table));
    for (const prefix of (subtype === 2 && this.#stale.get(index)) || []) table.delete(prefix);
    if (subtype === 2) this.#stale.delete(index);
  }

  #update(bytes: Uint8Array, start: number, end: number): void {
    const frame = this.#frame;
    const disposition = frame.scan(bytes, start, end, this.#context);
    must(
      disposition === Disposition.accept,
      () =>
        `the engine sends what it would not accept: ${frame.subcode}/${frame.faultyAttribute} ${toHex(bytes, start, end)}`,
    );
    for (const prefix of prefixes(bytes, frame.withdrawnStart, frame.withdrawnEnd)) this.#drop(0, prefix);
    if (frame.unreachFamily >= 0)
      for (const prefix of prefixes(bytes, frame.unreachStart, frame.unreachEnd))
        this.#drop(frame.unreachFamily, prefix);
    if (frame.reachFamily >= 0)
      for (const prefix of prefixes(bytes, frame.reachStart, frame.reachEnd))
        this.#hear(frame.reachFamily, prefix);
    for (const prefix of prefixes(bytes, frame.nlriStart, frame.nlriEnd)) this.#hear(0, prefix);
  }

  #hear(family: number, prefix: string): void {
    this.tables[family]!.add(prefix);
    this.#stale.get(family)?.delete(prefix);
  }

  #drop(family: number, prefix: string): void {
    // Routes that fit into no message of ours are withdrawn, told before or not.
    this.tables[family]!.delete(prefix);
    this.#stale.get(family)?.delete(prefix);
  }
}

function prefixes(bytes: Uint8Array, start: number, end: number): string[] {
  const list: string[] = [];
  for (let at = start; at < end; ) {
    const next = at + 1 + ((bytes[at]! + 7) >>> 3);
    must(next <= end, 'the engine sends half a prefix');
    list.push(toHex(bytes, at, next));
    at = next;
  }
  return list;
}
