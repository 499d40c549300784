/**
 * Error rings: every malformed message a neighbor has sent, the newest of them with bytes, place, clause and what was
 * done about it, so that a fault can be looked at after it happened and decoded again.
 *
 * A ring outlives sessions, reloads and dynamic neighbors: it belongs to an address. Nothing is allocated for an
 * address that sends no malformed message, and nothing for a good message. Bounds: `base/limits.ts`.
 */
import { toHex } from '../base/bytes.ts';
import { MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_RINGS, MAX_ERRORS_PER_NEIGHBOR } from '../base/limits.ts';
import { attributeByCode } from '../wire/attributes/index.ts';
import { FAMILIES } from '../wire/families/index.ts';
import { copyBytes } from '../wire/message.ts';
import type { WireContext } from '../wire/session-context.ts';
import type { ErrorContext, ErrorDisposition, ErrorEntry, ErrorTotals, OpenExpectation } from './status.ts';

/** A malformed message as it is reported; `bytes` is lent. */
export interface MalformedMessage {
  /** Message type code; undefined when the header is not one. */
  readonly type: number | undefined;
  readonly bytes: Uint8Array;
  /** The message is `bytes[start..end)`, header included. */
  readonly start: number;
  readonly end: number;
  /** Place of the fault in `bytes`. */
  readonly at: number;
  /** Type code of the attribute at fault, 0 when there is none. */
  readonly attribute: number;
  /** Of the NOTIFICATION that was sent, or that the fault stands for. */
  readonly code: number;
  readonly subcode: number;
  readonly reason: string;
  readonly rfc: string;
  readonly disposition: ErrorDisposition;
  /** What was agreed on the connection; undefined before the OPENs were. */
  readonly context: WireContext | undefined;
  /** What we wanted of an OPEN that could be read but was refused. */
  readonly expected?: OpenExpectation;
}

interface Kept extends MalformedMessage {
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** Octets of the message before it was cut. */
  readonly length: number;
}

const TYPE_NAMES = ['', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH'];

/** The malformed messages of one address. */
export class ErrorRing {
  readonly #entries: Kept[] = [];
  /** Where the next entry goes, once the ring is full. */
  #next = 0;
  readonly #totals: Record<ErrorDisposition, number> = {
    'attribute-discard': 0,
    'treat-as-withdraw': 0,
    'disable-family': 0,
    'session-reset': 0,
    'connection-closed': 0,
  };
  #overwritten = 0;

  /** Keeps a copy of `message`. */
  add(message: MalformedMessage, sequence: number, receivedAt: number): void {
    const { bytes, start, end, at } = message;
    const length = end - start;
    const kept: Kept = {
      ...message,
      bytes: copyBytes(bytes, start, start + Math.min(length, MAX_ERROR_MESSAGE_BYTES)),
      start: 0,
      end: Math.min(length, MAX_ERROR_MESSAGE_BYTES),
      at: at - start,
      sequence,
      receivedAt,
      length,
    };
    this.#totals[message.disposition]++;
    if (this.#entries.length < MAX_ERRORS_PER_NEIGHBOR) this.#entries.push(kept);
    else {
      this.#entries[this.#next] = kept;
      this.#next = (this.#next + 1) % MAX_ERRORS_PER_NEIGHBOR;
      this.#overwritten++;
    }
  }

  /** What is kept, in no particular order. */
  entries(peer: string): ErrorEntry[] {
    return this.#entries.map((kept) => errorEntry(kept, peer));
  }

  /** Of all malformed messages, also those that are not kept any more. */
  get totals(): ErrorTotals {
    return {
      attributeDiscard: this.#totals['attribute-discard'],
      treatAsWithdraw: this.#totals['treat-as-withdraw'],
      familyDisable: this.#totals['disable-family'],
      sessionReset: this.#totals['session-reset'],
      connectionClosed: this.#totals['connection-closed'],
      overwritten: this.#overwritten,
    };
  }
}

/** The rings of all addresses. */
export class ErrorRings {
  /** Rings that were forgotten because there were too many. */
  forgotten = 0;
  /** The address heard of last comes last. */
  readonly #rings = new Map<string, ErrorRing>();
  #sequence = 0;

  /** Keeps a malformed message of `peer`. */
  add(peer: string, message: MalformedMessage): void {
    const ring = this.#rings.get(peer) ?? new ErrorRing();
    this.#rings.delete(peer);
    this.#rings.set(peer, ring);
    if (this.#rings.size > MAX_ERROR_RINGS) {
      const [quietest] = this.#rings.keys();
      this.#rings.delete(quietest!);
      this.forgotten++;
    }
    ring.add(message, ++this.#sequence, Date.now());
  }

  /** Whether there is anything of `peer`. */
  has(peer: string): boolean {
    return this.#rings.has(peer);
  }

  /** What is kept, newest first; of one address, or of all. */
  entries(peer?: string): ErrorEntry[] {
    const rings = peer === undefined ? [...this.#rings] : [[peer, this.#rings.get(peer)] as const];
    return rings
      .flatMap(([address, ring]) => ring?.entries(address) ?? [])
      .sort((a, b) => b.sequence - a.sequence);
  }

  /** The counters of `peer`. */
  totals(peer: string): ErrorTotals {
    return (this.#rings.get(peer) ?? NOTHING).totals;
  }
}

const NOTHING = new ErrorRing();

function errorEntry(kept: Kept, peer: string): ErrorEntry {
  const { attribute, context, type } = kept;
  return {
    sequence: kept.sequence,
    time: new Date(kept.receivedAt).toISOString(),
    peer,
    type: type === undefined ? undefined : (TYPE_NAMES[type] ?? `type ${type}`),
    bytes: toHex(kept.bytes),
    length: kept.length,
    truncated: kept.bytes.length < kept.length,
    offset: kept.at,
    attribute: attribute === 0 ? undefined : (attributeByCode[attribute]?.name ?? `attribute ${attribute}`),
    attributeCode: attribute === 0 ? undefined : attribute,
    code: kept.code,
    subcode: kept.subcode,
    reason: kept.reason,
    rfc: kept.rfc,
    disposition: kept.disposition,
    context: context === undefined ? undefined : errorContext(context),
    expected: kept.expected,
  };
}

function errorContext(context: WireContext): ErrorContext {
  const { families, extendedNextHop, addPath = 0, ...flags } = context;
  return {
    ...flags,
    families: familyNames(families),
    extendedNextHop: familyNames(extendedNextHop),
    ...(addPath !== 0 && { addPath: familyNames(addPath) }),
  };
}

function familyNames(bits: number): string[] {
  return FAMILIES.filter(({ index }) => (bits & (1 << index)) !== 0).map(({ name }) => name);
}
