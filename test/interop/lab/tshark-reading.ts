/** What our readers and tshark say of one message, in the same fields, so that they can be compared. */
import { formatIpv4 } from '../../../src/base/address.ts';
import { formatPrefix, maskInPlace } from '../../../src/base/prefix.ts';
import { forEachAttribute } from '../../../src/wire/attributes/blob.ts';
import { attributeByCode, type PathAttributes } from '../../../src/wire/attributes/index.ts';
import { Disposition, UpdateError } from '../../../src/wire/attributes/spec.ts';
import { TUNNEL_TYPE_NAMES } from '../../../src/wire/extended-communities/opaque.ts';
import { readOpen } from '../../../src/wire/open.ts';
import type { WireContext } from '../../../src/wire/session-context.ts';
import { UpdateFrame } from '../../../src/wire/update-frame.ts';
import { readUpdate } from '../../../src/wire/update-read.ts';
import { OPEN, UPDATE } from '../../conformance/build.ts';
import type { Decoded } from './tshark.ts';

const HEADER = 19;
const ORIGINS = ['igp', 'egp', 'incomplete'];

/** Everything both readers can tell of a message. */
export type Reading = Readonly<Record<string, readonly string[]>>;

/** Our reading; undefined for a message that is malformed to us. */
export function ours(bytes: Uint8Array, context: WireContext): Reading | undefined {
  if (bytes[18] === OPEN) return ourOpen(bytes);
  return bytes[18] === UPDATE ? ourUpdate(bytes, context) : undefined;
}

function ourOpen(bytes: Uint8Array): Reading | undefined {
  const result = readOpen(bytes, HEADER, bytes.length);
  if (!result.ok) return undefined;
  const { as, holdTimeSeconds, routerId, version } = result.open;
  return {
    version: [String(version)],
    openAs: [String(as)],
    holdTime: [String(holdTimeSeconds)],
    identifier: [formatIpv4(routerId)],
  };
}

function ourUpdate(bytes: Uint8Array, context: WireContext): Reading | undefined {
  const frame = new UpdateFrame();
  frame.scan(bytes, HEADER, bytes.length, context);
  // A vector is one attribute: that others are missing does not make it unreadable.
  const { missingWellKnown } = UpdateError;
  if (frame.disposition !== Disposition.accept && frame.subcode !== missingWellKnown) return undefined;
  const reading: Fields = {
    withdrawn: prefixes(bytes, frame.withdrawnStart, frame.withdrawnEnd, 4),
    announced: prefixes(bytes, frame.nlriStart, frame.nlriEnd, 4),
  };
  forEachAttribute(bytes, frame.attributesStart, frame.attributesEnd, (code, _flags, start, end) => {
    const spec = attributeByCode[code];
    if (spec === undefined) return;
    const value = { [spec.name]: spec.read(bytes, start, end, context) } as PathAttributes;
    merge(reading, fieldsOf(value, context));
  });
  for (const { place, family, values } of readUpdate(bytes, HEADER, bytes.length, context).routes)
    if (place === 'mpReach' && family !== undefined && !isUnicast(family.name))
      merge(reading, routeFields(family.name, (values ?? []) as readonly Nlri[]));
  return Object.values(reading).includes(undefined) ? undefined : (reading as Reading);
}

function isUnicast(name: string): boolean {
  return name === 'ipv4-unicast' || name === 'ipv6-unicast';
}

/** The parts of routes of any family that tshark shows, too. */
interface Nlri {
  readonly type?: string;
  readonly routeType?: number;
  readonly rd?: string;
  readonly prefix?: string;
  readonly labels?: readonly number[];
  readonly mac?: string;
  readonly components?: readonly { readonly type: string }[];
}

const EVPN_TYPES = [
  '',
  'ethernet-auto-discovery',
  'mac-ip',
  'inclusive-multicast',
  'ethernet-segment',
  'ip-prefix',
];
const FLOWSPEC_TYPES = [
  '',
  'destination',
  'source',
  'protocol',
  'port',
  'destination-port',
  'source-port',
  'icmp-type',
  'icmp-code',
  'tcp-flags',
  'packet-length',
  'dscp',
  'fragment',
  'flow-label',
];

