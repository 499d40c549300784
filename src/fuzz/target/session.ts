/**
 * A BGP session of the plainest kind, as an adversary needs it: OPEN, KEEPALIVE, then any octets. What comes back is
 * read only far enough to know whether the session lives and what ended it.
 */
import type { Socket } from 'node:net';
import { systemTransport } from '../../net/transport.ts';
import type { DialTarget } from '../../net/types.ts';
import type { CAPABILITIES } from '../../wire/capabilities/index.ts';
import { FAMILIES } from '../../wire/families/index.ts';
import { Framer } from '../../wire/framer.ts';
import { KEEPALIVE, MessageType } from '../../wire/message.ts';
import {
  CeaseSubcode,
  NotificationCode,
  type NotificationData,
  notification,
  readNotification,
  writeNotification,
} from '../../wire/notification.ts';
import { type OpenMessage, readOpen, writeOpen } from '../../wire/open.ts';
import type { FuzzContext } from '../context.ts';

/** How a connection ended. */
export interface SessionEnd {
  /** The NOTIFICATION that came, if any. */
  readonly notification: NotificationData | undefined;
  /** What TCP said, when it was no orderly end. */
  readonly error: string | undefined;
}

/** What we say in our OPEN. */
export interface SessionOffer {
  readonly as: number;
  /** Unsigned 32 bits. */
  readonly routerId: number;
  /** False: a 2-octet speaker. */
  readonly fourOctetAs: boolean;
  readonly extendedMessage: boolean;
}

/** Seconds; nothing that is fuzzed should take as long. */
const HOLD_TIME_SECONDS = 240;

export class FuzzSession {
  /** The peer's OPEN, once it has come. */
  open: OpenMessage | undefined;
  /** How it ended; undefined while it lives. */
  end: SessionEnd | undefined;
  readonly #socket: Socket;
  readonly #framer: Framer;
  #keepalives = 0;
  #notification: NotificationData | undefined;
  #error: string | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#framer = new Framer({
      message: (type, bytes, start, end) => this.#message(type, bytes, start, end),
    });
    socket.on('error', (error) => {
      this.#error = error.message;
    });
    socket.on('data', (chunk: Uint8Array) => {
      if (this.#framer.push(chunk) !== undefined) socket.destroy();
      this.#wake();
    });
    socket.on('drain', () => this.#wake());
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      this.end = { notification: this.#notification, error: this.#error };
      this.#wake();
    });
  }

  /**
   * Connects.
   *
   * @throws Error when the target does not answer within `milliseconds`, with a message for people
   */
  static async connect(target: DialTarget, milliseconds: number): Promise<FuzzSession> {
    const dial = systemTransport.dial(target);
    const timer = setTimeout(() => dial.abort(), milliseconds);
    try {
      return new FuzzSession(await dial.connected);
    } finally {
      clearTimeout(timer);
    }
  }

  /** OPEN and KEEPALIVE both ways; false when the target does not go along. */
  async establish(offer: SessionOffer, milliseconds: number): Promise<boolean> {
    this.send(writeOpen(offeredOpen(offer)));
    const deadline = performance.now() + milliseconds;
    await this.waitFor(() => this.open !== undefined, deadline);
    if (this.open === undefined || this.end !== undefined) return false;
    this.send(KEEPALIVE);
    await this.waitFor(() => this.#keepalives > 0, deadline);
    this.#framer.extendedMessage = offer.extendedMessage;
    return this.#keepalives > 0 && this.end === undefined;
  }

  /** Whether the target has answered our OPEN with a KEEPALIVE. */
  get confirmed(): boolean {
    return this.#keepalives > 0;
  }

  send(bytes: Uint8Array): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Resolves when `holds`, when the connection has ended, or when the time `deadline` has come. */
  async waitFor(holds: () => boolean, deadline: number): Promise<void> {
    while (!holds() && this.end === undefined) {
      const left = deadline - performance.now();
      if (left <= 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      const timer = setTimeout(resolve, left);
      await promise;
      clearTimeout(timer);
      this.#waiting.delete(resolve);
    }
  }

  /** Resolves after the time, or when the connection has ended. */
  async settle(milliseconds: number): Promise<void> {
    // Whatever the time, sockets get their turn.
    await new Promise((resolve) => setImmediate(resolve));
    await this.waitFor(() => false, performance.now() + milliseconds);
  }

  /** Resolves when everything sent has left this process, or the connection has ended. */
  flushed(milliseconds: number): Promise<void> {
    return this.waitFor(() => this.#socket.writableLength === 0, performance.now() + milliseconds);
  }

  /** Leaves with a Cease. */
  async close(): Promise<void> {
    if (this.end !== undefined) return;
    this.send(writeNotification(notification(NotificationCode.cease, CeaseSubcode.administrativeReset)));
    this.#socket.end();
    await this.settle(1000);
    this.#socket.destroy();
  }

  #message(type: number, bytes: Uint8Array, start: number, end: number): void {
    if (type === MessageType.keepalive) this.#keepalives++;
    else if (type === MessageType.notification) this.#notification = readNotification(bytes, start, end);
    else if (type === MessageType.open) {
      const result = readOpen(bytes, start, end);
      if (result.ok) this.open = result.open;
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

/** Every family and capability the codec has. */
function offeredOpen({ as, routerId, fourOctetAs, extendedMessage }: SessionOffer): OpenMessage {
  return {
    version: 4,
    as,
    holdTimeSeconds: HOLD_TIME_SECONDS,
    routerId,
    capabilities: [
      ...FAMILIES.map(({ afi, safi }) => ({ name: 'multiprotocol', value: { afi, safi } }) as const),
      { name: 'route-refresh', value: true },
      { name: 'extended-next-hop', value: [{ afi: 1, safi: 1, nextHopAfi: 2 }] },
      ...(extendedMessage ? [{ name: 'extended-message', value: true } as const] : []),
      ...(fourOctetAs ? [{ name: 'four-octet-as', value: { as } } as const] : []),
      { name: 'enhanced-route-refresh', value: true },
    ],
  };
}

/** What a session with such an answer agreed on. */
export function agreedContext(offer: SessionOffer, peerAs: number, open: OpenMessage): FuzzContext {
  const has = (name: (typeof CAPABILITIES)[number]['name']) =>
    open.capabilities.some((capability) => capability.name === name);
  let families = 0;
  for (const capability of open.capabilities) {
    if (capability.name !== 'multiprotocol') continue;
    const { afi, safi } = capability.value;
    for (const family of FAMILIES)
      if (family.afi === afi && family.safi === safi) families |= 1 << family.index;
  }
  return {
    as4: offer.fourOctetAs && has('four-octet-as'),
    external: offer.as !== peerAs,
    extendedMessage: offer.extendedMessage && has('extended-message'),
    families: families === 0 ? 1 : families,
    extendedNextHop: has('extended-next-hop') ? 1 : 0,
    addPath: 0,
    loopback: false,
    rejectAsSet: false,
    familyDisable: false,
  };
}
