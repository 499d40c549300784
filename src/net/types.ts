/**
 * The face of `net`: what `speaker` asks of TCP sockets. `net` knows no BGP: TTLs, keys and addresses only.
 *
 * Options that Node cannot set (TTL, minimum TTL, MD5) go through an optional native binding. Asking for one that
 * is not there is an error with a reason, never silently ignored: an MD5 key that is not applied would be a lie.
 */
import type { Socket } from 'node:net';

/** Options a socket must have before it connects or, for a listener, per peer. */
export interface TransportOptions {
  /** IP TTL or IPv6 hop limit of packets sent, 1..255; undefined: the system's. */
  readonly ttl?: number;
  /** Smallest TTL accepted, 1..255 (IP_MINTTL, IPV6_MINHOPCOUNT; RFC 5082); undefined: any. */
  readonly minimumTtl?: number;
  /** TCP MD5 key (RFC 2385), 1 to 80 bytes of UTF-8. */
  readonly md5Key?: string;
}

/** Where to connect to, and how. */
export interface DialTarget extends TransportOptions {
  /** Canonical text; `%zone` for link-local. */
  readonly address: string;
  readonly port: number;
  /** Address to connect from, of the same IP version (`%zone` for link-local); undefined: the system chooses. */
  readonly localAddress?: string;
}

/** An outgoing connection attempt. */
export interface Dial {
  /**
   * Resolves with a connected socket, rejects with an Error whose message an operator understands; a BellhopError
   * when the options are at fault (UNSUPPORTED, INVALID_ARGUMENT). The socket has no `error` listener left: attach
   * yours in the first reaction to this promise.
   */
  readonly connected: Promise<Socket>;
  /**
   * Gives the attempt up; `connected` then rejects and nothing stays open. Does nothing once the attempt has ended:
   * a connected socket belongs to whoever awaits it.
   */
  abort(): void;
}

/** A key for connections from one address or from all of a prefix. */
export interface ListenKey {
  /** Canonical address (with optional `%zone`) or prefix text. */
  readonly from: string;
  readonly md5Key: string;
}

/** A listening socket. */
export interface Listener {
  readonly address: string;
  /** The port really bound (when 0 was asked). */
  readonly port: number;
  /**
   * Installs and removes MD5 keys so that exactly `keys` are set; keys of the other IP version are skipped, so that
   * all listeners can be given all keys. Connections that exist keep the key they were opened with. Does nothing
   * after `close`.
   *
   * @throws BellhopError UNSUPPORTED (no MD5 here, two keys for one address), INVALID_ARGUMENT (not an address, key
   * too long), LIMIT_REACHED (the kernel has no room for more keys). Keys set before the failure stay set.
   */
  setKeys(keys: readonly ListenKey[]): void;
  /** Stops listening; resolves when the port is free. Accepted sockets live on. */
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
  /**
   * Listens on a numeric address; an IPv6 one takes IPv6 only, so that `0.0.0.0` and `::` can be bound together.
   * `accept` gets each connected socket once and attaches its handlers before it returns; `socket.remoteAddress`
   * is known.
   *
   * Rejects with BellhopError LISTEN_FAILED.
   */
  listen(address: string, port: number, accept: (socket: Socket) => void): Promise<Listener>;
  /**
   * Sets the TTL options on an accepted socket: call it for every one, before anything is sent. Undefined options
   * become the system's. `md5Key` is ignored here: a key is the listener's affair.
   *
   * @throws BellhopError UNSUPPORTED.
   */
  apply(socket: Socket, options: TransportOptions): void;
}
