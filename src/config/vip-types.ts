/**
 * VIP configuration after reading and defaults: addresses that are announced while their service is healthy.
 * Plain data in canonical form, so that two equal configurations have equal JSON.
 */

/** HTTP status codes from `low` to `high`, both included. */
export interface StatusRange {
  readonly low: number;
  readonly high: number;
}

/** What a check does; one kind each. */
export type CheckProbe =
  | {
      readonly kind: 'http';
      /** `http:` or `https:`. */
      readonly url: string;
      readonly method: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly expectStatus: readonly StatusRange[];
      /** Text that the body must contain. */
      readonly expectBody: string | undefined;
      readonly tlsVerify: boolean;
    }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly send: string | undefined;
      /** Text that the answer must contain. */
      readonly expect: string | undefined;
    }
  | { readonly kind: 'exec'; readonly command: readonly string[] }
  | {
      readonly kind: 'dns';
      readonly server: string;
      readonly port: number;
      readonly name: string;
      readonly type: DnsType;
      /** Text that one of the answers must be. */
      readonly expect: string | undefined;
    }
  | {
      readonly kind: 'grpc';
      readonly host: string;
      readonly port: number;
      /** Empty: the server as a whole. */
      readonly service: string;
      readonly tls: boolean;
      readonly tlsVerify: boolean;
    };

export const DNS_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;
export type DnsType = (typeof DNS_TYPES)[number];

/** A health check of a VIP. */
export interface CheckConfig {
  /** For people: the configured name, or what it checks; unique within the VIP. */
  readonly name: string;
  readonly probe: CheckProbe;
  readonly intervalSeconds: number;
  /** Interval while the verdict is changing (RISING, FALLING). */
  readonly fastIntervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Successes in a row that make it UP. */
  readonly rise: number;
  /** Failures in a row that make it DOWN. */
  readonly fall: number;
}

/** What becomes of the routes while the VIP is DOWN: withdrawn, or announced with what makes them worse. */
export interface OnDown {
  readonly withdraw: boolean;
  readonly med: number | undefined;
  /** Our AS number so many times more in the AS_PATH. */
  readonly prepend: number | undefined;
  readonly communities: readonly number[];
  readonly localPref: number | undefined;
}

export interface VipAnnounce {
  readonly communities: readonly number[];
  readonly largeCommunities: readonly (readonly [number, number, number])[];
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  /** Addresses of the only neighbors that may hear it; undefined: all. */
  readonly peers: readonly string[] | undefined;
  readonly aggregationLength: number;
  readonly aggregationLengthV6: number;
  /** Bytes a second (draft-ietf-idr-link-bandwidth). */
  readonly linkBandwidth: number | undefined;
}

export interface VipHooks {
  readonly up: readonly string[] | undefined;
  readonly down: readonly string[] | undefined;
  readonly timeoutSeconds: number;
}

/** An address that is announced while its service is healthy. */
export interface VipConfig {
  readonly name: string;
  /** Canonical prefixes; a single address has the full length. */
  readonly addresses: readonly string[];
  readonly checks: readonly CheckConfig[];
  /** How many checks must be healthy. */
  readonly required: number;
  readonly onDown: OnDown;
  /** Interface that has the addresses while they are announced. */
  readonly interface: string | undefined;
  /** Between the flushed withdrawal and the removal of the addresses. */
  readonly removeDelaySeconds: number;
  readonly maintenanceFile: string | undefined;
  readonly announce: VipAnnounce;
  readonly hooks: VipHooks;
}
