/**
 * What a conformance case is: a message that a daemon under test gets, and what the RFCs want it to do. Data only;
 * `adversary.ts` sends the message, `judge.ts` names what the daemon did.
 */

/** What the RFC wants, in the words of RFC 7606 where it has one. */
export type Verdict =
  /** The route is used as sent. */
  | 'accept'
  /** The route is used without one attribute. */
  | 'attribute-discard'
  /** The route is withdrawn because of an error. */
  | 'treat-as-withdraw'
  /** The message is legal, but its route must not be used (a loop, a next hop that makes no sense). */
  | 'exclude'
  /** The route is withdrawn because the message says so. */
  | 'withdraw'
  /** The message changes nothing. */
  | 'no effect'
  /** The session goes on without the one family: its routes are gone, and new ones are ignored (RFC 4760 section 7). */
  | 'AFI/SAFI-disable'
  /** The connection is closed without a NOTIFICATION. */
  | 'close'
  | `session-reset ${number}/${number}`;

/** The parts of a route that a case may want to see; values as the lab drivers give them. */
export interface Shown {
  readonly asPath?: readonly number[];
  readonly med?: number;
  readonly localPref?: number;
  readonly origin?: string;
  readonly communities?: readonly string[];
  readonly largeCommunities?: readonly string[];
}

/** Attributes whose presence the drivers can tell. */
export type Presence = 'atomicAggregate' | 'aggregator' | 'originatorId' | 'clusterList';

/** Everything a message may depend on. Addresses and prefixes are hexadecimal; prefixes in NLRI form. */
export interface Ground {
  readonly internal: boolean;
  readonly as4: boolean;
  /** AS of the adversary and of the daemon. */
  readonly peerAs: number;
  readonly localAs: number;
  /** The daemon's own addresses; the IPv4 one is its router id too. */
  readonly own4: string;
  readonly own6: string;
  /** The adversary's addresses. */
  readonly hop4: string;
  readonly hop6: string;
  /** Routes that the daemon has when the message comes. */
  readonly touched: string;
  readonly touched6: string;
  readonly other: string;
}

export interface ConformanceCase {
  readonly name: string;
  readonly area: string;
  /** Where the verdict is written: `RFC 7606 7.1`. */
  readonly clause: string;
  /** Default ebgp. */
  readonly session?: 'ebgp' | 'ibgp';
  /** Whether the adversary offers 4-octet AS numbers; default true. */
  readonly as4?: boolean;
  /** Where the message goes: in place of the OPEN, in place of the first KEEPALIVE, or into the session (default). */
  readonly stage?: 'open-sent' | 'open-confirm' | 'established';
  /** Whole messages in hexadecimal. */
  readonly message: (ground: Ground) => string;
  readonly verdict: Verdict;
  /** Other verdicts that the RFCs allow, too. */
  readonly or?: readonly Verdict[];
  /** The verdict holds only for a daemon that has offered this capability. */
  readonly needs?: number;
  /** The family of the route to look at; default IPv4. */
  readonly family?: 4 | 6;
  /** What becomes of the other route; default: it stays. */
  readonly other?: 'kept' | 'gone';
  /** What the accepted route shows. */
  readonly shows?: Shown;
  /** What it must not show (attribute-discard). */
  readonly hides?: Shown;
  /** The attribute that must be gone (attribute-discard); by code when not all drivers can see it. */
  readonly absent?: Presence | number;
  /** What bellhop does instead, when it differs from the verdict. */
  readonly deviation?: string;
  /** One or two sentences: why bellhop differs from the RFC or from the other daemons. */
  readonly note?: string;
}

/** A case before it is put into its area. */
export type CaseData = Omit<ConformanceCase, 'area'>;

/** Puts cases into an area; `defaults` hold for all of them. */
export function area(
  name: string,
  cases: readonly CaseData[],
  defaults: Partial<CaseData> = {},
): readonly ConformanceCase[] {
  return cases.map((one) => ({ ...defaults, ...one, area: name }));
}
