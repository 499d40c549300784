/**
 * FuzzContext: what the two ends of a fuzzed session agreed about the bytes. The optional agreements of
 * {@link WireContext} are spelled out, so that a generator never has to ask whether one is there.
 */
import { FAMILIES } from '../wire/families/index.ts';
import type { WireContext } from '../wire/session-context.ts';
import { nlriCodec } from './nlri-codec.ts';
import type { Random } from './random.ts';

export type FuzzContext = WireContext & {
  /** Bit `1 << family.index` for each family whose NLRI carry path identifiers (RFC 7911). */
  readonly addPath: number;
  readonly loopback: boolean;
  /** RFC 9774: a set in the path makes the route unusable. */
  readonly rejectAsSet: boolean;
  /** One family may be closed alone (RFC 7606 section 2). */
  readonly familyDisable: boolean;
};

/** Families whose codec knows path identifiers. */
const PATH_ID_FAMILIES = FAMILIES.reduce(
  (mask, family) => (nlriCodec(family) === undefined ? mask : mask | (1 << family.index)),
  0,
);

/** Every family of the codec. */
export const ALL_FAMILIES = FAMILIES.reduce((mask, family) => mask | (1 << family.index), 0);

/** A session of any kind, most with all families. */
export function randomContext(random: Random): FuzzContext {
  return {
    as4: !random.oneIn(3),
    external: random.oneIn(2),
    extendedMessage: random.oneIn(3),
    families: random.oneIn(4) ? random.u32() & ALL_FAMILIES : ALL_FAMILIES,
    extendedNextHop: random.oneIn(2) ? ALL_FAMILIES : 0,
    addPath: random.oneIn(4) ? random.u32() & PATH_ID_FAMILIES : 0,
    loopback: random.oneIn(4),
    rejectAsSet: random.oneIn(4),
    familyDisable: random.oneIn(2),
  };
}
