/**
 * What was agreed on the octets of a captured session: taken from its OPENs, unless the command line knows better.
 */
import type { Direction } from '../../pcap/connections.ts';
import { familyIndex } from '../../wire/families/index.ts';
import { DEFAULT_CONTEXT } from '../../wire/json.ts';
import { HEADER_LENGTH } from '../../wire/message.ts';
import { type OpenMessage, openAs, readOpen } from '../../wire/open.ts';
import type { WireContext } from '../../wire/session-context.ts';

/** What the command line says; undefined where it says nothing. */
export interface SessionOptions {
  readonly twoOctetAs: boolean | undefined;
  /** Bits of families with path identifiers. */
  readonly addPath: number | undefined;
  readonly extendedMessages: boolean | undefined;
  readonly external: boolean | undefined;
}

/** The context when there are no OPENs to learn from. */
export function contextOf(options: SessionOptions): WireContext {
  const { twoOctetAs, addPath, extendedMessages, external } = options;
  return {
    ...DEFAULT_CONTEXT,
    ...(twoOctetAs !== undefined && { as4: !twoOctetAs }),
    ...(addPath !== undefined && { addPath }),
    ...(extendedMessages !== undefined && { extendedMessage: extendedMessages }),
    ...(external !== undefined && { external }),
  };
}

/** The OPENs of both sides, as far as they were seen. */
interface Opens {
  readonly bySender: Map<string, OpenMessage>;
}

/** Learns from OPENs and answers for every message behind them. */
export class Sessions {
  readonly #options: SessionOptions;
  readonly #sessions = new Map<number, Opens>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Remembers the OPEN `bytes` (header included), if it is one that can be read. */
  learn({ connection, source }: Direction, bytes: Uint8Array): void {
    const result = readOpen(bytes, HEADER_LENGTH, bytes.length);
    if (!result.ok) return;
    const session = this.#sessions.get(connection) ?? { bySender: new Map() };
    session.bySender.set(source.text, result.open);
    this.#sessions.set(connection, session);
  }

  /** Forgets a connection. */
  end({ connection }: Direction): void {
    this.#sessions.delete(connection);
  }

  /** What was agreed on the octets that flow in `direction`. */
  contextFor({ connection, source, destination }: Direction): WireContext {
    const asked = contextOf(this.#options);
    const loopback = isLoopback(source.address);
    const opens = this.#sessions.get(connection)?.bySender;
    const sender = opens?.get(source.text);
    const receiver = opens?.get(destination.text);
    const seen = [sender, receiver].filter((open) => open !== undefined);
    if (seen.length === 0) return { ...asked, loopback };
    const both = (name: string) =>
      seen.every(({ capabilities }) => capabilities.some((capability) => capability.name === name));
    const ases = seen.map(openAs);
    return {
      ...asked,
      loopback,
      as4: this.#options.twoOctetAs === undefined ? both('four-octet-as') : asked.as4,
      extendedMessage: this.#options.extendedMessages ?? both('extended-message'),
      external: this.#options.external ?? (ases.length === 2 && ases[0] !== ases[1]),
      addPath: this.#options.addPath ?? addPathOf(sender, receiver),
    };
  }
}

const CAN_RECEIVE = 1;
const CAN_SEND = 2;
const BOTH = 3;

/** Families for which the sender said it sends path identifiers and the receiver that it takes them (RFC 7911). */
function addPathOf(sender: OpenMessage | undefined, receiver: OpenMessage | undefined): number {
  return addPathFamilies(sender, CAN_SEND) & addPathFamilies(receiver, CAN_RECEIVE);
}

/** An OPEN that was not captured may have said anything. */
function addPathFamilies(open: OpenMessage | undefined, wanted: number): number {
  if (open === undefined) return ~0;
  let families = 0;
  for (const capability of open.capabilities) {
    if (capability.name !== 'add-path') continue;
    for (const { afi, safi, direction } of capability.value) {
      const index = familyIndex(afi, safi);
      if (index >= 0 && direction <= BOTH && (direction & wanted) !== 0) families |= 1 << index;
    }
  }
  return families;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
