/** What MetalLB objects tell people about themselves: the JSON of the API and of `bellhop show metallb --json`. */

import type { DrainStatus } from '../../vip/status.ts';

/**
 * `accepted`: obeyed, but for its notes. `inactive`: sound, but not for this node, or not in use. `refused`: wrong, or
 * not possible here; nothing of it is in force. `outdated`: wrong as it is written now; as it was before, it is in force.
 * `not obeyed`: bellhop does not do such things.
 */
export type ObjectState = 'accepted' | 'inactive' | 'refused' | 'outdated' | 'not obeyed';

export interface MetallbAnnouncement {
  readonly prefix: string;
  /** Names of BGPPeers. */
  readonly peers: readonly string[];
  /** Why it is not announced all the same: another owner has the prefix. */
  readonly problem?: string;
}

export interface MetallbObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly state: ObjectState;
  /** Why, unless it is accepted; why a service that is accepted is not announced. */
  readonly reason?: string;
  /** What it says that is not obeyed. */
  readonly notes: readonly string[];
  /** Of a Service: its addresses. */
  readonly addresses?: readonly string[];
  /** Of a Service: the pool they are from. */
  readonly pool?: string;
  /** Of a Service: what is announced, to whom. */
  readonly announced?: readonly MetallbAnnouncement[];
  /** Of an IPAddressPool or a BGPAdvertisement: the services whose addresses it has or announces. */
  readonly services?: readonly string[];
  /** Of an IPAddressPool: addresses by IP version; text, since there are more than numbers can count. */
  readonly counts?: PoolCounts;
  /** Of a BGPPeer: its address, and the state of the session. */
  readonly address?: string;
  readonly session?: string;
  /** Of a BGPPeer: prefixes that it is told. */
  readonly prefixes?: readonly string[];
}

export interface PoolCounts {
  readonly assignedIPv4: number;
  readonly assignedIPv6: number;
  readonly availableIPv4: string;
  readonly availableIPv6: string;
}

/** Something wrong with a file; what it said before is in force. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface MetallbStatus {
  readonly node: string;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  /** Patterns that no file matches. */
  readonly unmatched: readonly string[];
  readonly problems: readonly FileProblem[];
  readonly objects: readonly MetallbObject[];
  /** Everything is being drained, or was. */
  readonly drain?: DrainStatus | undefined;
}

/** Answers the API. */
export interface MetallbView {
  /** undefined when the configuration has no `metallb`. */
  status(): MetallbStatus | undefined;
}
