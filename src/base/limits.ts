/**
 * Every bound of the program in one place: its value, why, and what happens when it is reached.
 */

/** Prefixes per family the tables can hold: ids have 26 bits in the slots of the tables. At the bound new routes are refused and counted. */
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

/** Bytes of input taken from sockets (about 4,000 routes, 2 to 8 ms) before the engine and timers get their turn; then reading pauses until the next turn. */
export const READ_BYTES = 64 * 1024;

/** Chunks of 256 KiB for attribute blobs: places address 4 GiB, and the first one stays empty. At the bound routes with new attributes are refused and counted. */
export const MAX_ATTRIBUTE_CHUNKS = 16_383;

/** Bytes of an AS_PATH with 2-octet numbers (of a peer with extended messages only): doubled it must fit in 65,535. A longer one is treat-as-withdraw; an AS4_PATH that makes the merged path longer than twice this is discarded. */
export const MAX_NARROW_PATH_BYTES = 32_000;

/** Bytes that `bellhop decode` reads from its standard input; more is an error. */
export const MAX_DECODE_INPUT_BYTES = 1024 * 1024 * 1024;

/** Bytes of an API request's body, about 100,000 routes; a larger one is refused with 413. */
export const MAX_API_BODY_BYTES = 8 * 1024 * 1024;

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

/**
 * States that one AS-path pattern of a policy may need, its repetitions written out; a larger one is a configuration
 * error. Several patterns that are run together have no more than that together.
 */
export const MAX_PATTERN_STATES = 2000;

/** Deterministic states that a matcher of AS-path patterns remembers; then it forgets them all and begins anew. */
export const MAX_MATCHER_STATES = 1000;

/** Combinations of prefix tests and sources that a policy remembers results for; then it forgets them all, which is counted. */
export const MAX_POLICY_VARIANTS = 8192;

/** Pages of 4 KiB that the results of all policies may take (64 MiB); then all of them are forgotten, which is counted. */
export const MAX_POLICY_PAGES = 16_384;

/** Bytes of a set of attributes that a policy may make; a larger one rejects the route, which is counted. */
export const MAX_POLICY_ATTRIBUTE_BYTES = 65_000;

/** Bytes of a service's answer that a health check looks at; the rest is not read. */
export const MAX_CHECK_BODY_BYTES = 64 * 1024;

/** Characters kept of the output of a check program or hook; the rest is read and dropped. */
export const MAX_PROGRAM_OUTPUT_BYTES = 4096;

/** Results of a health check kept for `doctor`; the oldest gives way. */
export const MAX_CHECK_HISTORY = 10;

/** Routes of our own, of all owners together; about 400 bytes each. One more is an error for who asks. */
export const MAX_OWN_ROUTES = 2_000_000;

/** Owners of routes of our own; a new one beyond is an error for who asks. */
export const MAX_ROUTE_OWNERS = 16_384;

/** Characters of the name of an owner; a longer one is an error. */
export const MAX_OWNER_NAME = 64;

/** Bytes of the attributes of a route of our own: with what a session adds they must fit in an extended message. More is an error for who asks; more than 4096 is not sent to peers without extended messages, and counted. */
export const MAX_OWN_ATTRIBUTE_BYTES = 60_000;

/** Different sets of neighbors that routes of our own are restricted to: each splits the update groups. A new one beyond is an error for who asks. */
export const MAX_AUDIENCES = 256;

/** Milliseconds that such a set is kept after its last route: a route that flaps does not split and merge update groups each time. */
export const AUDIENCE_LINGER_MILLISECONDS = 60_000;

/** Longest time to live of a route of our own, in milliseconds: a week. A longer one is an error. */
export const MAX_ROUTE_TTL_MILLISECONDS = 7 * 24 * 3_600_000;

/** Bytes of one line that a process writes (commands, and what it says on standard error); a longer one is an error, its bytes are dropped. */
export const MAX_PROCESS_LINE_BYTES = 64 * 1024;

/** Routes that one command of a process may mean (`split`, `nlri`); more is an error. */
export const MAX_COMMAND_ROUTES = 65_536;

/** Routes of the commands between `group start` and `group end` of a process; a command beyond is an error. */
export const MAX_GROUP_ROUTES = 100_000;

/** Routes with a watchdog that a process may have; one more is an error. */
export const MAX_WATCHDOG_ROUTES = 100_000;

/** Bytes waiting for a process that does not read its input: above it events are dropped and counted, and its commands wait. */
export const MAX_PROCESS_UNREAD_BYTES = 1024 * 1024;

/** Routes that `show adj-rib` of a process lists; then a comment says that there are more. */
export const MAX_SHOWN_ROUTES = 10_000;

/** Lines of standard error of a process that are logged in a second; the others are dropped and counted. */
export const MAX_PROCESS_LOG_LINES = 20;
