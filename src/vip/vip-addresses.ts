/**
 * The interface addresses of one VIP: brought to what is wanted, in the background, and told when they are.
 *
 * Going up: add, then announce. Going down: the withdrawal is in the sockets, then a delay, then remove. What is
 * wanted may change at any moment; the work then turns around at its next step.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { VipConfig } from '../config/vip-types.ts';
import type { InterfaceAddresses } from './interface-address.ts';
import type { VipAddressStatus } from './status.ts';

/** A withdrawal that is not out after so long does not keep the address any longer: its peers are stuck. */
const FLUSH_MILLISECONDS = 5000;

/** Between attempts to add an address. */
const RETRY_MILLISECONDS = 1000;

export interface VipAddressesHost {
  readonly clock: Clock;
  readonly addresses: InterfaceAddresses;
  flushed(timeoutMilliseconds: number): Promise<boolean>;
  /** All addresses are there: announce now. */
  addressesReady(): void;
  addressChanged(what: 'added' | 'removed', interfaceName: string, address: string): void;
  addressProblem(reason: string): void;
}

type Settings = Pick<VipConfig, 'interface' | 'addresses' | 'removeDelaySeconds'>;

export class VipAddresses {
  readonly #host: VipAddressesHost;
  readonly settings: Settings;
  readonly #retry: Timer;
  readonly #delay: Timer;
  /** Ends the delay before a removal. */
  #wake: () => void = () => undefined;
  #wanted = false;
  #ready: boolean;
  /** Some may be on the interface because of us. */
  #touched = false;
  #work: Promise<void> | undefined;
  #problem: string | undefined;

  constructor(host: VipAddressesHost, settings: Settings) {
    this.#host = host;
    this.settings = settings;
    this.#ready = settings.interface === undefined;
    this.#retry = host.clock.timer(() => this.#settle());
    this.#delay = host.clock.timer(() => this.#wake());
  }

  /** Whether routes may be announced as far as addresses are concerned. */
  get ready(): boolean {
    return this.#ready;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  want(wanted: boolean): void {
    if (this.#wanted === wanted) return;
    this.#wanted = wanted;
    // Somebody may have taken it away while nobody needed it and it had not been removed yet.
    if (wanted && this.#missing() !== undefined) this.#ready = false;
    this.#wake();
    this.#settle();
  }

  /** Resolves when the interface is as wanted, or an attempt to make it so has failed. */
  settled(): Promise<void> {
    return this.#work ?? Promise.resolve();
  }

  /** Looks whether somebody else took an address away; false when one is missing that should be there. */
  check(): boolean {
    if (!this.#ready || !this.#wanted || this.#work !== undefined) return true;
    const missing = this.#missing();
    if (missing === undefined) return true;
    this.#ready = false;
    this.#fail(`${missing} has vanished from ${this.settings.interface}`);
    return false;
  }

  /** Tries again to bring the addresses back. */
  repair(): void {
    this.#settle();
  }

  status(): VipAddressStatus[] {
    const { interface: name, addresses } = this.settings;
    if (name === undefined) return [];
    return addresses.map((address) => ({
      interface: name,
      address,
      present: this.#host.addresses.isPresent(name, address),
      ours: this.#host.addresses.isOurs(name, address),
    }));
  }

  #missing(): string | undefined {
    const { interface: name, addresses } = this.settings;
    if (name === undefined) return undefined;
    return addresses.find((address) => !this.#host.addresses.isPresent(name, address));
  }

  #settle(): void {
    if (this.settings.interface === undefined) return;
    this.#work ??= this.#toWanted(this.settings.interface).finally(() => {
      this.#work = undefined;
    });
  }

  async #toWanted(name: string): Promise<void> {
    this.#retry.stop();
    for (;;) {
      if (this.#wanted && !this.#ready) {
        if (!(await this.#add(name))) {
          this.#retry.start(RETRY_MILLISECONDS);
          return;
        }
      } else if (!this.#wanted && this.#touched) {
        await this.#host.flushed(FLUSH_MILLISECONDS);
        if (!this.#wanted && this.settings.removeDelaySeconds > 0) await this.#pause();
        if (!this.#wanted) await this.#remove(name);
      } else return;
    }
  }

  async #add(name: string): Promise<boolean> {
    this.#touched = true;
    for (const address of this.settings.addresses) {
      try {
        const added = await this.#host.addresses.acquire(this, name, address);
        if (added) this.#host.addressChanged('added', name, address);
      } catch (error) {
        if (this.#wanted) this.#fail((error as Error).message);
        return !this.#wanted;
      }
      if (!this.#wanted) return true;
    }
    this.#ready = true;
    this.#problem = undefined;
    this.#host.addressesReady();
    return true;
  }

  async #remove(name: string): Promise<void> {
    this.#ready = false;
    this.#touched = false;
    this.#problem = undefined;
    for (const address of this.settings.addresses) {
      try {
        const removed = await this.#host.addresses.release(this, name, address);
        if (removed) this.#host.addressChanged('removed', name, address);
      } catch (error) {
        this.#host.addressProblem((error as Error).message);
      }
    }
  }

  #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = () => {
      this.#delay.stop();
      resolve();
    };
    this.#delay.start(this.settings.removeDelaySeconds * 1000);
    return promise;
  }

  /** Told once for each reason; attempts go on. */
  #fail(reason: string): void {
    if (this.#problem === reason) return;
    this.#problem = reason;
    this.#host.addressProblem(reason);
  }
}
