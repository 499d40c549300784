/** What happens to VIPs, for logs and demos: facts, and one `reason` sentence. */
import type { CheckPhase, VipState } from './state.ts';

/** How a VIP is announced: not at all, as healthy, with what `on-down` says, or as about to go (RFC 8326). */
export type AnnounceMode = 'withdrawn' | 'up' | 'degraded' | 'draining';

/** What happened to a VIP. */
export type VipEvent =
  | {
      readonly type: 'vipState';
      readonly vip: string;
      readonly oldState: VipState;
      readonly newState: VipState;
      readonly reason: string;
    }
  | {
      readonly type: 'checkState';
      readonly vip: string;
      readonly check: string;
      readonly oldState: CheckPhase;
      readonly newState: CheckPhase;
      readonly reason: string;
    }
  | {
      readonly type: 'vipAnnounced';
      readonly vip: string;
      readonly mode: Exclude<AnnounceMode, 'withdrawn'>;
      readonly prefixes: readonly string[];
    }
  | {
      readonly type: 'vipWithdrawn';
      readonly vip: string;
      readonly prefixes: readonly string[];
      /** From the decision until it was in the sockets of all peers; undefined: not within 5 s. */
      readonly flushMilliseconds: number | undefined;
    }
  | {
      readonly type: 'addressAdded';
      readonly vip: string;
      readonly interface: string;
      readonly address: string;
    }
  | {
      readonly type: 'addressRemoved';
      /** undefined: cleaned after a crash. */
      readonly vip: string | undefined;
      readonly interface: string;
      readonly address: string;
    }
  /** Something of a VIP does not work; it is withdrawn when that matters. */
  | { readonly type: 'vipProblem'; readonly vip: string | undefined; readonly reason: string }
  | {
      readonly type: 'hookFailed';
      readonly vip: string;
      readonly hook: 'up' | 'down';
      readonly reason: string;
    }
  | {
      readonly type: 'drain';
      readonly vip: string;
      readonly stage: 'announced' | 'withdrawn' | 'ended';
      /** Since the drain began. */
      readonly milliseconds: number;
    };
