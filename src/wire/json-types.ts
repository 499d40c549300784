/**
 * The JSON form of messages. `docs/decode.md` describes it for users; the shapes are public and only grow.
 */
import type { JsonObject, JsonValue } from './json-value.ts';
import type { Filters } from './orf.ts';

/** A fault and what follows from it. */
export interface ErrorJson {
  /** NOTIFICATION code and subcode that a session reset because of it carries. */
  readonly code: number;
  readonly subcode: number;
  /** The data of that NOTIFICATION, in hexadecimal. */
  readonly data: string;
  /** Name of the attribute at fault; `attribute 200` for one without a name. */
  readonly attribute?: string;
  /** Octets from the start of the message, its header included, to the fault. */
  readonly offset: number;
  /** Where the handling is specified. */
  readonly rfc: string;
  /** What this fault alone leads to. */
  readonly disposition: string;
  /** One clause for people. */
  readonly text: string;
}

interface CommonJson {
  /** Octets of the message, header included. */
  readonly length: number;
  /** The strongest of what the faults lead to: `accept`, `attribute-discard`, ... `session-reset`. */
  readonly disposition: string;
  readonly errors: readonly ErrorJson[];
}

/** An attribute as octets: without a spec, malformed, or repeated. */
export type RawAttributeJson = { readonly code: number; readonly flags: number; readonly hex: string };

/** The attributes of an UPDATE: values by attribute name, and lists of those that are octets. */
export type AttributesJson = {
  readonly [name: string]: JsonValue | readonly RawAttributeJson[];
};

/** Routes by the name of their family. */
export type RoutesJson = { readonly [family: string]: readonly JsonValue[] };

/** Octets that could not be read, in hexadecimal, by the place where they stand. */
export interface UnreadableJson {
  /** All of the body: its lengths contradict each other. */
  readonly body?: string;
  readonly withdrawn?: string;
  /** From the attribute that overruns the list to the end of the list. */
  readonly attributes?: string;
  readonly nlri?: string;
  readonly mpReach?: string;
  readonly mpUnreach?: string;
}

/** UPDATE (RFC 4271 section 4.3). */
export interface UpdateJson extends CommonJson {
  readonly type: 'UPDATE';
  readonly attributes: AttributesJson;
  /** Flag octets that are not the usual ones, by attribute name. */
  readonly flags?: { readonly [name: string]: number };
  /** Attribute codes in the order of the message, when they do not ascend. */
  readonly order?: readonly number[];
  readonly reach: RoutesJson;
  readonly withdrawn: RoutesJson;
  /** The family whose End-of-RIB this is. */
  readonly endOfRib?: string;
  readonly unreadable?: UnreadableJson;
}

/** A capability: `value` is absent when its being there says all. */
export type CapabilityJson =
  | { readonly name: string; readonly value?: JsonValue }
  | { readonly name: 'unknown'; readonly code: number; readonly hex: string };

/** OPEN (RFC 4271 section 4.2); only version and body when it could not be read. */
export interface OpenJson extends CommonJson {
  readonly type: 'OPEN';
  readonly version?: number;
  /** The sender's AS number, from its four-octet-as capability when it has one. */
  readonly as?: number;
  /** The 2-octet field, when it says anything else than `as` would have it say. */
  readonly asField?: number;
  /** Seconds. */
  readonly holdTime?: number;
  readonly routerId?: string;
  readonly capabilities?: readonly CapabilityJson[];
  /** How many capabilities each optional parameter holds, when they do not stand in one. */
  readonly parameters?: readonly number[];
  /** The extended form of RFC 9072 although the classic one has room. */
  readonly extended?: true;
  /** The body in hexadecimal, when it could not be read. */
  readonly body?: string;
}

/** NOTIFICATION (RFC 4271 section 4.5). */
export interface NotificationJson extends CommonJson {
  readonly type: 'NOTIFICATION';
  readonly code: number;
  readonly subcode: number;
  readonly name: string;
  readonly data: string;
  /** What the peer's operator says (RFC 9003). */
  readonly shutdownMessage?: string;
  /** What a hard reset is about (RFC 8538 section 3). */
  readonly hardReset?: { readonly code: number; readonly subcode: number; readonly name: string };
}

/** KEEPALIVE (RFC 4271 section 4.4). */
export interface KeepaliveJson extends CommonJson {
  readonly type: 'KEEPALIVE';
}

/** ROUTE-REFRESH (RFC 2918, RFC 7313, RFC 5291). */
export interface RouteRefreshJson extends CommonJson {
  readonly type: 'ROUTE-REFRESH';
  readonly afi?: number;
  readonly safi?: number;
  /** Name of the family, when bellhop has one for it. */
  readonly family?: string;
  /** `request`, `begin-of-rib`, `end-of-rib`, or a number nobody has given a meaning. */
  readonly subtype?: string | number;
  /** Outbound route filters, when there are any; in hexadecimal when they cannot be read. */
  readonly orf?: Filters | string;
  readonly body?: string;
}

/** Octets that are no BGP message. */
export interface InvalidJson extends CommonJson {
  readonly type: 'INVALID';
  readonly hex: string;
}

/** Any message. */
export type MessageJson =
  | OpenJson
  | UpdateJson
  | NotificationJson
  | KeepaliveJson
  | RouteRefreshJson
  | InvalidJson;

/** An UPDATE to be written. */
export type UpdateInput = Pick<UpdateJson, 'type'> & Partial<UpdateJson>;

/** What {@link MessageJson} needs in order to be written: what only explains may be left out. */
export type MessageInput =
  | UpdateInput
  | (Pick<OpenJson, 'type'> & Partial<OpenJson>)
  | (Pick<NotificationJson, 'type' | 'code' | 'subcode'> & Partial<NotificationJson>)
  | (Pick<KeepaliveJson, 'type'> & Partial<KeepaliveJson>)
  | (Pick<RouteRefreshJson, 'type'> & Partial<RouteRefreshJson>)
  | (Pick<InvalidJson, 'type' | 'hex'> & Partial<InvalidJson>);

export type { JsonObject, JsonValue };
