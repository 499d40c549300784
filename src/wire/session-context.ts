/**
 * WireContext: what two speakers have agreed about the bytes between them. Data only; made by `fsm/negotiate`.
 */

export interface WireContext {
  /** AS_PATH and AGGREGATOR carry 4-octet AS numbers (RFC 6793). */
  readonly as4: boolean;
  /** The session is eBGP: LOCAL_PREF, ORIGINATOR_ID and CLUSTER_LIST are not expected (RFC 7606 section 7). */
  readonly external: boolean;
  /** Messages up to 65,535 bytes (RFC 8654); otherwise 4,096. */
  readonly extendedMessage: boolean;
  /** Bit `1 << family.index` for each address family agreed (RFC 4760 section 8). */
  readonly families: number;
  /** Bit `1 << family.index` for each family whose next hop may be an IPv6 address (RFC 8950). */
  readonly extendedNextHop: number;
  /** The session runs over the loopback interface, where 127.0.0.0/8 and ::1 are usable next hops. */
  readonly loopback?: boolean;
  /** Bit `1 << family.index` for each family whose NLRI carry path identifiers (RFC 7911); none when absent. */
  readonly addPath?: number;
  /** An AS_SET or AS_CONFED_SET in the path makes the route unusable (RFC 9774); accepted when absent. */
  readonly rejectAsSet?: boolean;
  /** One family may be closed while the session lives on (RFC 7606 section 2); a reset when absent. */
  readonly familyDisable?: boolean;
}