function routeFields(family: string, routes: readonly Nlri[]): Fields {
  if (family === 'l2vpn-evpn')
    return {
      evpnTypes: routes.map(({ type = '', routeType }) => String(routeType ?? EVPN_TYPES.indexOf(type))),
      evpnMacs: routes.flatMap(({ mac }) => mac ?? []),
    };
  if (family.includes('flowspec'))
    return {
      flowspecTypes: routes.flatMap(({ components = [] }) =>
        components.map(({ type }) => String(FLOWSPEC_TYPES.indexOf(type))),
      ),
    };
  if (family === 'route-target-constraint') return {};
  const result: Fields = {
    [family.startsWith('ipv4') ? 'announced4' : 'announced6']: routes.map(
      ({ prefix = '' }) => prefix.split('/')[0] ?? '',
    ),
  };
  if (routes.some(({ rd }) => rd !== undefined)) result['distinguishers'] = routes.map(({ rd = '' }) => rd);
  // A route without labels has the label of a withdrawal, which tshark reads as 0.
  if (routes.some(({ labels }) => labels !== undefined))
    result['labels'] = routes.map(({ labels = [] }) => (labels.length === 0 ? '0' : labels.join()));
  return result;
}

/** By name; undefined where the bytes cannot be compared. */
type Fields = Record<string, string[] | undefined>;

/** AGGREGATOR and AS4_AGGREGATOR, AS_PATH and AS4_PATH have fields in common, and ATTR_SET with everything. */
function merge(into: Fields, more: Fields): void {
  for (const [key, list] of Object.entries(more))
    into[key] = list === undefined ? undefined : [...(into[key] ?? []), ...list];
}

/** Attributes in the fields of tshark. */
function fieldsOf(value: PathAttributes, context: WireContext): Fields {
  return {
    ...wellKnownFields(value, context),
    ...communityFields(value),
    ...multiprotocolFields(value),
    ...tunnelFields(value),
    ...attrSetFields(value, context),
  };
}

function wellKnownFields(value: PathAttributes, { as4 }: WireContext): Fields {
  const { origin, asPath, as4Path, nextHop, aggregator, as4Aggregator } = value;
  const numbers = (path: NonNullable<typeof asPath>): string[] =>
    path.flatMap(({ asns }) => asns.map(String));
  const result: Fields = {};
  if (origin !== undefined) result['origin'] = [String(ORIGINS.indexOf(origin))];
  if (asPath !== undefined) result[as4 ? 'as4' : 'as2'] = numbers(asPath);
  if (as4Path !== undefined) result['as4'] = numbers(as4Path);
  if (nextHop !== undefined) result['nextHop'] = [nextHop.address];
  if (value.med !== undefined) result['med'] = [String(value.med)];
  if (value.localPref !== undefined) result['localPref'] = [String(value.localPref)];
  const by = aggregator ?? as4Aggregator;
  if (by !== undefined) {
    result['aggregatorAs'] = [String(by.as)];
    result['aggregatorAddress'] = [by.address];
  }
  if (value.originatorId !== undefined) result['originatorId'] = [value.originatorId];
  if (value.clusterList !== undefined) result['clusterList'] = [...value.clusterList];
  // tshark shows the first TLV alone, and its metric.
  const [first] = value.aigp ?? [];
  if (first !== undefined) result['aigpMetric'] = first.type === 'metric' ? [first.value] : [];
  return result;
}

function communityFields(value: PathAttributes): Fields {
  const result: Fields = {};
  if (value.communities !== undefined) result['communities'] = value.communities.map(communityText).sort();
  if (value.largeCommunities !== undefined)
    result['largeCommunities'] = value.largeCommunities.map((parts) => parts.join(':'));
  if (value.extendedCommunities === undefined) return result;
  const ofType = (...types: readonly number[]) =>
    value.extendedCommunities!.filter(({ high }) => types.includes((high >>> 24) & 0x3f));
  result['extendedTypes'] = value.extendedCommunities.map(
    ({ high }) => `0x${(high >>> 24).toString(16).padStart(2, '0')}`,
  );
  result['extendedAs2'] = ofType(0).map(({ high }) => String(high & 0xffff));
  const ahead = ({ high, low }: { high: number; low: number }): number =>
    (((high & 0xffff) << 16) | (low >>> 16)) >>> 0;
  result['extendedAs4'] = ofType(2).map((one) => String(ahead(one)));
  result['extendedIpv4'] = ofType(1).map((one) => formatIpv4(ahead(one)));
  result['extendedNumber2'] = ofType(1, 2).map(({ low }) => String(low & 0xffff));
  return result;
}

function multiprotocolFields({ mpReach, mpUnreach }: PathAttributes): Fields {
  const result: Fields = {};
  if (mpReach?.family === 'ipv6-unicast') {
    result['nextHop6'] = [mpReach.nextHop];
    result['announced6'] = prefixes(mpReach.nlri, 0, mpReach.nlri.length, 16);
  }
  if (mpReach?.family === 'ipv4-unicast')
    result['announced4'] = prefixes(mpReach.nlri, 0, mpReach.nlri.length, 4);
  if (mpUnreach?.family === 'ipv6-unicast')
    result['withdrawn6'] = prefixes(mpUnreach.nlri, 0, mpUnreach.nlri.length, 16);
  if (mpUnreach?.family === 'ipv4-unicast')
    result['withdrawn4'] = prefixes(mpUnreach.nlri, 0, mpUnreach.nlri.length, 4);
  return result;
}

