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
import { largeCommunities } from './32-large-communities.ts';
import type { AttributeSpec } from './spec.ts';

/** Every attribute bellhop understands, ascending by code. */
export const ATTRIBUTES = [
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
  largeCommunities,
] as const;

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

/** Disposition of a malformed value by code (RFC 7606); 0 where the attribute is unknown. */
export const DISPOSITION_BY_CODE = tableOf((spec) => spec.onMalformed, 0);

/** 1 for codes that are dropped unread on eBGP sessions (RFC 7606 section 7), else 0. */
export const DISCARD_FROM_EXTERNAL = tableOf((spec) => (spec.discardFromExternal ? 1 : 0), 0);

function tableOf(field: (spec: AttributeSpec) => number, unknown: number): Uint8Array {
  return Uint8Array.from(attributeByCode, (spec) => (spec === undefined ? unknown : field(spec)));
}
