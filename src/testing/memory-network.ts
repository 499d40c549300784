/**
 * MemoryNetwork: hosts, links and connections without a kernel, on any clock. Each host is a {@link Transport}.
 *
 * Every two hosts reach each other, until their link is cut: then nothing arrives, no one is told, and what was sent
 * arrives when the link is mended, as TCP would send it again.
 */
import type { Socket } from 'node:net';
import { canonicalAddress } from '../base/address.ts';
import type { Clock } from '../base/clock.ts';
import { BellhopError } from '../base/errors.ts';
import type { Dial, DialTarget, Listener, Transport } from '../net/types.ts';
import { MemorySocket } from './memory-socket.ts';

/** First port of a connection's side that dials. */
const FIRST_PORT = 49_152;

const ANY = new Set(['0.0.0.0', '::']);

/** How a {@link MemoryNetwork} behaves. */
export interface MemoryNetworkOptions {
  /** Milliseconds that everything is under way, in each direction; default 1. */
  readonly delayMilliseconds?: number;
}

/** One direction between two hosts: what is sent arrives in order, after the delay, while the link is whole. */
interface Wire {
  readonly waiting: (() => void)[];
  /** How many of those have been under way for long enough. */
  arrived: number;
}

type Accept = (socket: Socket) => void;

/** A network of hosts in memory, each the transport of a speaker. */
export class MemoryNetwork {
  readonly #clock: Clock;
  readonly #delay: number;
  /** The host of each address. */
  readonly #hosts = new Map<string, object>();
  /** By `address port`. */
  readonly #listeners = new Map<string, Accept>();
  /** By `from to`. */
  readonly #wires = new Map<string, Wire>();
  readonly #cut = new Set<string>();
  #port = FIRST_PORT;

  constructor(clock: Clock, { delayMilliseconds = 1 }: MemoryNetworkOptions = {}) {
    this.#clock = clock;
    this.#delay = delayMilliseconds;
  }

  /**
   * A host with these addresses; it dials from the first of the right IP version unless told otherwise. TTLs are
   * accepted and mean nothing here; TCP MD5 is not supported.
   *
   * @throws BellhopError INVALID_ARGUMENT for what is no address or taken
   */
  host(...addresses: string[]): Transport {
    const own = addresses.map(addressOf);
    const host = {};
    for (const address of own) {
      if (this.#hosts.has(address))
        throw new BellhopError('INVALID_ARGUMENT', `another host has the address ${address}`);
      this.#hosts.set(address, host);
    }
    return {
      support: () => ({
        md5: 'a network in memory has no TCP MD5',
        ttl: undefined,
        minimumTtl: undefined,
      }),
      apply: () => undefined,
      dial: (target) => this.#dial(own, target),
      listen: (address, port, accept) => this.#listen(own, address, port, accept),
    };
  }

  /** Cuts the link between two addresses: nothing arrives and nobody is told. */
  cut(a: string, b: string): void {
    for (const key of bothWays(a, b)) this.#cut.add(key);
  }

  /** Mends a link; what was sent meanwhile arrives. */
  mend(a: string, b: string): void {
    for (const key of bothWays(a, b)) {
      this.#cut.delete(key);
      this.#deliver(key);
    }
  }

  #dial(own: readonly string[], target: DialTarget): Dial {
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    let open = true;
    const fail = (reason: string): void => {
      open = false;
      reject(new Error(`cannot connect to ${target.address} port ${target.port}: ${reason}`));
    };
    const to = canonicalAddress(target.address);
    const from = to && this.#source(own, to, target.localAddress);
    if (target.md5Key !== undefined)
      reject(new BellhopError('UNSUPPORTED', 'a network in memory has no TCP MD5'));
    else if (from === undefined || to === undefined) fail('no address to connect from');
    else if (!this.#hosts.has(to)) fail('no host has this address');
    else
      this.#carry(from, to, () => {
        if (!open) return;
        const accept = this.#listeners.get(`${to} ${target.port}`);
        const answer = accept && this.#connect(from, to, target.port, accept);
        this.#carry(to, from, () => {
          if (answer === undefined) fail('connection refused');
          else if (open) resolve(answer);
          else answer.destroy();
          open = false;
        });
      });
    return {
      connected: promise,
      abort: () => {
        if (open) fail('given up');
      },
    };
  }

  #source(own: readonly string[], to: string, wanted: string | undefined): string | undefined {
    if (wanted !== undefined) return own.find((address) => address === canonicalAddress(wanted));
    return own.find((address) => address.includes(':') === to.includes(':'));
  }

  /** Both ends of a connection; the listener gets its own, the other one is returned. */
  #connect(from: string, to: string, port: number, accept: Accept): Socket {
    const local = { localAddress: from, localPort: this.#port++ };
    const near = new MemorySocket({ ...local, remoteAddress: to, remotePort: port }, (deliver) =>
      this.#carry(from, to, deliver),
    );
    const ends = { localAddress: to, localPort: port, remoteAddress: from, remotePort: local.localPort };
    const far = new MemorySocket(ends, (deliver) => this.#carry(to, from, deliver));
    near.peer = far;
    far.peer = near;
    accept(far as unknown as Socket);
    return near as unknown as Socket;
  }

  #listen(own: readonly string[], address: string, port: number, accept: Accept): Promise<Listener> {
    const wanted = canonicalAddress(address);
    const isIpv6 = wanted?.includes(':') === true;
    const bound =
      wanted !== undefined && ANY.has(wanted)
        ? own.filter((one) => one.includes(':') === isIpv6)
        : own.filter((one) => one === wanted);
    const actual = port === 0 ? this.#port++ : port;
    const keys = bound.map((one) => `${one} ${actual}`);
    const taken = keys.some((key) => this.#listeners.has(key));
    if (taken || (bound.length === 0 && !ANY.has(address))) {
      const reason = taken ? 'the port is taken' : 'the host does not have this address';
      return Promise.reject(
        new BellhopError('LISTEN_FAILED', `cannot listen on ${address} port ${port}: ${reason}`),
      );
    }
    for (const key of keys) this.#listeners.set(key, accept);
    return Promise.resolve({
      address,
      port: actual,
      setKeys: (wantedKeys) => {
        if (wantedKeys.length > 0)
          throw new BellhopError('UNSUPPORTED', 'a network in memory has no TCP MD5');
      },
      close: () => {
        for (const key of keys) this.#listeners.delete(key);
        return Promise.resolve();
      },
    });
  }

  #carry(from: string, to: string, deliver: () => void): void {
    const key = `${from} ${to}`;
    let wire = this.#wires.get(key);
    if (wire === undefined) {
      wire = { waiting: [], arrived: 0 };
      this.#wires.set(key, wire);
    }
    const { waiting } = wire;
    waiting.push(deliver);
    this.#clock
      .timer(() => {
        wire.arrived++;
        this.#deliver(key);
      })
      .start(this.#delay);
  }

  #deliver(key: string): void {
    const wire = this.#wires.get(key);
    while (wire !== undefined && wire.arrived > 0 && !this.#cut.has(key)) {
      wire.arrived--;
      wire.waiting.shift()!();
    }
  }
}

function addressOf(text: string): string {
  const address = canonicalAddress(text);
  if (address === undefined) throw new BellhopError('INVALID_ARGUMENT', `not an IP address: ${text}`);
  return address;
}

function bothWays(a: string, b: string): readonly string[] {
  const [first, second] = [addressOf(a), addressOf(b)];
  return [`${first} ${second}`, `${second} ${first}`];
}
