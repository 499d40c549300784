/** Messages for the cases, put together from hexadecimal parts. Nothing of bellhop's own codec is used here. */
import type { Ground } from './case.ts';

export const OPEN = 1;
export const UPDATE = 2;
export const NOTIFICATION = 3;
export const KEEPALIVE = 4;
export const REFRESH = 5;

/** `value` in `octets` octets. */
export function number(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, '0');
}

/** Octets of hexadecimal text. */
export function lengthOf(hex: string): number {
  return hex.length / 2;
}

/** A whole message; `claimed` is the length in its header when that is to be wrong. */
export function message(type: number, body = '', claimed = 19 + lengthOf(body)): string {
  return 'ff'.repeat(16) + number(claimed, 2) + number(type, 1) + body;
}

/** A path attribute; bit 0x10 of the flags gives it a length of two octets, `claimed` is its length when wrong. */
export function attribute(flags: number, code: number, value = '', claimed = lengthOf(value)): string {
  return number(flags, 1) + number(code, 1) + number(claimed, (flags & 0x10) === 0 ? 1 : 2) + value;
}

/** A segment of an AS path. */
export function segment(type: number, asns: readonly number[], octets = 4): string {
  return number(type, 1) + number(asns.length, 1) + asns.map((as) => number(as, octets)).join('');
}

/** The AS behind the adversary in the route under test, and in the routes before it. */
export const NEW_AS = 64511;
export const OLD_AS = 64510;

/** Size of an AS number on the session. */
export function asOctets(ground: Ground): number {
  return ground.as4 ? 4 : 2;
}

/** An AS_PATH as the adversary would send it legally. */
export function legalPath(ground: Ground, behind = NEW_AS): string {
  const asns = ground.internal ? [behind] : [ground.peerAs, behind];
  return attribute(0x40, 2, segment(2, asns, asOctets(ground)));
}

export const ORIGIN = attribute(0x40, 1, '00');
export const LOCAL_PREF = attribute(0x40, 5, '00000064');

/** Text, or text that depends on the ground. */
export type Part = string | ((ground: Ground) => string);

export function resolve(part: Part, ground: Ground): string {
  return typeof part === 'string' ? part : part(ground);
}

export interface UpdateParts {
  /** By code: another attribute in place of the legal one; an empty text leaves it out. */
  readonly attributes?: Readonly<Record<number, Part>>;
  /** Behind the legal attributes. */
  readonly add?: Part;
  /** In front of them. */
  readonly first?: Part;
  readonly withdrawn?: Part;
  /** Default: the touched route. */
  readonly nlri?: Part;
  /** Added to the length fields to make them wrong. */
  readonly withdrawnLengthError?: number;
  readonly attributesLengthError?: number;
}

/** An UPDATE from its three fields. */
export function update(
  withdrawn: string,
  attributes: string,
  nlri: string,
  errors: UpdateParts = {},
): string {
  const { withdrawnLengthError = 0, attributesLengthError = 0 } = errors;
  const body =
    number(lengthOf(withdrawn) + withdrawnLengthError, 2) +
    withdrawn +
    number(lengthOf(attributes) + attributesLengthError, 2) +
    attributes +
    nlri;
  return message(UPDATE, body);
}

function legalAttributes(ground: Ground, six: boolean): Record<number, string> {
  return {
    1: ORIGIN,
    2: legalPath(ground),
    ...(six ? {} : { 3: attribute(0x40, 3, ground.hop4) }),
    ...(ground.internal ? { 5: LOCAL_PREF } : {}),
  };
}

function assembled(ground: Ground, parts: UpdateParts, six: boolean, behind: string): string {
  const list = legalAttributes(ground, six);
  for (const [code, part] of Object.entries(parts.attributes ?? {}))
    list[Number(code)] = resolve(part, ground);
  const text = (part: Part | undefined): string => resolve(part ?? '', ground);
  return text(parts.first) + Object.values(list).join('') + behind + text(parts.add);
}

