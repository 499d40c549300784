/**
 * BGPPeer, in both versions: the first one has a part of the fields of the second one, and takes `0s` for times that
 * are not given.
 */
import { z } from 'zod';
import { asNumber, Complaint, parsed, routerId, unicastAddress } from '../../../config/schema-types.ts';
import { labelSelector } from '../selectors.ts';
import { flag, integer, seconds, word } from './fields.ts';

/** 0 is what the API server makes of a number that is not given. */
const optionalAs = z.union([z.literal(0).transform(() => undefined), asNumber]).optional();
const holdTime = seconds({ minimum: 3, maximum: 65_535, zero: true });
const keepaliveTime = seconds({ minimum: 1, maximum: 65_535, zero: true });
/** Fields that are empty text when they are not given. */
const orEmpty = <Output>(schema: z.ZodType<Output>) =>
  z.union([z.literal('').transform(() => undefined), schema]).optional();

const common = {
  myASN: asNumber,
  peerASN: optionalAs,
  peerAddress: orEmpty(unicastAddress),
  sourceAddress: orEmpty(unicastAddress),
  holdTime: holdTime.optional(),
  keepaliveTime: keepaliveTime.optional(),
  routerID: orEmpty(routerId),
  nodeSelectors: z.array(labelSelector).default([]),
  password: z.string().optional(),
  bfdProfile: z.string().optional(),
  ebgpMultiHop: flag.default(false),
};

const secretReference = z.strictObject({ name: z.string().optional(), namespace: z.string().optional() });

export const peerSpecV1beta2 = z.strictObject({
  ...common,
  localASN: optionalAs,
  dynamicASN: z.enum(['internal', 'external']).optional(),
  interface: orEmpty(word),
  peerPort: integer(1, 16_384).default(179),
  connectTime: seconds({ minimum: 1, maximum: 65_535 }).optional(),
  passwordSecret: secretReference.optional(),
  enableGracefulRestart: flag.default(false),
  vrf: orEmpty(word),
  disableMP: flag.default(false),
  dualStackAddressFamily: flag.default(false),
});

export type PeerSpec = z.output<typeof peerSpecV1beta2>;

/** In the words of the second version. */
export const peerSpecV1beta1 = parsed(
  z.strictObject({ ...common, peerPort: integer(0, 16_384).default(0) }),
  ({ holdTime: hold, keepaliveTime: keepalive, peerPort, ...spec }): PeerSpec | Complaint => {
    if (spec.peerASN === undefined) return new Complaint('missing `peerASN`');
    if (spec.peerAddress === undefined) return new Complaint('missing `peerAddress`');
    return {
      ...spec,
      holdTime: hold === 0 ? undefined : hold,
      keepaliveTime: keepalive === 0 ? undefined : keepalive,
      peerPort: peerPort === 0 ? 179 : peerPort,
      enableGracefulRestart: false,
      disableMP: false,
      dualStackAddressFamily: false,
    };
  },
);