const TUNNEL_SUB_TLVS: Readonly<Record<string, number>> = {
  color: 4,
  'egress-endpoint': 6,
  'udp-port': 8,
  'segment-list': 128,
};
const PREFIX_SID_TLVS: Readonly<Record<string, number>> = {
  'label-index': 1,
  'originator-srgb': 3,
  'srv6-l3-service': 5,
  'srv6-l2-service': 6,
};

/** The number of a type that is said by name or, without one, by number. */
function numberOf(names: Readonly<Record<string, number>>, type: string): string {
  return String(names[type] ?? type);
}

function tunnelFields({ pmsiTunnel, tunnelEncapsulation, prefixSid }: PathAttributes): Fields {
  const result: Fields = {};
  if (pmsiTunnel !== undefined) {
    const { flags, tunnelType, label, tunnelId } = pmsiTunnel;
    result['pmsiFlags'] = [String(flags)];
    result['pmsiType'] = [String(tunnelType)];
    result['pmsiLabel'] = [String(label >>> 4)];
    result['pmsiAddress'] = tunnelType === 6 ? [tunnelId] : [];
  }
  if (tunnelEncapsulation !== undefined) {
    const types = Object.fromEntries(
      Object.entries(TUNNEL_TYPE_NAMES).map(([number, name]) => [name, Number(number)]),
    );
    result['tunnelTypes'] = tunnelEncapsulation.map(({ type }) => numberOf(types, type));
    result['tunnelSubTypes'] = tunnelEncapsulation.flatMap(({ subTlvs }) =>
      subTlvs.map(({ type }) => numberOf(TUNNEL_SUB_TLVS, type)),
    );
  }
  if (prefixSid !== undefined) {
    result['sidTypes'] = prefixSid.map(({ type }) => numberOf(PREFIX_SID_TLVS, type));
    // The four octets behind those that are reserved, in either form of the text.
    result['sidIndex'] = prefixSid.flatMap(({ type, value }) =>
      type === 'label-index' ? [String(Number(value.startsWith('0x') ? `0x${value.slice(-8)}` : value))] : [],
    );
    const ranges = prefixSid
      .filter(({ type }) => type === 'originator-srgb')
      .flatMap(({ value }) => value.split(' '));
    result['sidFirst'] = ranges.map((range) => range.split('+')[0] ?? '');
    result['sidCount'] = ranges.map((range) => range.split('+')[1] ?? '');
  }
  return result;
}

function attrSetFields({ attrSet }: PathAttributes, context: WireContext): Fields {
  if (attrSet === undefined) return {};
  return {
    ...fieldsOf(attrSet.attributes as PathAttributes, { ...context, as4: true }),
    attrSetAs: [String(attrSet.originAs)],
  };
}

function communityText(value: number): string {
  return `${value >>> 16}:${value & 0xffff}`;
}

/** The prefixes; undefined where the bytes are none. */
function prefixes(bytes: Uint8Array, start: number, end: number, size: 4 | 16): string[] | undefined {
  const list: string[] = [];
  for (let at = start; at < end; ) {
    const bits = bytes[at]!;
    const octets = (bits + 7) >> 3;
    if (bits > size * 8 || at + 1 + octets > end) return undefined;
    const address = new Uint8Array(size);
    address.set(bytes.subarray(at + 1, at + 1 + octets));
    maskInPlace(address, bits);
    list.push(formatPrefix(address, bits).split('/')[0] ?? '');
    at += 1 + octets;
  }
  return list;
}

/** tshark's reading in the same form. */
export function theirs(decoded: Decoded): Reading {
  const { wellKnown, communityAs, communityValue, largeAs, largeFirst, largeSecond, ...plain } = decoded;
  return {
    ...plain,
    // `100,200 (bottom)`, `0 (withdrawn)`
    labels: plain.labels.map((text) => text.replace(/ \(.*\)$/, '')),
    communities: [
      ...wellKnown.map((value) => communityText(Number(value))),
      ...communityAs.map((as, index) => `${as}:${communityValue[index]}`),
    ].sort(),
    largeCommunities: largeAs.map((as, index) => `${as}:${largeFirst[index]}:${largeSecond[index]}`),
  };
}
