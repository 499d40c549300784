/**
 * TTL options of a socket, and a probe of what this kernel and this installation can do.
 *
 * Nothing here is hot: a few calls per connection, one probe per process.
 */
import type { Server, Socket } from 'node:net';
import { BellhopError } from '../base/errors.ts';
import { errnoText, type IpVersion, type NativeBinding, type NativeSockets } from './native-linux.ts';
import { tryMd5 } from './tcp-md5.ts';
import type { TransportOptions, TransportSupport } from './types.ts';

/** The binding together with what it can do here; made once per transport. */
export interface NativeTools {
  readonly binding: NativeBinding;
  readonly support: TransportSupport;
}

/** A `ttl` that gives a socket the system's own value back (net.ipv4.ip_default_ttl, hop_limit). */
export const SYSTEM_TTL = -1;

// <linux/in.h>, <linux/in6.h>
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
const IP_TTL = 2;
const IP_MINTTL = 21;
const IPV6_UNICAST_HOPS = 16;
const IPV6_MINHOPCOUNT = 73;
const ENOPROTOOPT = 92;

/** Finds out what works, on a scratch socket that is closed again. */
export function probeSupport(binding: NativeBinding): TransportSupport {
  const { sockets, missing } = binding;
  if (sockets === undefined) return { md5: missing, ttl: missing, minimumTtl: missing };
  let descriptor: number;
  try {
    descriptor = sockets.open(4);
  } catch (error) {
    const reason = (error as Error).message;
    return { md5: reason, ttl: reason, minimumTtl: reason };
  }
  const md5 = tryMd5(sockets, descriptor);
  const minimumTtl = sockets.setOption(descriptor, IPPROTO_IP, IP_MINTTL, int(1));
  sockets.close(descriptor);
  return {
    md5: refusal(md5, 'TCP MD5', ' (CONFIG_TCP_MD5SIG)'),
    ttl: undefined,
    minimumTtl: refusal(minimumTtl, 'a minimum TTL', ' (IP_MINTTL)'),
  };
}

function refusal(errno: number, what: string, option: string): string | undefined {
  if (errno === 0) return undefined;
  return errno === ENOPROTOOPT
    ? `this kernel is built without ${what}${option}`
    : `this kernel refuses ${what}${option}: ${errnoText(errno)}`;
}

/** Whether any option is given that Node alone cannot set. */
export function needsNative(options: TransportOptions): boolean {
  return options.ttl !== undefined || options.minimumTtl !== undefined || options.md5Key !== undefined;
}

/**
 * The native calls, once it is sure that all of `options` work here.
 *
 * @throws BellhopError UNSUPPORTED naming the option and what is missing.
 */
export function requireNative(tools: NativeTools, options: TransportOptions): NativeSockets {
  const { support, binding } = tools;
  if (options.md5Key !== undefined && support.md5 !== undefined) throw unsupported('TCP MD5', support.md5);
  if (options.minimumTtl !== undefined && support.minimumTtl !== undefined)
    throw unsupported('a minimum TTL', support.minimumTtl);
  if (options.ttl !== undefined && support.ttl !== undefined) throw unsupported('a TTL', support.ttl);
  if (binding.sockets === undefined) throw unsupported('native socket options', binding.missing);
  return binding.sockets;
}

function unsupported(what: string, reason: string): BellhopError {
  return new BellhopError('UNSUPPORTED', `cannot set ${what}: ${reason}`);
}

/** Sets the TTL or hop limit of packets sent: 1..255, or {@link SYSTEM_TTL}. */
export function setTtl(sockets: NativeSockets, descriptor: number, version: IpVersion, ttl: number): void {
  if (ttl !== SYSTEM_TTL) checkTtl(ttl);
  const errno =
    version === 4
      ? sockets.setOption(descriptor, IPPROTO_IP, IP_TTL, int(ttl))
      : sockets.setOption(descriptor, IPPROTO_IPV6, IPV6_UNICAST_HOPS, int(ttl));
  if (errno !== 0) throw unsupported(`TTL ${ttl}`, errnoText(errno));
}

/** Makes the kernel drop segments that arrive with a TTL below `minimum`, 1..255 (RFC 5082 section 3). */
export function setMinimumTtl(
  sockets: NativeSockets,
  descriptor: number,
  version: IpVersion,
  minimum: number,
): void {
  checkTtl(minimum);
  const errno =
    version === 4
      ? sockets.setOption(descriptor, IPPROTO_IP, IP_MINTTL, int(minimum))
      : sockets.setOption(descriptor, IPPROTO_IPV6, IPV6_MINHOPCOUNT, int(minimum));
  if (errno !== 0) throw unsupported(`minimum TTL ${minimum}`, errnoText(errno));
}

/** The descriptor Node holds for a socket or listener, or undefined when it is closed. */
export function descriptorOf(owner: Socket | Server): number | undefined {
  // Node has no public way to ask for it; the field is there in every version since 0.x.
  const handle = (owner as unknown as { _handle?: { fd?: number } | null })._handle;
  const descriptor = handle?.fd;
  return descriptor === undefined || descriptor < 0 ? undefined : descriptor;
}

function checkTtl(ttl: number): void {
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > 255)
    throw new BellhopError('INVALID_ARGUMENT', `a TTL is a number from 1 to 255, not ${ttl}`);
}

function int(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}
