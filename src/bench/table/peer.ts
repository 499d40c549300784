/**
 * One session of the load generator: connects from an address of its own, sends streams that are encoded already, and
 * hands the UPDATEs that come back to whoever watches.
 */
import { connect, type Socket } from 'node:net';
import { Framer } from '../../wire/framer.ts';
import { KEEPALIVE, MessageType } from '../../wire/message.ts';
import { type NotificationData, notificationName, readNotification } from '../../wire/notification.ts';
import { writeOpen } from '../../wire/open.ts';
import type { WireContext } from '../../wire/session-context.ts';
import type { MessageStream } from './messages.ts';

/** Where the daemon under test listens. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/** What is done with the UPDATEs that a peer is sent. */
export interface UpdateWatcher {
  /** The body `bytes[start..end)`; lent. */
  update(bytes: Uint8Array, start: number, end: number): void;
  /** A chunk of the socket is over. */
  check(): void;
}

export interface PeerSettings {
  /** Its place among the peers of the run, from 0. */
  readonly index: number;
  readonly holdTimeSeconds: number;
  /** Of the one family it offers. */
  readonly addressOctets: 4 | 16;
}

/** What a session with the daemon under test agrees on. */
export function agreedContext(addressOctets: 4 | 16): WireContext {
  return {
    as4: true,
    external: true,
    extendedMessage: false,
    families: addressOctets === 4 ? 1 : 2,
    extendedNextHop: 0,
    loopback: true,
  };
}

/** AS number of the daemon under test, and of peer 0; the others follow. */
export const TARGET_AS = 65_000;
const FIRST_PEER_AS = 65_001;

const PEERS_PER_OCTET = 250;
const RETRY_MILLISECONDS = 100;
/** Longest time of one attempt. */
const ATTEMPT_MILLISECONDS = 5000;

/** Read into by every socket in turn: what it holds is done with when the callback returns. */
const CHUNK = Buffer.allocUnsafeSlow(256 * 1024);

export function peerAs(index: number): number {
  return FIRST_PEER_AS + index;
}

/** Address of 127.0.0.0/8, all of which is the machine itself on Linux. */
export function peerAddress(index: number): string {
  return `127.0.${1 + Math.floor(index / PEERS_PER_OCTET)}.${1 + (index % PEERS_PER_OCTET)}`;
}

/** Next hop of a sender, out of the networks for benchmarks (RFC 2544) and unique local addresses. */
export function peerNextHop(index: number, addressOctets: 4 | 16): Uint8Array {
  if (addressOctets === 4) return Uint8Array.of(198, 18, 1 + (index >>> 8), 1 + (index & 0xff));
  const bytes = new Uint8Array(16);
  bytes.set([0xfd, 0x10]);
  bytes.set([1 + (index >>> 8), index & 0xff], 14);
  return bytes;
}

export class LoadPeer<Watcher extends UpdateWatcher> {
  readonly index: number;
  readonly monitor: Watcher;
  /** UPDATEs that came. */
  updates = 0;
  /** Why the session ended, when it was not we who ended it. */
  lost: string | undefined;
  /** Instant of the last UPDATE, of `performance.now()`. */
  lastUpdateAt = 0;
  readonly #settings: PeerSettings;
  #framer = this.#newFramer();
  #socket: Socket | undefined;
  #keepalive: NodeJS.Timeout | undefined;
  #closing = false;
  #established = false;
  #onEstablished: (() => void) | undefined;
  #notification: NotificationData | undefined;

  constructor(settings: PeerSettings, monitor: Watcher) {
    this.index = settings.index;
    this.#settings = settings;
    this.monitor = monitor;
  }

  /**
   * Tries until the session is established.
   *
   * @throws Error when it is not within `milliseconds`, with the last reason
   */
  async establish(target: Target, milliseconds: number): Promise<void> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      const reason = await this.#attempt(
        target,
        Math.min(deadline, performance.now() + ATTEMPT_MILLISECONDS),
      );
      if (reason === undefined) return;
      if (performance.now() >= deadline)
        throw new Error(`no session from ${peerAddress(this.index)} to ${target.address}: ${reason}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }

  /** Resolves when the last octet has left this process, or the session has ended. */
  async send(stream: MessageStream): Promise<void> {
    let from = 0;
    for (const cut of stream.cuts) {
      if (this.lost !== undefined) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#socket?.write(stream.bytes.subarray(from, cut), () => resolve());
      await promise;
      from = cut;
    }
  }

  /** Writes whole messages without waiting; they are the socket's from now on. */
  sendNow(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  /** Takes what the daemon sent; false when it is no BGP. */
  take(chunk: Uint8Array): boolean {
    const { updates } = this;
    const isLegal = this.#framer.push(chunk) === undefined;
    if (this.updates > updates) this.lastUpdateAt = performance.now();
    this.monitor.check();
    return isLegal;
  }

  close(): void {
    this.#closing = true;
    clearInterval(this.#keepalive);
    this.#socket?.destroy();
  }

  /** One attempt; resolves with undefined when it succeeded, else with the reason. */
  #attempt(target: Target, deadline: number): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#framer = this.#newFramer();
    const socket = connect({
      host: target.address,
      port: target.port,
      localAddress: peerAddress(this.index),
      noDelay: true,
      onread: {
        buffer: CHUNK,
        callback: (length, chunk) => {
          if (!this.take(chunk.subarray(0, length))) socket.destroy();
          return true;
        },
      },
    });
    this.#socket = socket;
    this.#notification = undefined;
    let error: string | undefined;
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), deadline - performance.now());
    socket.once('connect', () => socket.write(this.#open()));
    socket.on('error', (problem) => {
      error = problem.message;
    });
    socket.on('end', () => socket.destroy());
    socket.once('close', () => {
      clearTimeout(timer);
      const said = this.#notification;
      const reason = said === undefined ? (error ?? 'closed') : notificationName(said.code, said.subcode);
      if (this.#established && !this.#closing) this.lost = reason;
      clearInterval(this.#keepalive);
      resolve(reason);
    });
    this.#onEstablished = () => {
      clearTimeout(timer);
      this.#established = true;
      resolve(undefined);
    };
    return promise;
  }

  #newFramer(): Framer {
    return new Framer({ message: (type, bytes, start, end) => this.#message(type, bytes, start, end) });
  }

  #open(): Uint8Array {
    const { index, holdTimeSeconds, addressOctets } = this.#settings;
    const as = peerAs(index);
    const afi = addressOctets === 4 ? 1 : 2;
    return writeOpen({
      version: 4,
      as,
      holdTimeSeconds,
      routerId: 0xc6120101 + index,
      capabilities: [
        { name: 'multiprotocol', value: { afi, safi: 1 } },
        { name: 'route-refresh', value: true },
        { name: 'four-octet-as', value: { as } },
      ],
    });
  }

  #message(type: number, bytes: Uint8Array, start: number, end: number): void {
    if (type === MessageType.update) {
      this.updates++;
      this.monitor.update(bytes, start, end);
    } else if (type === MessageType.open) {
      this.#socket?.write(KEEPALIVE);
      const interval = (this.#settings.holdTimeSeconds * 1000) / 3 - 50;
      clearInterval(this.#keepalive);
      // Behind whatever piece is being written, which ends with a message.
      this.#keepalive = setInterval(() => this.#socket?.write(KEEPALIVE), interval);
    } else if (type === MessageType.keepalive) {
      this.#onEstablished?.();
      this.#onEstablished = undefined;
    } else if (type === MessageType.notification) {
      this.#notification = readNotification(bytes, start, end);
    }
  }
}
