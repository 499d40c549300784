/**
 * Listeners: the sockets that take connections, kept as configured. One that cannot be bound is reported and tried
 * again, so that an address that comes up later is served; the daemon runs on.
 */
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../base/clock.ts';
import type { ListenAddress } from '../config/types.ts';
import type { Listener, ListenKey, Transport } from '../net/types.ts';
import type { SpeakerEvent } from './events.ts';
import type { SpeakerStatus } from './status.ts';

/** Milliseconds between two attempts to bind. */
const RETRY_MILLISECONDS = 5000;

interface Slot {
  readonly wanted: ListenAddress;
  listener: Listener | undefined;
  error: string | undefined;
  readonly retry: Timer;
}

export class Listeners {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #accept: (socket: Socket) => void;
  readonly #publish: (event: SpeakerEvent) => void;
  readonly #slots = new Set<Slot>();
  #keys: readonly ListenKey[] = [];

  constructor(
    transport: Transport,
    clock: Clock,
    accept: (socket: Socket) => void,
    publish: (event: SpeakerEvent) => void,
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.#accept = accept;
    this.#publish = publish;
  }

  /** Binds an address; a failure is an event and is tried again. */
  async add(wanted: ListenAddress): Promise<void> {
    const slot: Slot = {
      wanted,
      listener: undefined,
      error: undefined,
      retry: this.#clock.timer(() => void this.#bind(slot)),
    };
    this.#slots.add(slot);
    await this.#bind(slot);
  }

  /** Gives an address up. */
  async remove(wanted: ListenAddress): Promise<void> {
    for (const slot of this.#slots)
      if (slot.wanted.address === wanted.address && slot.wanted.port === wanted.port)
        await this.#release(slot);
  }

  /** Gives all addresses up. */
  async close(): Promise<void> {
    await Promise.all([...this.#slots].map((slot) => this.#release(slot)));
  }

  /**
   * TCP MD5 keys that connections must have.
   * @returns why the keys could not be set everywhere; undefined when they are.
   */
  setKeys(keys: readonly ListenKey[]): string | undefined {
    this.#keys = keys;
    let failure: string | undefined;
    for (const { listener } of this.#slots)
      if (listener !== undefined) failure = this.#applyKeys(listener) ?? failure;
    return failure;
  }

  get status(): SpeakerStatus['listen'] {
    return [...this.#slots].map(({ wanted, listener, error }) => ({
      address: wanted.address,
      port: listener?.port ?? wanted.port,
      error,
    }));
  }

  async #bind(slot: Slot): Promise<void> {
    const { address, port } = slot.wanted;
    try {
      const listener = await this.#transport.listen(address, port, this.#accept);
      if (!this.#slots.has(slot)) {
        await listener.close();
        return;
      }
      slot.listener = listener;
      slot.error = undefined;
      const keyError = this.#applyKeys(listener);
      if (keyError !== undefined) this.#publish({ type: 'warning', reason: keyError });
      this.#publish({ type: 'listening', address, port: listener.port });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (slot.error !== reason) this.#publish({ type: 'listenFailed', address, port, reason });
      slot.error = reason;
      if (this.#slots.has(slot)) slot.retry.start(RETRY_MILLISECONDS);
    }
  }

  async #release(slot: Slot): Promise<void> {
    this.#slots.delete(slot);
    slot.retry.stop();
    await slot.listener?.close();
  }

  #applyKeys(listener: Listener): string | undefined {
    try {
      listener.setKeys(this.#keys);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
