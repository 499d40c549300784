/**
 * Shared by the socket tests: counting of descriptors, reading of socket options, and short-lived dials.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { loadNative } from '../../src/net/native-linux.ts';
import { descriptorOf } from '../../src/net/socket-options.ts';
import { createTransport, systemTransport } from '../../src/net/transport.ts';
import type { Dial, Transport } from '../../src/net/types.ts';

/** Milliseconds after which a dial that gets no answer on loopback is taken for dropped by the kernel. */
const SILENCE_MILLISECONDS = 150;

/** A transport on a machine without koffi. */
export const bareTransport: Transport = createTransport(() =>
  loadNative(() => {
    throw Object.assign(new Error("Cannot find module 'koffi'"), { code: 'MODULE_NOT_FOUND' });
  }),
);

/** Number of open descriptors of this process. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Lets handles that were closed in this turn finish. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** Resolves with whether the dial gets a connection soon; the connection is closed again. */
export async function connects(dial: Dial): Promise<boolean> {
  const timer = setTimeout(() => dial.abort(), SILENCE_MILLISECONDS);
  try {
    const socket = await dial.connected;
    socket.on('error', () => {});
    socket.destroy();
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Message of the error a dial ends with. */
export async function failureOf(dial: Dial): Promise<string> {
  const error = await dial.connected.then(
    () => new Error('it connected'),
    (reason: Error) => reason,
  );
  return error.message;
}

/** A listener whose accepted sockets are collected and thrown away at the end. */
export async function listening(address: string, transport: Transport = systemTransport) {
  const accepted: Socket[] = [];
  const waiting: ((socket: Socket) => void)[] = [];
  const listener = await transport.listen(address, 0, (socket) => {
    socket.on('error', () => {});
    const waiter = waiting.shift();
    if (waiter === undefined) accepted.push(socket);
    else waiter(socket);
  });
  return {
    listener,
    port: listener.port,
    /** The next accepted socket. */
    next(): Promise<Socket> {
      const socket = accepted.shift();
      return socket === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(socket);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of accepted) socket.destroy();
      await listener.close();
    },
  };
}

type ForeignFunction = (...values: unknown[]) => number;

/** An integer socket option, read through libc. */
export function socketOption(socket: Socket, option: { level: number; name: number }): number {
  const koffi = createRequire(import.meta.url)('koffi') as {
    load(library: null): { func(declaration: string): ForeignFunction };
  };
  const getsockopt = koffi
    .load(null)
    .func('int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)');
  const value = new Uint8Array(4);
  const result = getsockopt(descriptorOf(socket), option.level, option.name, value, [4]);
  if (result !== 0) throw new Error('getsockopt failed');
  return new Int32Array(value.buffer)[0]!;
}