/** An UPDATE that announces the touched IPv4 route, with what `parts` change. */
export function announce(parts: UpdateParts = {}): (ground: Ground) => string {
  return (ground) =>
    update(
      resolve(parts.withdrawn ?? '', ground),
      assembled(ground, parts, false, ''),
      resolve(parts.nlri ?? ground.touched, ground),
      parts,
    );
}

/** The same with `more` behind the legal attributes. */
export function announceWith(...more: readonly string[]): (ground: Ground) => string {
  return announce({ add: more.join('') });
}

export interface ReachParts {
  readonly flags?: number;
  readonly family?: string;
  readonly nextHop?: Part;
  /** Length octet of the next hop when wrong. */
  readonly nextHopLength?: number;
  readonly reserved?: string;
  readonly nlri?: Part;
}

/** MP_REACH_NLRI; by default the touched IPv6 route. */
export function reach(ground: Ground, parts: ReachParts = {}): string {
  const hop = resolve(parts.nextHop ?? ground.hop6, ground);
  const nlri = resolve(parts.nlri ?? ground.touched6, ground);
  const length = number(parts.nextHopLength ?? lengthOf(hop), 1);
  const value = `${parts.family ?? '000201'}${length}${hop}${parts.reserved ?? '00'}${nlri}`;
  return attribute(parts.flags ?? 0x80, 14, value);
}

/** An UPDATE with MP_REACH_NLRI; `parts.nlri` of the UPDATE is empty unless given. */
export function announce6(parts: ReachParts = {}, more: UpdateParts = {}): (ground: Ground) => string {
  return (ground) =>
    update(
      resolve(more.withdrawn ?? '', ground),
      assembled(ground, more, true, reach(ground, parts)),
      resolve(more.nlri ?? '', ground),
      more,
    );
}

/** An UPDATE of these attributes alone. */
export function bare(attributes: Part, nlri: Part = '', withdrawn: Part = ''): (ground: Ground) => string {
  return (ground) => update(resolve(withdrawn, ground), resolve(attributes, ground), resolve(nlri, ground));
}

export interface OpenParts {
  readonly version?: number;
  /** The 2-octet field. */
  readonly as?: number;
  readonly holdTime?: number;
  readonly routerId?: string;
  /** Capabilities of one parameter; default: IPv4, IPv6, both kinds of route refresh, 4-octet AS numbers. */
  readonly capabilities?: string;
  /** Everything from the length of the optional parameters on. */
  readonly optional?: string;
}

export const CAPABILITY_IPV4 = '010400010001';
export const CAPABILITY_IPV6 = '010400020001';
export const CAPABILITY_REFRESH = '0200';
export const CAPABILITY_ENHANCED_REFRESH = '4600';

/** Capability 65. */
export function capabilityAs4(as: number): string {
  return `4104${number(as, 4)}`;
}

export function legalCapabilities(ground: Ground): string {
  const common = CAPABILITY_IPV4 + CAPABILITY_IPV6 + CAPABILITY_REFRESH + CAPABILITY_ENHANCED_REFRESH;
  return common + (ground.as4 ? capabilityAs4(ground.peerAs) : '');
}

/** Optional parameters with their length octet. */
export function optional(...parameters: readonly string[]): string {
  const all = parameters.join('');
  return number(lengthOf(all), 1) + all;
}

/** One optional parameter. */
export function parameter(type: number, value: string, claimed = lengthOf(value)): string {
  return number(type, 1) + number(claimed, 1) + value;
}

/** An OPEN. */
export function openMessage(ground: Ground, parts: OpenParts = {}): string {
  const capabilities = parts.capabilities ?? legalCapabilities(ground);
  return message(
    OPEN,
    number(parts.version ?? 4, 1) +
      number(parts.as ?? ground.peerAs, 2) +
      number(parts.holdTime ?? 90, 2) +
      (parts.routerId ?? ground.hop4) +
      (parts.optional ?? optional(parameter(2, capabilities))),
  );
}

/** {@link openMessage} for a case. */
export function open(parts: OpenParts | ((ground: Ground) => OpenParts)): (ground: Ground) => string {
  return (ground) => openMessage(ground, typeof parts === 'function' ? parts(ground) : parts);
}
