/** The TCP MD5 keys that listeners need (RFC 2385): one for each neighbor and range that has a password. */
import type { Config } from '../config/types.ts';
import type { ListenKey } from '../net/types.ts';

export function listenKeys({ neighbors, dynamicNeighbors }: Config): ListenKey[] {
  const keys: ListenKey[] = [];
  for (const { address, password } of neighbors)
    if (password !== undefined) keys.push({ from: address, md5Key: password });
  for (const { prefix, password } of dynamicNeighbors)
    if (password !== undefined) keys.push({ from: prefix, md5Key: password });
  return keys;
}
