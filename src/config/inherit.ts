/**
 * Inheritance: what a peer says itself, then what its peer group says.
 *
 * Some keys exclude each other. One of them in the neighbor displaces all of its set in the group: a neighbor with
 * `password-file` does not also get the group's `password-env`.
 */
import type { KeyPath } from './key-path.ts';
import type { PeerInput } from './schema.ts';
import { PASSWORD_KEYS } from './secrets.ts';

/** Sets of keys of which a peer may have one. */
export const EXCLUSIVE_KEYS: readonly (readonly (keyof PeerInput)[])[] = [
  PASSWORD_KEYS,
  ['multihop', 'ttl-security'],
];

/** Settings of a peer after inheritance, which still know where each one is written. */
export interface InheritedPeer {
  readonly settings: PeerInput;
  /** Path of the line that decides a key: in the group when it is inherited, else in the peer. */
  readonly pathOf: (key: keyof PeerInput) => KeyPath;
}

/** Merges a peer with its group; keys of the peer win. */
export function inherit(
  own: PeerInput,
  path: KeyPath,
  group: PeerInput = {},
  groupPath: KeyPath = [],
): InheritedPeer {
  const inherited: PeerInput = { ...group };
  for (const set of EXCLUSIVE_KEYS)
    if (set.some((key) => own[key] !== undefined)) for (const key of set) delete inherited[key];
  const settings: PeerInput = { ...inherited };
  for (const [key, value] of Object.entries(own))
    if (value !== undefined) Object.assign(settings, { [key]: value });
  const pathOf = (key: keyof PeerInput): KeyPath =>
    own[key] === undefined && inherited[key] !== undefined ? [...groupPath, key] : [...path, key];
  return { settings, pathOf };
}
