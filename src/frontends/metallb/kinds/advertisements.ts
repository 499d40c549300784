/** BGPAdvertisement, L2Advertisement, Community and BFDProfile: how addresses are announced. */
import { z } from 'zod';
import { labelSelector } from '../selectors.ts';
import { flag, integer, word, words } from './fields.ts';

const selectors = z.array(labelSelector).default([]);

export const bgpAdvertisementSpec = z.strictObject({
  aggregationLength: integer(1, 32).default(32),
  aggregationLengthV6: integer(1, 128).default(128),
  localPref: integer(0, 0xffff_ffff).optional(),
  communities: words.default([]),
  ipAddressPools: words.default([]),
  ipAddressPoolSelectors: selectors,
  nodeSelectors: selectors,
  peers: words.default([]),
  serviceSelectors: selectors,
});

export const l2AdvertisementSpec = z.strictObject({
  ipAddressPools: words.default([]),
  ipAddressPoolSelectors: selectors,
  nodeSelectors: selectors,
  interfaces: words.default([]),
  serviceSelectors: selectors,
  preferredNodeSelectors: z
    .array(z.strictObject({ weight: integer(1, 100).default(1), preference: labelSelector.optional() }))
    .default([]),
});

export const communitySpec = z.strictObject({
  communities: z.array(z.strictObject({ name: word, value: word })).default([]),
});

export const bfdProfileSpec = z.strictObject({
  receiveInterval: integer(10, 60_000).default(300),
  transmitInterval: integer(10, 60_000).default(300),
  detectMultiplier: integer(2, 255).default(3),
  echoInterval: integer(10, 60_000).default(50),
  echoMode: flag.default(false),
  passiveMode: flag.default(false),
  minimumTtl: integer(1, 254).default(254),
});

export type BgpAdvertisementSpec = z.output<typeof bgpAdvertisementSpec>;
export type CommunitySpec = z.output<typeof communitySpec>;
