/**
 * Options of BGP's TCP sockets. `net` knows no BGP: TTLs, keys and addresses only.
 */
import type { Socket } from 'node:net';

/** Options a socket must have before it connects or, for a listener, per peer. */
export interface TransportOptions {
  /** IP TTL or IPv6 hop limit of packets sent; undefined: the system's. */
  readonly ttl?: number;
  /** Smallest TTL accepted (IP_MINTTL, IPV6_MINHOPCOUNT; RFC 5082); undefined: any. */
  readonly minimumTtl?: number;
  /** TCP MD5 key (RFC 2385), at most 80 bytes. */
  readonly md5Key?: string;
}

export interface DialTarget extends TransportOptions {
  /** Canonical text; `%zone` for link-local. */
  readonly address: string;
  readonly port: number;
  readonly localAddress?: string;
}

/** An outgoing connection attempt. */
export interface Dial {
  /** Resolves with a connected socket, rejects with an Error whose message an operator understands. */
  readonly connected: Promise<Socket>;
  /** Gives the attempt up; `connected` then rejects. */
  abort(): void;
}

/** A key for connections from one address or from all of a prefix. */
export interface ListenKey {
  /** Canonical address (with optional `%zone`) or prefix text. */
  readonly from: string;
  readonly md5Key: string;
}

export interface Listener {
  readonly address: string;
  /** The port really bound (when 0 was asked). */
  readonly port: number;
  /** Installs and removes MD5 keys so that exactly `keys` are set; throws BellhopError UNSUPPORTED. */
  setKeys(keys: readonly ListenKey[]): void;
  close(): Promise<void>;
}

/** What the kernel and the optional native binding can do; texts name what is missing. */
export interface TransportSupport {
  /** undefined when supported, else one sentence with the reason. */
  readonly md5: string | undefined;
  readonly ttl: string | undefined;
  readonly minimumTtl: string | undefined;
}

/** The face `speaker` sees; tests may supply another one. */
export interface Transport {
  support(): TransportSupport;
  dial(target: DialTarget): Dial;
  listen(address: string, port: number, accept: (socket: Socket) => void): Promise<Listener>;
  /** Sets TTL options on an accepted socket; throws BellhopError UNSUPPORTED. */
  apply(socket: Socket, options: TransportOptions): void;
}
