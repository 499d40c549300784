/** What VIPs tell people about themselves: plain data, the JSON of the API and of `bellhop show vips --json`. */
import type { CheckProbe } from '../config/vip-types.ts';
import type { AnnounceMode, VipEvent } from './events.ts';
import type { CheckPhase, VipState } from './state.ts';

/** One run of a check. */
export interface CheckRecord {
  /** ISO 8601 time of the result. */
  readonly time: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly milliseconds: number;
}

/** A health check as `bellhop show vips` prints it. */
export interface CheckStatus {
  readonly name: string;
  readonly kind: CheckProbe['kind'];
  readonly state: CheckPhase;
  /** Results in a row that count towards the change. */
  readonly count: number;
  readonly rise: number;
  readonly fall: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly runs: number;
  readonly failures: number;
  readonly timeouts: number;
  /** Longest time that a run started after it was due. */
  readonly worstLateMilliseconds: number;
  /** Newest first. */
  readonly history: readonly CheckRecord[];
}

export interface DrainStatus {
  /** `announced`: with GRACEFUL_SHUTDOWN; `withdrawn`: until `undrain`. */
  readonly stage: 'announced' | 'withdrawn';
  /** ISO 8601 time. */
  readonly since: string;
  readonly graceSeconds: number;
  /** Since the drain began: GRACEFUL_SHUTDOWN was in all sockets. */
  readonly announcedMilliseconds: number | undefined;
  /** Since the drain began: the withdrawal was in all sockets. */
  readonly withdrawnMilliseconds: number | undefined;
}

export interface VipAddressStatus {
  readonly interface: string;
  readonly address: string;
  readonly present: boolean;
  /** bellhop has added it, and will remove it. */
  readonly ours: boolean;
}

/** A VIP as `bellhop show vips` prints it. */
export interface VipStatus {
  readonly name: string;
  readonly state: VipState;
  /** Why it is in this state. */
  readonly reason: string;
  /** ISO 8601 time. */
  readonly since: string;
  readonly announced: AnnounceMode;
  /** Addresses as configured. */
  readonly addresses: readonly string[];
  /** What is announced for them. */
  readonly prefixes: readonly string[];
  /** Addresses of the only neighbors that may hear it. */
  readonly peers: readonly string[] | undefined;
  readonly required: number;
  readonly checks: readonly CheckStatus[];
  readonly maintenanceFile: string | undefined;
  readonly maintenance: boolean;
  readonly drain: DrainStatus | undefined;
  readonly interfaceAddresses: readonly VipAddressStatus[];
  /** What keeps it from being announced although it is healthy. */
  readonly problem: string | undefined;
  /** Changes between announced and withdrawn since bellhop started. */
  readonly changes: number;
  readonly lastWithdrawal:
    | { readonly time: string; readonly reason: string; readonly flushMilliseconds: number | undefined }
    | undefined;
}

/** One link of the chain from check to peer. */
export interface DoctorLink {
  readonly link: string;
  /** `broken` keeps traffic away; `warning` does not; `skipped` cannot be told behind a broken link. */
  readonly status: 'ok' | 'broken' | 'warning' | 'skipped';
  readonly detail: string;
  /** More lines, such as the history of a check. */
  readonly more: readonly string[];
}

/** What `bellhop doctor` finds out. */
export interface Diagnosis {
  readonly vip: string;
  readonly state: VipState;
  readonly healthy: boolean;
  /** Index in `links` of the first broken one. */
  readonly firstBroken: number | undefined;
  readonly links: readonly DoctorLink[];
}

/** What the API may ask of the VIPs; implemented by `Vips`. */
export interface VipView {
  vips(): VipStatus[];
  /** undefined when there is no such VIP. */
  vip(name: string): VipStatus | undefined;
  /** Of one VIP or of all. @throws BellhopError NOT_FOUND. */
  doctor(name?: string): Promise<Diagnosis[]>;
  /** Begins to drain one VIP or all. @throws BellhopError NOT_FOUND. */
  drain(name: string | undefined, graceSeconds: number): VipStatus[];
  /** Ends drains; those VIPs are announced again if they are healthy. @throws BellhopError NOT_FOUND. */
  undrain(name: string | undefined): VipStatus[];
  /** Returns how to stop hearing what happens. */
  subscribe(listener: (event: VipEvent) => void): () => void;
}
