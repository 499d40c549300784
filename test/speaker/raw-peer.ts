/**
 * A peer of bare TCP: sends any bytes, records the messages that come back. It knows just enough BGP to hold a
 * session, and none of it is bellhop's own code.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';

export const OPEN = 1;
export const UPDATE = 2;
export const NOTIFICATION = 3;
export const KEEPALIVE = 4;
export const REFRESH = 5;

/** A message received; the body as hexadecimal text. */
export interface RawMessage {
  readonly type: number;
  readonly body: string;
}

export interface RawOpen {
  readonly as?: number;
  readonly version?: number;
  readonly holdTime?: number;
  /** Eight hexadecimal digits. */
  readonly routerId?: string;
  /** Capabilities as hexadecimal text; undefined: IPv4, route refresh (both kinds), 4-octet AS. */
  readonly capabilities?: string;
}

/** The whole message with `body` (hexadecimal). */
export function message(type: number, body = ''): string {
  return 'ff'.repeat(16) + hex(19 + body.length / 2, 2) + hex(type, 1) + body;
}

/** An OPEN message. */
export function openMessage(open: RawOpen = {}): string {
  const { as = 65002, version = 4, holdTime = 90, routerId = '0a000002' } = open;
  const capabilities = open.capabilities ?? `01040001000102004104${hex(as, 4)}4600`;
  const length = capabilities.length / 2;
  const parameters = length === 0 ? '' : `02${hex(length, 1)}${capabilities}`;
  return message(
    OPEN,
    hex(version, 1) +
      hex(as > 0xffff ? 23456 : as, 2) +
      hex(holdTime, 2) +
      routerId +
      hex(parameters.length / 2, 1) +
      parameters,
  );
}

/** An UPDATE that announces IPv4 prefixes (`18cb0071` is 203.0.113.0/24) from AS 65002, 4-octet numbers. */
export function updateMessage(nlri: string, extra = '', as = 65002): string {
  const attributes = `400101004002060201${hex(as, 4)}4003047f000002${extra}`;
  return message(UPDATE, `0000${hex(attributes.length / 2, 2)}${attributes}${nlri}`);
}

/** `value` in `bytes` octets. */
export function hex(value: number, bytes: number): string {
  return value.toString(16).padStart(bytes * 2, '0');
}

export class RawPeer {
  readonly socket: Socket;
  /** All messages received so far. */
  readonly messages: RawMessage[] = [];
  /** Resolves when the connection is closed, by whomever. */
  readonly closed: Promise<void>;
  /** Octets received. */
  received = 0;
  isClosed = false;
  #pending = Buffer.alloc(0);
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk) => this.#take(chunk));
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.isClosed = true;
        resolve();
        for (const wake of this.#waiting) wake();
      });
    });
  }

  /** Connects to `port` of 127.0.0.1, from the loopback address `from`. */
  static async connect(port: number, from: string, to = '127.0.0.1'): Promise<RawPeer> {
    const socket = connect({ host: to, port, localAddress: from });
    const peer = new RawPeer(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return peer;
  }

  /** Sends hexadecimal text. */
  send(...bytes: string[]): void {
    this.socket.write(Buffer.from(bytes.join(''), 'hex'));
  }

  /** OPEN and KEEPALIVE; resolves when the other side's first KEEPALIVE has come. */
  async establish(open: RawOpen = {}): Promise<this> {
    this.send(openMessage(open));
    await this.next(OPEN);
    this.send(message(KEEPALIVE));
    await this.next(KEEPALIVE);
    return this;
  }

  /** The first message of `type` from number `from` on; fails when the connection ends before. */
  async next(type: number, from = 0): Promise<RawMessage> {
    for (;;) {
      const found = this.messages.slice(from).find((received) => received.type === type);
      if (found !== undefined) return found;
      if (this.isClosed) throw new Error(`closed without message ${type}: ${JSON.stringify(this.messages)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
        setTimeout(resolve, 100);
      });
    }
  }

  /** Bodies of the NOTIFICATIONs received: code, subcode and data as hexadecimal text. */
  get notifications(): string[] {
    return this.messages.filter(({ type }) => type === NOTIFICATION).map(({ body }) => body);
  }

  #take(chunk: Buffer): void {
    this.received += chunk.length;
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 19) {
      const length = this.#pending.readUInt16BE(16);
      if (this.#pending.length < length) break;
      const body = this.#pending.toString('hex', 19, length);
      this.messages.push({ type: this.#pending[18]!, body });
      this.#pending = this.#pending.subarray(length);
    }
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** A port that only takes connections. */
export class RawListener {
  readonly accepted: RawPeer[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((socket) => void this.accepted.push(new RawPeer(socket)));
  }

  listen(address: string, port = 0): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(port, address, () => resolve((this.#server.address() as { port: number }).port));
    });
  }

  close(): void {
    for (const { socket } of this.accepted) socket.destroy();
    this.#server.close();
  }
}
