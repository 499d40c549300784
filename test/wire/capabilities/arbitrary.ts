/** Arbitrary capabilities for property tests: every kind bellhop writes, and unknown ones. */
import fc from 'fast-check';
import { CAPABILITIES, type Capability, readCapability } from '../../../src/wire/capabilities/index.ts';
import { readPeerText } from '../../../src/wire/peer-text.ts';

const u8 = fc.nat(255);
const u16 = fc.nat(0xffff);
/** Text that reads back as it was written: short enough, and nothing in it that is not shown. */
const name = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((text) => Buffer.byteLength(text) <= 64)
  .map((text) => {
    const bytes = Buffer.from(text);
    return readPeerText(bytes, 0, bytes.length);
  })
  .filter((text) => Buffer.byteLength(text) <= 64);

/** One arbitrary for each name, so that a capability added to the list fails to compile here. */
const VALUES: {
  readonly [Name in (typeof CAPABILITIES)[number]['name']]: fc.Arbitrary<
    Extract<Capability, { readonly name: Name }>['value']
  >;
} = {
  multiprotocol: fc.record({ afi: u16, safi: u8 }),
  'route-refresh': fc.constant(true as const),
  orf: fc.array(
    fc.record({
      afi: u16,
      safi: u8,
      types: fc.array(fc.record({ type: u8, direction: u8 }), { maxLength: 8 }),
    }),
    { minLength: 1, maxLength: 10 },
  ),
  role: fc.record({ role: u8 }),
  dynamic: fc.array(u8, { maxLength: 255 }),
  'add-path': fc.array(fc.record({ afi: u16, safi: u8, direction: u8 }), { maxLength: 63 }),
  llgr: fc.array(
    fc.record({ afi: u16, safi: u8, forwarding: fc.boolean(), staleTimeSeconds: fc.nat(0xffffff) }),
    { maxLength: 36 },
  ),
  fqdn: fc.record({ host: name, domain: name }),
  'software-version': fc.record({ version: name }),
  'paths-limit': fc.array(fc.record({ afi: u16, safi: u8, limit: u16 }), { maxLength: 51 }),
  'link-local-next-hop': fc.constant(true as const),
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
