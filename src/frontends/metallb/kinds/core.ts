/**
 * Kinds of Kubernetes itself: Service, Endpoints, EndpointSlice, Secret, Namespace, Node. They have many fields that are
 * no business of ours; what is not named here is passed over.
 */
import { z } from 'zod';
import { canonicalAddress } from '../../../base/address.ts';
import { Complaint, parsed } from '../../../config/schema-types.ts';
import { flag, stringMap } from './fields.ts';

const address = parsed(
  z.string(),
  (text): string | Complaint => canonicalAddress(text) ?? new Complaint(`\`${text}\` is not an IP address`),
);

export const serviceManifest = z.object({
  spec: z.object({
    type: z.string().default('ClusterIP'),
    clusterIP: z.string().optional(),
    clusterIPs: z.array(z.string()).default([]),
    ipFamilies: z.array(z.enum(['IPv4', 'IPv6'])).default([]),
    ipFamilyPolicy: z.enum(['SingleStack', 'PreferDualStack', 'RequireDualStack']).default('SingleStack'),
    externalTrafficPolicy: z.enum(['Cluster', 'Local']).default('Cluster'),
    loadBalancerIP: z.string().optional(),
    loadBalancerClass: z.string().optional(),
    selector: stringMap.default({}),
    ports: z.array(z.object({ port: z.int(), protocol: z.string().default('TCP') })).default([]),
  }),
  status: z
    .object({
      loadBalancer: z
        .object({ ingress: z.array(z.object({ ip: address.optional() })).default([]) })
        .optional(),
    })
    .optional(),
});

const endpointAddress = z.object({ ip: z.string(), nodeName: z.string().optional() });

export const endpointsManifest = z.object({
  subsets: z
    .array(
      z.object({
        addresses: z.array(endpointAddress).default([]),
        notReadyAddresses: z.array(endpointAddress).default([]),
      }),
    )
    .default([]),
});

export const endpointSliceManifest = z.object({
  endpoints: z
    .array(
      z.object({
        addresses: z.array(z.string()).default([]),
        conditions: z
          .object({ ready: flag.optional(), serving: flag.optional(), terminating: flag.optional() })
          .default({}),
        nodeName: z.string().optional(),
        /** Version v1beta1. */
        topology: stringMap.optional(),
        deprecatedTopology: stringMap.optional(),
      }),
    )
    .default([]),
});

export const secretManifest = z.object({
  type: z.string().default('Opaque'),
  data: stringMap.default({}),
  stringData: stringMap.default({}),
});

/** Of namespaces and nodes the labels alone count. */
export const labelledManifest = z.object({});

export type ServiceManifest = z.output<typeof serviceManifest>;
export type EndpointsManifest = z.output<typeof endpointsManifest>;
export type EndpointSliceManifest = z.output<typeof endpointSliceManifest>;
export type SecretManifest = z.output<typeof secretManifest>;
