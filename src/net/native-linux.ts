/**
 * The only file with foreign calls: four functions of the C library, through the optional package koffi.
 *
 * Node has no way to set TCP_MD5SIG, IP_TTL or IP_MINTTL, nor datagrams on UNIX sockets. koffi is loaded on first use, never at import, so that a
 * speaker that needs none of them runs without it and on any system. A descriptor from `open` belongs to the caller
 * until `close` or until a `net.Socket` has adopted it.
 *
 * Node 24.19 has net.BoundSocket, which hands out its descriptor before it connects or listens: once that is the
 * oldest Node we run on, setsockopt is all that remains here.
 *
 * Cost: loading takes about 8 ms once; a call well under a microsecond beside the system call itself.
 */
import { createRequire } from 'node:module';
import { getSystemErrorMessage, getSystemErrorName } from 'node:util';

/** Version of the Internet Protocol a socket speaks. */
export type IpVersion = 4 | 6;

/** The system calls we need. */
export interface NativeSockets {
  /** A new unconnected non-blocking TCP socket; throws an Error when the system refuses. */
  open(version: IpVersion): number;
  /** Calls setsockopt; returns 0 or the errno. `value` is in host byte order. */
  setOption(descriptor: number, level: number, name: number, value: Uint8Array): number;
  /** Closes a descriptor that no `net.Socket` has adopted. */
  close(descriptor: number): void;
  /** Sends one datagram to a UNIX socket (`sockaddr_un` as the kernel has it); returns 0 or the errno. Never waits. */
  sendToUnix(address: Uint8Array, message: Uint8Array): number;
}

/** The binding, or one sentence saying why there is none. */
export type NativeBinding =
  | { readonly sockets: NativeSockets; readonly missing: undefined }
  | { readonly sockets: undefined; readonly missing: string };

/** The little of koffi that we use; its own types are `any`, and the package may be absent. */
interface Koffi {
  load(library: null): { func(name: string, result: string, parameters: string[]): ForeignFunction };
  errno(): number;
}

type ForeignFunction = (...values: (number | Uint8Array)[]) => number;

// asm-generic values: the same on every architecture Node 24 supports on Linux.
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

const requireKoffi = (): unknown => createRequire(import.meta.url)('koffi');

/**
 * Loads the binding; never throws.
 *
 * @param load supplies koffi; tests pass one that fails.
 * @param platform as in `process.platform`.
 */
export function loadNative(
  load: () => unknown = requireKoffi,
  platform: string = process.platform,
): NativeBinding {
  const absent = (missing: string): NativeBinding => ({ sockets: undefined, missing });
  if (platform !== 'linux')
    return absent(`TTL and TCP MD5 options are implemented for Linux only, not for ${platform}`);
  try {
    return { sockets: bindLibc(load() as Koffi), missing: undefined };
  } catch (error) {
    return absent(
      isModuleNotFound(error)
        ? 'TTL and TCP MD5 options need the optional package koffi, which is not installed (npm install koffi)'
        : `TTL and TCP MD5 options need the package koffi, which does not load: ${firstLine(error)}`,
    );
  }
}

/** Text of an errno: `ENOPROTOOPT, protocol not available`. */
export function errnoText(errno: number): string {
  return `${getSystemErrorName(-errno)}, ${getSystemErrorMessage(-errno) ?? 'unknown error'}`;
}

function bindLibc(koffi: Koffi): NativeSockets {
  // null is the running program itself, which has libc loaded, be it glibc or musl.
  const libc = koffi.load(null);
  const socket = libc.func('socket', 'int', ['int', 'int', 'int']);
  const setsockopt = libc.func('setsockopt', 'int', ['int', 'int', 'int', 'const uint8_t *', 'uint32_t']);
  const close = libc.func('close', 'int', ['int']);
  const buffer = 'const uint8_t *';
  const sendto = libc.func('sendto', 'long', ['int', buffer, 'size_t', 'int', buffer, 'uint32_t']);
  return {
    open(version) {
      const family = version === 4 ? AF_INET : AF_INET6;
      const descriptor = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      if (descriptor >= 0) return descriptor;
      throw new Error(`cannot open an IPv${version} socket: ${errnoText(koffi.errno())}`);
    },
    setOption(descriptor, level, name, value) {
      return setsockopt(descriptor, level, name, value, value.length) === 0 ? 0 : koffi.errno();
    },
    close(descriptor) {
      close(descriptor);
    },
    sendToUnix(address, message) {
      const descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      if (descriptor < 0) return koffi.errno();
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      const sent = sendto(descriptor, message, message.length, flags, address, address.length);
      const errno = sent < 0 ? koffi.errno() : 0;
      close(descriptor);
      return errno;
    },
  };
}

function isModuleNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
}
