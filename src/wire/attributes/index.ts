/**
 * THE list of path attributes, ascending by code. Types and the tables of the hot loops are derived from it: a new
 * attribute is a new file and a line here.
 */
import { origin } from './01-origin.ts';
import { asPath } from './02-as-path.ts';
import { nextHop } from './03-next-hop.ts';
import { med } from './04-med.ts';
import { localPref } from './05-local-pref.ts';
import { atomicAggregate } from './06-atomic-aggregate.ts';
import { aggregator } from './07-aggregator.ts';
import { communities } from './08-communities.ts';
import { originatorId } from './09-originator-id.ts';
import { clusterList } from './10-cluster-list.ts';
import { mpReach } from './14-mp-reach.ts';
import { mpUnreach } from './15-mp-unreach.ts';
import { extendedCommunities } from './16-extended-communities.ts';
import { as4Path } from './17-as4-path.ts';
import { as4Aggregator } from './18-as4-aggregator.ts';
import { pmsiTunnel } from './22-pmsi-tunnel.ts';
import { tunnelEncapsulation } from './23-tunnel-encapsulation.ts';
import { ipv6ExtendedCommunities } from './25-ipv6-extended-communities.ts';
import { aigp } from './26-aigp.ts';
import { bgpLs } from './29-bgp-ls.ts';
import { largeCommunities } from './32-large-communities.ts';
import { onlyToCustomer } from './35-only-to-customer.ts';
import { prefixSid } from './40-prefix-sid.ts';
import { attrSetOf } from './128-attr-set.ts';
import { type AttributeSpec, Disposition, UpdateError } from './spec.ts';

/** All but the one that is made of others. */
const SIMPLE_ATTRIBUTES = [
  origin,
  asPath,
  nextHop,
  med,
  localPref,
  atomicAggregate,
  aggregator,
  communities,
  originatorId,
  clusterList,
  mpReach,
  mpUnreach,
  extendedCommunities,
  as4Path,
  as4Aggregator,
  pmsiTunnel,
  tunnelEncapsulation,
  ipv6ExtendedCommunities,
  aigp,
  bgpLs,
  largeCommunities,
  onlyToCustomer,
  prefixSid,
] as const;

/** Every attribute bellhop understands, ascending by code. */
export const ATTRIBUTES = [...SIMPLE_ATTRIBUTES, attrSetOf(SIMPLE_ATTRIBUTES)] as const;

type ListedAttribute = (typeof ATTRIBUTES)[number];

/** Key of an attribute in {@link PathAttributes} and in JSON. */
export type AttributeName = ListedAttribute['name'];

/** The attributes of a route as plain data, one optional key for each attribute of the list. */
export type PathAttributes = { [S in ListedAttribute as S['name']]?: ReturnType<S['read']> };

/** An attribute that is not in the list, as received: code, flag octet and value in hexadecimal. */
export type UnknownAttribute = { readonly code: number; readonly flags: number; readonly hex: string };

/** The spec for each of the 256 codes; undefined where the attribute is unknown. */
export const attributeByCode: readonly (AttributeSpec | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => ATTRIBUTES.find((spec) => spec.code === code),
);

/** The spec with this camelCase name, or undefined. */
export function attributeByName(name: string): AttributeSpec | undefined {
  return ATTRIBUTES.find((spec) => spec.name === name);
}

/** The mark of an unknown code in {@link EXPECTED_FLAGS}; two flag bits can never look like it. */
export const UNKNOWN_FLAGS = 0xff;

/** Expected Optional and Transitive bits by code; {@link UNKNOWN_FLAGS} where the attribute is unknown. */
export const EXPECTED_FLAGS = tableOf((spec) => spec.flags, UNKNOWN_FLAGS);

/** Subcodes of UPDATE message errors fit in 4 bits. */
const SUBCODES = 16;

/** Dispositions by code and subcode; see {@link dispositionOf}. */
const DISPOSITIONS = new Uint8Array(256 * SUBCODES);
for (const [code, spec] of attributeByCode.entries()) {
  const row = code * SUBCODES;
  DISPOSITIONS.fill(spec?.onMalformed ?? Disposition.accept, row, row + SUBCODES);
  DISPOSITIONS[row + UpdateError.unrecognizedWellKnown] = Disposition.sessionReset;
  DISPOSITIONS[row + UpdateError.attributeFlags] = Disposition.treatAsWithdraw;
  DISPOSITIONS[row + UpdateError.malformedAttributeList] = Disposition.attributeDiscard;
  for (const [subcode, disposition] of Object.entries(spec?.faults ?? {}))
    DISPOSITIONS[row + Number(subcode)] = disposition!;
}

/** HOT. What follows when attribute `code` has the fault `subcode` of {@link UpdateError} (RFC 7606 and later). */
export function dispositionOf(code: number, subcode: number): Disposition {
  return DISPOSITIONS[code * SUBCODES + subcode] as Disposition;
}

/** 1 for codes that interned blobs do not hold, else 0. */
export const NEVER_IN_BLOB = tableOf((spec) => (spec.neverInBlob ? 1 : 0), 0);

/** 1 for codes that are dropped unread on eBGP sessions (RFC 7606 section 7), else 0. */
export const DISCARD_FROM_EXTERNAL = tableOf((spec) => (spec.discardFromExternal ? 1 : 0), 0);

function tableOf(field: (spec: AttributeSpec) => number, unknown: number): Uint8Array {
  return Uint8Array.from(attributeByCode, (spec) => (spec === undefined ? unknown : field(spec)));
}
