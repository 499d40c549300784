/**
 * Every bound of the program in one place: its value, why, and what happens when it is reached.
 */

/** Prefixes per family the tables can hold: ids share a 53-bit sort key with attribute ids. At the bound new routes are refused and counted. */
export const MAX_PREFIXES = 2 ** 26;

/** Peers of one engine: the peer column has 16 bits and 0 is the local peer. At the bound a new session is refused (Cease/8). */
export const MAX_PEERS = 65_534;

/** Bytes a peer's socket may have unsent before the exporter stops queueing for it and waits for the socket. */
export const MAX_UNSENT_BYTES = 4 * 1024 * 1024;

/** Dirty prefixes above which inbound sockets are paused, and the mark below which they resume. */
export const DIRTY_HIGH_MARK = 500_000;
export const DIRTY_LOW_MARK = 100_000;

/** Longest text of a shutdown communication (RFC 9003 section 2), in bytes; longer text is cut at a character. */
export const MAX_SHUTDOWN_TEXT_BYTES = 255;

/** Malformed messages kept for one neighbor; the oldest gives way and is counted as overwritten. */
export const MAX_ERRORS_PER_NEIGHBOR = 64;

/** Bytes kept of one malformed message; the rest is left out, and the entry says so. */
export const MAX_ERROR_MESSAGE_BYTES = 4096;

/** Addresses whose malformed messages are kept, with the two bounds above at most 32 MiB in all; the address that has been quiet longest is forgotten, which is counted. */
export const MAX_ERROR_RINGS = 128;

/** Longest TCP MD5 key Linux takes, in bytes (TCP_MD5SIG_MAXKEYLEN); a longer one is a configuration error. */
export const MAX_MD5_KEY_BYTES = 80;

/** Milliseconds a connection may take from TCP accept to a complete OPEN; then the socket is closed (RFC 4271 section 8.2.2 suggests 4 minutes). */
export const OPEN_HOLD_MILLISECONDS = 240_000;

/** Dynamic neighbors of one range when the configuration gives no `limit`; one more is refused (Cease/5). */
export const DEFAULT_DYNAMIC_LIMIT = 100;

/** Milliseconds that a slice of engine work may take before sockets and timers get their turn. */
export const SLICE_MILLISECONDS = 5;

/** Chunks of 1 MiB for attribute blobs: ids address 4 GiB. At the bound routes with new attributes are refused and counted. */
export const MAX_ATTRIBUTE_CHUNKS = 4096;

/** Bytes of an AS_PATH with 2-octet numbers (of a peer with extended messages only): doubled it must fit in 65,535. A longer one is treat-as-withdraw; an AS4_PATH that makes the merged path longer than twice this is discarded. */
export const MAX_NARROW_PATH_BYTES = 32_000;

/** Bytes that `bellhop decode` reads from its standard input; more is an error. */
export const MAX_DECODE_INPUT_BYTES = 1024 * 1024 * 1024;

/** Bytes of an API request's body; a larger one is refused with 413. */
export const MAX_API_BODY_BYTES = 4 * 1024 * 1024;

/** Connections of one API listener; one more is closed at once, which is counted. */
export const MAX_API_CONNECTIONS = 4096;

/** Routes in one page of `GET /v1/routes`; a larger `limit` is an error that names the cursor. */
export const MAX_ROUTES_PER_PAGE = 10_000;

/** Changes of best routes that wait to become events; what comes beyond is counted and told to the listeners as a gap. */
export const MAX_PENDING_ROUTE_CHANGES = 65_536;

/** Events kept for clients that come back: of sessions, errors, warnings and the daemon, and of routes; older ones are gone, and a client that asks for them is told of the gap. */
export const MAX_EVENTS = 4096;
export const MAX_ROUTE_EVENTS = 16_384;

/** Event streams at a time; one more is refused with 429. */
export const MAX_EVENT_STREAMS = 256;

/** Bytes of events that a reader may be behind; then it is disconnected, which is counted. */
export const MAX_EVENT_STREAM_BYTES = 512 * 1024;
