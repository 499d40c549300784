/** A transport without a kernel: peers are pairs of streams in memory, so that virtual time is all the time there is. */
import type { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import type { Transport } from '../../src/net/types.ts';
import { RawPeer } from './raw-peer.ts';

export class MemoryTransport implements Transport {
  readonly #accepts: ((socket: Socket) => void)[] = [];

  support() {
    return { md5: 'in memory', ttl: undefined, minimumTtl: undefined };
  }

  dial(): never {
    throw new Error('peers connect by themselves');
  }

  listen(address: string, port: number, accept: (socket: Socket) => void) {
    this.#accepts.push(accept);
    return Promise.resolve({ address, port, setKeys: () => undefined, close: () => Promise.resolve() });
  }

  apply(): void {}

  /** A peer that connects from `address`. */
  connect(address: string): RawPeer {
    const [theirs, ours] = duplexPair();
    for (const stream of [theirs, ours])
      Object.assign(stream, {
        setNoDelay: () => stream,
        resetAndDestroy: () => stream.destroy(),
        remoteAddress: address,
        localAddress: '192.0.2.1',
        bytesWritten: 0,
      });
    // A connection has two ends, and each closes its own when it has heard that of the other.
    for (const stream of [theirs, ours]) stream.once('end', () => stream.end());
    theirs.once('close', () => ours.destroy());
    ours.once('close', () => theirs.destroy());
    const peer = new RawPeer(theirs as Socket);
    this.#accepts[0]!(ours as Socket);
    return peer;
  }
}
