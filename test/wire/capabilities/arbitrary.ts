/** Arbitrary capabilities for property tests: every kind bellhop writes, and unknown ones. */
import fc from 'fast-check';
import { CAPABILITIES, type Capability, readCapability } from '../../../src/wire/capabilities/index.ts';

const u8 = fc.nat(255);
const u16 = fc.nat(0xffff);

/** One arbitrary for each name, so that a capability added to the list fails to compile here. */
const VALUES: {
  readonly [Name in (typeof CAPABILITIES)[number]['name']]: fc.Arbitrary<
    Extract<Capability, { readonly name: Name }>['value']
  >;
} = {
  multiprotocol: fc.record({ afi: u16, safi: u8 }),
  'route-refresh': fc.constant(true as const),
  'extended-next-hop': fc.array(fc.record({ afi: u16, safi: u16, nextHopAfi: u16 }), { maxLength: 42 }),
  'extended-message': fc.constant(true as const),
  'graceful-restart': fc.record({
    restarting: fc.boolean(),
    notification: fc.boolean(),
    restartTimeSeconds: fc.nat(4095),
    families: fc.array(fc.record({ afi: u16, safi: u8, forwarding: fc.boolean() }), { maxLength: 63 }),
  }),
  'four-octet-as': fc.record({ as: fc.nat(0xffffffff) }),
  'enhanced-route-refresh': fc.constant(true as const),
};

/** Capabilities bellhop knows, well-formed. */
export const knownCapability: fc.Arbitrary<Capability> = fc.oneof(
  ...CAPABILITIES.map(({ name }) => VALUES[name].map((value) => ({ name, value }) as Capability)),
);

/** Codes bellhop does not know, and known codes with values that are malformed. */
export const unknownCapability: fc.Arbitrary<Capability> = fc
  .tuple(
    fc.oneof(u8, fc.constantFrom(...CAPABILITIES.map(({ code }) => code))),
    fc.uint8Array({ maxLength: 255, size: 'max' }),
  )
  .map(([code, value]) => readCapability(code, value, 0, value.length))
  .filter((capability) => capability.name === 'unknown');

export const anyCapability: fc.Arbitrary<Capability> = fc.oneof(
  { weight: 3, arbitrary: knownCapability },
  { weight: 1, arbitrary: unknownCapability },
);
