/**
 * Outgoing connections. Options that must be there before the first SYN (MD5 key, TTL) are set on a socket opened
 * natively, which Node then adopts and connects; without such options it is a plain Node connection.
 *
 * Invariant: every attempt ends in exactly one of a connected socket, a rejection or an abort, and leaves no
 * descriptor open except in the first case.
 */
import { isIP, Socket } from 'node:net';
import { isLinkLocal, parseAddress, splitZone } from '../base/address.ts';
import { BellhopError } from '../base/errors.ts';
import { type Prefix, parsePrefix } from '../base/prefix.ts';
import { ipv6OfInterface } from './interfaces.ts';
import type { IpVersion } from './native-linux.ts';
import { type NativeTools, needsNative, requireNative, setMinimumTtl, setTtl } from './socket-options.ts';
import { setMd5Key } from './tcp-md5.ts';
import type { Dial, DialTarget } from './types.ts';

/** What an operator reads for the errors that a connection attempt can meet. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by the peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable: no route to it',
  ETIMEDOUT: 'timed out',
  EACCES: 'forbidden by a local firewall or security policy',
  EPERM: 'forbidden by a local firewall or security policy',
  EAFNOSUPPORT: 'this host has that version of IP switched off',
  EMFILE: 'too many open files (raise the limit: ulimit -n, LimitNOFILE)',
};

/**
 * Starts to connect.
 *
 * @param tools supplies the native calls; called only when the target's options need them.
 */
export function dial(target: DialTarget, tools: () => NativeTools): Dial {
  let socket: Socket;
  try {
    socket = startConnecting(target, tools);
  } catch (error) {
    return { connected: Promise.reject(explain(target, error as Error)), abort() {} };
  }
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const onConnect = (): void => {
    socket.off('error', onError);
    resolve(socket);
  };
  const onError = (error: Error): void => {
    socket.off('connect', onConnect);
    reject(explain(target, error));
  };
  socket.once('connect', onConnect);
  socket.once('error', onError);
  return {
    connected: promise,
    abort() {
      if (!socket.connecting) return;
      socket.off('connect', onConnect);
      socket.destroy();
      reject(failure(target, `given up before it was answered${silenceHint(target)}`));
    },
  };
}

function startConnecting(target: DialTarget, tools: () => NativeTools): Socket {
  const version = checkedVersion(target);
  checkZone(target);
  const socket = needsNative(target) ? adoptNative(target, version, tools()) : new Socket();
  try {
    socket.setNoDelay(true);
    // Node binds and connects in this turn of the event loop, before it polls the adopted socket for reading.
    socket.connect({
      host: target.address,
      port: target.port,
      ...(target.localAddress === undefined ? {} : { localAddress: target.localAddress }),
    });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function checkedVersion(target: DialTarget): IpVersion {
  const version = isIP(target.address);
  if (version !== 4 && version !== 6)
    throw new BellhopError('INVALID_ARGUMENT', `not an IP address: ${target.address}`);
  if (target.localAddress !== undefined && isIP(target.localAddress) !== version)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `cannot connect to ${target.address} from ${target.localAddress}: not an IPv${version} address`,
    );
  return version;
}

/** A socket with the target's options set, not yet connected. Owns its descriptor whichever way this ends. */
function adoptNative(target: DialTarget, version: IpVersion, tools: NativeTools): Socket {
  const sockets = requireNative(tools, target);
  const descriptor = sockets.open(version);
  try {
    if (target.ttl !== undefined) setTtl(sockets, descriptor, version, target.ttl);
    if (target.minimumTtl !== undefined) setMinimumTtl(sockets, descriptor, version, target.minimumTtl);
    if (target.md5Key !== undefined)
      setMd5Key(sockets, descriptor, hostPrefix(target.address), target.md5Key);
    return new Socket({ fd: descriptor });
  } catch (error) {
    sockets.close(descriptor);
    throw error;
  }
}

/**
 * A link-local address needs an interface that is there. Without one (or with a misspelt one) the event loop library
 * would quietly take the first interface that has a link-local address: perhaps a stranger answers.
 */
function checkZone(target: DialTarget): void {
  const { address, zone } = splitZone(target.address);
  const bytes = parseAddress(address);
  if (bytes === undefined || bytes.length !== 16 || !isLinkLocal(bytes)) return;
  if (zone === undefined)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `${address} is link-local: name the interface, ${address}%eth0`,
    );
  if (ipv6OfInterface(zone).linkLocal === undefined)
    throw new Error(`the interface ${zone} does not exist, is down or has no link-local address`);
}

function hostPrefix(address: string): Prefix {
  const prefix = parsePrefix(splitZone(address).address);
  if (prefix === undefined) throw new BellhopError('INVALID_ARGUMENT', `not an IP address: ${address}`);
  return prefix;
}

function explain(target: DialTarget, error: Error): Error {
  if (error instanceof BellhopError) return error;
  return failure(target, reasonOf(target, error), error);
}

function reasonOf(target: DialTarget, error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'EADDRNOTAVAIL' && target.localAddress !== undefined)
    return `no interface of this host has the local address ${target.localAddress}`;
  const reason = REASONS[code] ?? error.message;
  return code === 'ETIMEDOUT' ? reason + silenceHint(target) : reason;
}

/** A peer that drops our segments looks like one that is down: name the options that make it do so. */
function silenceHint(target: DialTarget): string {
  const suspects: string[] = [];
  if (target.md5Key !== undefined) suspects.push('the TCP MD5 keys differ');
  if (target.minimumTtl !== undefined)
    suspects.push('the peer is more hops away, or sends a lower TTL, than allowed');
  return suspects.length === 0 ? '' : ` (perhaps ${suspects.join(', or ')})`;
}

function failure(target: DialTarget, reason: string, cause?: Error): Error {
  return new Error(`cannot connect to ${target.address} port ${target.port}: ${reason}`, { cause });
}
