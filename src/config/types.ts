/**
 * Config: the configuration after reading, validation, inheritance from peer groups and defaults.
 * Only `config` and `speaker` see it: below them there are no configuration objects.
 */
import type { PolicyTest } from '../policy/test-run.ts';
import type { Policy } from '../policy/types.ts';
import type { FamilyName } from '../wire/families/index.ts';
import type { PeerFeatures } from './peer-features.ts';
import type { VipConfig } from './vip-types.ts';

/** An address to listen on. */
export interface ListenAddress {
  /** Canonical IPv4 or IPv6 text, with `%zone` for link-local. */
  readonly address: string;
  readonly port: number;
}

/** What a peer-group may set and a neighbor has, after inheritance. */
export interface PeerSettings extends PeerFeatures {
  readonly peerAs: number | 'external' | 'internal';
  readonly description: string | undefined;
  readonly passive: boolean;
  /** Source address of connections; canonical text. */
  readonly localAddress: string | undefined;
  /** TCP port of the peer. */
  readonly port: number;
  readonly holdTimeSeconds: number;
  readonly minimumHoldTimeSeconds: number;
  readonly connectRetrySeconds: number;
  readonly idleHoldSeconds: number;
  readonly idleHoldMaximumSeconds: number;
  /** TTL of outgoing packets towards an eBGP peer that is not directly connected; undefined: 1 for eBGP, 64 for iBGP. */
  readonly multihop: number | undefined;
  /** GTSM (RFC 5082): the number of hops the peer may be away (1 = directly connected); undefined: off. */
  readonly ttlSecurity: number | undefined;
  /** TCP MD5 key (RFC 2385), already read from `password`, `password-file` or `password-env`. */
  readonly password: string | undefined;
  readonly families: readonly FamilyName[];
  readonly nextHop: NextHopSetting;
  /** Names of policies, tried in turn; undefined means none is configured (RFC 8212). */
  readonly import: readonly string[] | undefined;
  readonly export: readonly string[] | undefined;
  /** Name of the peer group it inherits from. */
  readonly peerGroup: string | undefined;
  /** Offer of 4-octet AS numbers (RFC 6793); false makes us a 2-octet speaker towards this peer. */
  readonly fourOctetAs: boolean;
  /** Offer of 65,535-byte messages (RFC 8654). */
  readonly extendedMessage: boolean;
  readonly sendHoldTimeSeconds: number | undefined;
}

/**
 * `self`: our own address; `unchanged`: as received; `third-party`: as received when it lies in a subnet shared
 * with the peer, else self; otherwise an address per family.
 */
export interface NextHopSetting {
  readonly mode: 'self' | 'unchanged' | 'third-party' | 'default';
  /** IPv4 next hop to write instead of our own address; canonical text. */
  readonly ipv4: string | undefined;
  readonly ipv6: string | undefined;
}

export interface NeighborConfig extends PeerSettings {
  /** Canonical text with zone; identifies the neighbor. */
  readonly address: string;
}

export interface DynamicNeighborConfig extends PeerSettings {
  /** Canonical prefix text. */
  readonly prefix: string;
  /** Sessions from this range at a time. */
  readonly limit: number;
}

export interface NetworkConfig {
  /** Canonical prefix text. */
  readonly prefix: string;
  /** Next hop other than our own; canonical text. */
  readonly nextHop: string | undefined;
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  readonly origin: 'igp' | 'egp' | 'incomplete';
  /** Each 32 bits unsigned. */
  readonly communities: readonly number[];
  /** Each three 32-bit numbers. */
  readonly largeCommunities: readonly (readonly [number, number, number])[];
  readonly asPath: readonly number[];
  /** 16 hexadecimal digits each. */
  readonly extendedCommunities: readonly string[];
  readonly atomicAggregate: boolean;
  readonly aggregator: { readonly as: number; readonly address: string } | undefined;
  /** Addresses of the only neighbors that may hear it; undefined: all. Canonical text. */
  readonly peers: readonly string[] | undefined;
  /** Announced only while there is a route for this prefix; canonical text. */
  readonly announceIfPresent: string | undefined;
}

/** A route of our own that is announced while there are routes inside of it (RFC 4271 section 9.2.2.2). */
export interface AggregateConfig {
  /** Canonical prefix text. */
  readonly prefix: string;
  /** The routes inside of it are told to nobody. */
  readonly summaryOnly: boolean;
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  /** Each 32 bits unsigned. */
  readonly communities: readonly number[];
  /** Each three 32-bit numbers. */
  readonly largeCommunities: readonly (readonly [number, number, number])[];
}

export interface BestPathConfig {
  readonly alwaysCompareMed: boolean;
  readonly missingMedAsWorst: boolean;
  readonly compareRouterId: boolean;
}

/** The HTTP API beyond its UNIX socket. */
export interface ApiConfig {
  /** TCP address; undefined: none. */
  readonly listen: ListenAddress | undefined;
  /** What clients on TCP must send; already read from its file. */
  readonly token: string | undefined;
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** How many neighbors must be established for the daemon to be ready. */
  readonly ready: 'any' | 'all' | number;
}

/** MetalLB manifests, and who we are in them. */
export interface MetallbConfig {
  /** Absolute file patterns. */
  readonly files: readonly string[];
  readonly node: string;
  /** With `kubernetes.io/hostname`. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** Absolute path of the file that remembers assignments. */
  readonly stateFile: string;
}

export interface Config {
  /** Keep routes announced at run time, and neighbors disabled, across restarts. */
  readonly persist: boolean;
  /** Where; an absolute path. */
  readonly stateFile: string;
  readonly as: number;
  /** Dotted-quad text. */
  readonly routerId: string;
  readonly listen: readonly ListenAddress[];
  readonly bestPath: BestPathConfig;
  readonly api: ApiConfig;
  readonly neighbors: readonly NeighborConfig[];
  /** Longest prefix first: the first range that contains an address is its range. */
  readonly dynamicNeighbors: readonly DynamicNeighborConfig[];
  readonly networks: readonly NetworkConfig[];
  readonly aggregates: readonly AggregateConfig[];
  /** Those of the file; the built-in ones are not among them. */
  readonly policies: readonly Policy[];
  readonly policyTests: readonly PolicyTest[];
  readonly vips: readonly VipConfig[];
  /** Graceful shutdown of the VIPs before the daemon stops (RFC 8326); 0: none. */
  readonly drainOnStopSeconds: number;
  /** Path of the file that remembers interface addresses. */
  readonly vipStateFile: string;
  readonly metallb: MetallbConfig | undefined;
}
