/** The kinds of objects that are read: their API versions, and what their manifests look like. */
import { z } from 'zod';
import {
  bfdProfileSpec,
  bgpAdvertisementSpec,
  communitySpec,
  l2AdvertisementSpec,
} from './advertisements.ts';
import {
  endpointSliceManifest,
  endpointsManifest,
  labelledManifest,
  secretManifest,
  serviceManifest,
} from './core.ts';
import { peerSpecV1beta1, peerSpecV1beta2 } from './peer.ts';
import { poolSpec } from './pool.ts';

const ofSpec = <Output>(spec: z.ZodType<Output>) => z.object({ spec });

/** `Community` may be empty, and so may an advertisement: it is for all pools then. */
const ofOptionalSpec = <Output>(spec: z.ZodType<Output>) =>
  z.object({ spec: z.preprocess((value) => value ?? {}, spec) });

/** By kind: API version to the schema of the manifest. */
export const KINDS = {
  IPAddressPool: { 'metallb.io/v1beta1': ofSpec(poolSpec) },
  BGPAdvertisement: { 'metallb.io/v1beta1': ofOptionalSpec(bgpAdvertisementSpec) },
  BGPPeer: { 'metallb.io/v1beta1': ofSpec(peerSpecV1beta1), 'metallb.io/v1beta2': ofSpec(peerSpecV1beta2) },
  BFDProfile: { 'metallb.io/v1beta1': ofOptionalSpec(bfdProfileSpec) },
  Community: { 'metallb.io/v1beta1': ofOptionalSpec(communitySpec) },
  L2Advertisement: { 'metallb.io/v1beta1': ofOptionalSpec(l2AdvertisementSpec) },
  Service: { v1: serviceManifest },
  Endpoints: { v1: endpointsManifest },
  EndpointSlice: {
    'discovery.k8s.io/v1': endpointSliceManifest,
    'discovery.k8s.io/v1beta1': endpointSliceManifest,
  },
  Secret: { v1: secretManifest },
  Namespace: { v1: labelledManifest },
  Node: { v1: labelledManifest },
} as const;

export type Kind = keyof typeof KINDS;

/** What is left of a manifest of a kind, in its newest version. */
export interface Contents {
  readonly IPAddressPool: z.output<(typeof KINDS)['IPAddressPool']['metallb.io/v1beta1']>;
  readonly BGPAdvertisement: z.output<(typeof KINDS)['BGPAdvertisement']['metallb.io/v1beta1']>;
  readonly BGPPeer: z.output<(typeof KINDS)['BGPPeer']['metallb.io/v1beta2']>;
  readonly BFDProfile: z.output<(typeof KINDS)['BFDProfile']['metallb.io/v1beta1']>;
  readonly Community: z.output<(typeof KINDS)['Community']['metallb.io/v1beta1']>;
  readonly L2Advertisement: z.output<(typeof KINDS)['L2Advertisement']['metallb.io/v1beta1']>;
  readonly Service: z.output<typeof serviceManifest>;
  readonly Endpoints: z.output<typeof endpointsManifest>;
  readonly EndpointSlice: z.output<typeof endpointSliceManifest>;
  readonly Secret: z.output<typeof secretManifest>;
  readonly Namespace: z.output<typeof labelledManifest>;
  readonly Node: z.output<typeof labelledManifest>;
}

/** Kinds that one may find in such files and that ask for nothing. */
export const PASSED_OVER: ReadonlyMap<string, string> = new Map([
  ['ServiceBGPStatus', 'MetalLB writes it; `bellhop show metallb` has what bellhop announces'],
  ['ServiceL2Status', 'MetalLB writes it; bellhop announces by BGP only'],
  ['ConfigurationState', 'MetalLB writes it; `bellhop show metallb` has the state of each object'],
  ['BGPSessionState', 'MetalLB writes it; `bellhop show neighbors` has the sessions'],
  ['AddressPool', 'MetalLB 0.13 replaced it: write an IPAddressPool and a BGPAdvertisement'],
]);
