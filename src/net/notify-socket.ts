/**
 * Messages to the service manager that started us, as sd_notify(3) of systemd sends them: lines `KEY=value` in one
 * datagram to the UNIX socket of `$NOTIFY_SOCKET`. Needs the optional package koffi; without it nothing is sent.
 */
import { errnoText, loadNative, type NativeBinding } from './native-linux.ts';

/** AF_UNIX of Linux, in host byte order. */
const AF_UNIX = 1;

/** Longest path of a UNIX socket. */
const PATH_BYTES = 107;

/** Sends one message; undefined when it was taken, else why not. */
export type Notify = (message: string) => string | undefined;

/**
 * What sends to the socket `path`; a leading `@` stands for the NUL of an abstract address.
 *
 * @param load supplies the native binding; tests pass one that has none.
 */
export function openNotifySocket(path: string, load: () => NativeBinding = loadNative): Notify {
  const { sockets, missing } = load();
  if (sockets === undefined) return () => missing.replace(/^TTL and TCP MD5 options/, 'notifications');
  const address = unixAddress(path);
  if (address === undefined) return () => `\`${path}\` is no address of a UNIX socket`;
  return (message) => {
    const errno = sockets.sendToUnix(address, new TextEncoder().encode(message));
    return errno === 0 ? undefined : `${path}: ${errnoText(errno)}`;
  };
}

/** `struct sockaddr_un`. */
function unixAddress(path: string): Uint8Array | undefined {
  const abstract = path.startsWith('@');
  const bytes = new TextEncoder().encode(abstract ? path.slice(1) : `${path}\0`);
  if (!(abstract || path.startsWith('/')) || bytes.length > PATH_BYTES) return undefined;
  const family = new Uint8Array(new Uint16Array([AF_UNIX]).buffer);
  return Uint8Array.from([...family, ...(abstract ? [0] : []), ...bytes]);
}
