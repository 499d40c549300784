/** THE list of scenarios of `bellhop bench table`. */

/** What happens in a scenario, in the order in which it happens. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly addressOctets: 4 | 16;
  /** Peers that announce; each announces all prefixes, unless `disjoint`. */
  readonly senders: number;
  /** Peers that only listen. */
  readonly monitors: number;
  /** Of all the prefixes that the run is about (`--prefixes`). */
  readonly share: number;
  /** Each sender announces a part of its own, and all of them are monitors too. */
  readonly disjoint?: boolean;
  /** Then a tenth of the prefixes again, with other attributes. */
  readonly reannounce?: boolean;
  /** Then everything is withdrawn. */
  readonly withdraw?: boolean;
  /** Then single UPDATEs, one after the other. */
  readonly probes?: number;
  /** With a policy of 20 terms at import and at export, compared with bellhop itself without one. */
  readonly policies?: boolean;
  /** Seconds; the default is 90. */
  readonly holdTimeSeconds?: number;
}

const ALL = { addressOctets: 4, senders: 1, monitors: 1, share: 1 } as const;

export const SCENARIOS: readonly Scenario[] = [
  { ...ALL, name: 'full', title: 'a full table from one peer to one peer', reannounce: true, withdraw: true },
  {
    ...ALL,
    name: 'full6',
    title: 'the same with IPv6',
    addressOctets: 16,
    share: 0.23,
    reannounce: true,
    withdraw: true,
  },
  {
    ...ALL,
    name: 'policy',
    title: 'the same as `full` with policies of 20 terms at import and export',
    reannounce: true,
    withdraw: true,
    policies: true,
  },
  { ...ALL, name: 'multi', title: 'a full table from four peers to one', senders: 4, withdraw: true },
  {
    ...ALL,
    name: 'ten',
    title: 'a tenth of it from ten peers to one',
    senders: 10,
    share: 0.1,
    withdraw: true,
  },
  {
    ...ALL,
    name: 'fanout',
    title: 'a tenth of it from one peer to 50',
    monitors: 50,
    share: 0.1,
    reannounce: true,
    withdraw: true,
  },
  {
    ...ALL,
    name: 'peers',
    title: 'a tenth of it spread over 100 peers, all to all',
    senders: 100,
    monitors: 0,
    share: 0.1,
    disjoint: true,
  },
  { ...ALL, name: 'latency', title: 'one UPDATE through a table of a tenth', share: 0.1, probes: 500 },
  {
    ...ALL,
    name: 'hold3',
    title: 'a full table from two peers, hold time 3 s',
    senders: 2,
    holdTimeSeconds: 3,
  },
];

/** Peers of the scenario. */
export function peerCount({ senders, monitors }: Scenario): number {
  return senders + monitors;
}
