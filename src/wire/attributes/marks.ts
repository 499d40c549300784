/**
 * Marks on attributes of an interned blob: low bits of the flags octet, which have no meaning on the wire (RFC 4271
 * section 4.3) and are zero in every blob that was received (`update-frame.ts` clears them).
 *
 * An export policy sets them, or who announces a route of our own, so that the bytes of a set say whether the session's own rules apply to it; what is
 * sent never has them.
 */

/** On NEXT_HOP or MED: chosen by an export policy, to be sent as it is. */
export const MARK_BY_POLICY = 0x01;

/** On NEXT_HOP: an export policy wants our own address on the session instead. */
export const MARK_SELF = 0x02;

/**
 * On AS_PATH: the whole path as the peer must see it; our AS is not put in front. On COMMUNITIES: NO_EXPORT and its like
 * are for the peers and say nothing to us. For routes of our own that another program has made up.
 */
export const MARK_AS_IS = 0x01;

/** The bits of a flags octet that may be sent. */
export const FLAGS_ON_WIRE = 0xf0;
