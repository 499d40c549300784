/**
 * Routes of our own, whoever wants them announced (`speaker/own-routes.ts`), as canonical blobs.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { beginAttribute, endAttribute, writeAttribute } from '../wire/attributes/blob.ts';
import { MARK_AS_IS } from '../wire/attributes/marks.ts';
import { FLAG_OPTIONAL, FLAG_TRANSITIVE } from '../wire/attributes/spec.ts';

/** Attributes of a route of our own. */
export interface LocalAttributes {
  /** 4 or 16 bytes; undefined: our address on each session. */
  readonly nextHop: Uint8Array | undefined;
  /** 0 IGP, 1 EGP, 2 INCOMPLETE. */
  readonly origin: number;
  /** AS numbers, nearest first; what is put in front when it is sent comes on top. */
  readonly asPath: readonly number[];
  /** The path is sent as it is: our AS is not put in front. */
  readonly asPathAsIs: boolean;
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  /** Each 32 bits unsigned. */
  readonly communities: readonly number[];
  /** Well-known communities are for the peers: NO_EXPORT does not keep the route from them. */
  readonly communitiesAsIs: boolean;
  /** Each three 32-bit numbers. */
  readonly largeCommunities: readonly (readonly [number, number, number])[];
  /** Each 8 octets. */
  readonly extendedCommunities: readonly Uint8Array[];
  readonly atomicAggregate: boolean;
  /** 4 octets of address. */
  readonly aggregator: { readonly as: number; readonly address: Uint8Array } | undefined;
  /** 32 bits unsigned. */
  readonly originatorId: number | undefined;
  /** Each 32 bits unsigned. */
  readonly clusterList: readonly number[];
}

const SEQUENCE = 2;
const LONGEST_SEGMENT = 255;

/** The canonical blob of a route of our own. */
export function localBlob(attributes: LocalAttributes): Uint8Array {
  const out = new ByteWriter(64);
  writeAttribute(out, FLAG_TRANSITIVE, 1, Uint8Array.of(attributes.origin));
  writePath(out, attributes.asPath, attributes.asPathAsIs);
  if (attributes.nextHop !== undefined) writeAttribute(out, FLAG_TRANSITIVE, 3, attributes.nextHop);
  if (attributes.med !== undefined) writeNumbers(out, FLAG_OPTIONAL, 4, [attributes.med]);
  if (attributes.localPref !== undefined) writeNumbers(out, FLAG_TRANSITIVE, 5, [attributes.localPref]);
  if (attributes.atomicAggregate) writeAttribute(out, FLAG_TRANSITIVE, 6, new Uint8Array(0));
  if (attributes.aggregator !== undefined) writeAggregator(out, attributes.aggregator);
  if (attributes.communities.length > 0)
    writeNumbers(
      out,
      FLAG_OPTIONAL | FLAG_TRANSITIVE | (attributes.communitiesAsIs ? MARK_AS_IS : 0),
      8,
      attributes.communities,
    );
  if (attributes.originatorId !== undefined) writeNumbers(out, FLAG_OPTIONAL, 9, [attributes.originatorId]);
  if (attributes.clusterList.length > 0) writeNumbers(out, FLAG_OPTIONAL, 10, attributes.clusterList);
  if (attributes.extendedCommunities.length > 0) writeExtended(out, attributes.extendedCommunities);
  if (attributes.largeCommunities.length > 0)
    writeNumbers(out, FLAG_OPTIONAL | FLAG_TRANSITIVE, 32, attributes.largeCommunities.flat());
  return out.take();
}

function writeNumbers(out: ByteWriter, flags: number, code: number, numbers: readonly number[]): void {
  const at = beginAttribute(out, flags, code, numbers.length * 4);
  for (const number of numbers) out.u32(number);
  endAttribute(out, at);
}

/** AS_PATH of as many AS_SEQUENCE segments as it takes. */
function writePath(out: ByteWriter, path: readonly number[], asIs: boolean): void {
  const segments = Math.ceil(path.length / LONGEST_SEGMENT);
  const flags = FLAG_TRANSITIVE | (asIs ? MARK_AS_IS : 0);
  const at = beginAttribute(out, flags, 2, path.length * 4 + segments * 2);
  for (let start = 0; start < path.length; start += LONGEST_SEGMENT) {
    const segment = path.slice(start, start + LONGEST_SEGMENT);
    out.u8(SEQUENCE);
    out.u8(segment.length);
    for (const as of segment) out.u32(as);
  }
  endAttribute(out, at);
}

function writeAggregator(out: ByteWriter, aggregator: { as: number; address: Uint8Array }): void {
  const at = beginAttribute(out, FLAG_OPTIONAL | FLAG_TRANSITIVE, 7, 8);
  out.u32(aggregator.as);
  out.copy(aggregator.address);
  endAttribute(out, at);
}

function writeExtended(out: ByteWriter, communities: readonly Uint8Array[]): void {
  const at = beginAttribute(out, FLAG_OPTIONAL | FLAG_TRANSITIVE, 16, communities.length * 8);
  for (const community of communities) out.copy(community);
  endAttribute(out, at);
}
