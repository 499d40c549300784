/**
 * TCP MD5 signatures (RFC 2385): the record that Linux takes, and setting of keys.
 *
 * A socket has a list of keys, each for a peer address or prefix. A connecting socket needs one; a listener one per
 * peer, and an accepted socket inherits the one that fits. Memory: 136 bytes a key, charged to the socket and bounded
 * by sysctl net.core.optmem_max: 963 keys with 128 KiB (Linux 6.18), about 150 with the 20 KiB of older kernels.
 */
import { endianness } from 'node:os';
import { BellhopError } from '../base/errors.ts';
import { MAX_MD5_KEY_BYTES } from '../base/limits.ts';
import type { Prefix } from '../base/prefix.ts';
import { errnoText, type NativeSockets } from './native-linux.ts';

// <linux/tcp.h>, <asm-generic/errno-base.h>
const IPPROTO_TCP = 6;
const TCP_MD5SIG = 14;
const TCP_MD5SIG_EXT = 32;
const TCP_MD5SIG_FLAG_PREFIX = 1;
const ENOMEM = 12;

const LITTLE_ENDIAN = endianness() === 'LE';

/**
 * Sets, changes or removes the MD5 key for a peer address (host prefix) or range (RFC 2385). Of several prefixes
 * that contain a peer the kernel takes the longest.
 *
 * @param key 1 to 80 bytes of UTF-8; undefined removes the key.
 */
export function setMd5Key(
  sockets: NativeSockets,
  descriptor: number,
  peer: Prefix,
  key: string | undefined,
): void {
  const isHost = peer.length === peer.bytes.length * 8;
  const name = isHost ? TCP_MD5SIG : TCP_MD5SIG_EXT;
  const errno = sockets.setOption(descriptor, IPPROTO_TCP, name, md5Record(peer, key));
  if (errno === 0) return;
  if (errno === ENOMEM)
    throw new BellhopError(
      'LIMIT_REACHED',
      'no room for another TCP MD5 key: raise sysctl net.core.optmem_max',
    );
  throw new BellhopError('UNSUPPORTED', `cannot set a TCP MD5 key: ${errnoText(errno)}`);
}

/** Sets a key on a scratch IPv4 socket; returns 0 or the errno (ENOPROTOOPT: a kernel without CONFIG_TCP_MD5SIG). */
export function tryMd5(sockets: NativeSockets, descriptor: number): number {
  const documentation: Prefix = { bytes: Uint8Array.of(192, 0, 2, 1), length: 32 };
  return sockets.setOption(descriptor, IPPROTO_TCP, TCP_MD5SIG, md5Record(documentation, 'probe'));
}

/**
 * `struct tcp_md5sig` of <linux/tcp.h>:
 *
 * ```
 *   0  struct sockaddr_storage: u16 family, u16 port (0), then in_addr at 4 or in6_addr at 8
 * 128  u8  flags       TCP_MD5SIG_FLAG_PREFIX
 * 129  u8  prefixlen
 * 130  u16 keylen      0 removes
 * 132  int ifindex     only for VRF masters, so not for link-local zones; 0
 * 136  u8  key[80]
 * ```
 *
 * A listener on `::` that also took IPv4 would need keys for v4-mapped addresses; ours are IPv6 only.
 */
function md5Record(peer: Prefix, key: string | undefined): Uint8Array {
  const keyBytes = new TextEncoder().encode(key ?? '');
  if (key === '') throw new BellhopError('INVALID_ARGUMENT', 'a TCP MD5 key must not be empty');
  if (keyBytes.length > MAX_MD5_KEY_BYTES)
    throw new BellhopError('INVALID_ARGUMENT', `a TCP MD5 key has at most ${MAX_MD5_KEY_BYTES} bytes`);
  const isIpv4 = peer.bytes.length === 4;
  const record = new Uint8Array(216);
  const view = new DataView(record.buffer);
  view.setUint16(0, isIpv4 ? 2 : 10, LITTLE_ENDIAN);
  record.set(peer.bytes, isIpv4 ? 4 : 8);
  if (peer.length < peer.bytes.length * 8) record[128] = TCP_MD5SIG_FLAG_PREFIX;
  record[129] = peer.length;
  view.setUint16(130, keyBytes.length, LITTLE_ENDIAN);
  record.set(keyBytes, 136);
  return record;
}
