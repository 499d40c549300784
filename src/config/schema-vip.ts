/**
 * The VIP part of the schema: addresses, checks, and how they are announced.
 *
 * A check is one strict object with the keys of all kinds, so that a misplaced key gets an error that names the kind
 * it belongs to (`resolve-vip.ts`), which a union of objects could not give.
 */
import { z } from 'zod';
import {
  community,
  duration,
  flag,
  largeCommunity,
  text,
  unicastAddress,
  wholeNumber,
} from './schema-types.ts';
import { addressOrPrefix, bandwidth, endpoint, httpUrl, statusCodes, vipName } from './schema-vip-types.ts';
import { DNS_TYPES } from './vip-types.ts';

const MAX_U32 = 0xffff_ffff;
const HOUR_SECONDS = 3600;

/** What a check or VIP gets when its entry does not say otherwise. Times in seconds. */
export const VIP_DEFAULTS = {
  interval: 5,
  'fast-interval': 1,
  timeout: 2,
  rise: 3,
  fall: 3,
  method: 'GET',
  'hook-timeout': 10,
} as const;

const command = z.array(text).min(1).meta({ title: 'list of program and arguments' });
const communities = z.array(community).meta({ title: 'list of communities' });

export const dnsShape = {
  server: unicastAddress.meta({ description: 'Address of the name server.', examples: ['127.0.0.1'] }),
  port: wholeNumber(1, 65_535).optional().meta({ description: 'Its port.', default: 53 }),
  name: text.meta({ description: 'Name to ask for.', examples: ['example.test'] }),
  type: z.enum(DNS_TYPES).optional().meta({ description: 'Type of record.', default: 'A' }),
  expect: text.optional().meta({
    description: 'One of the answers must be this text, such as an address. Default: any answer will do.',
    examples: ['192.0.2.80'],
  }),
};

export const checkShape = {
  name: text.optional().meta({
    description: 'Name in `bellhop show` and logs. Default: what it checks.',
    examples: ['database'],
  }),
  http: httpUrl.optional().meta({
    description:
      'Asks for this URL (`http:` or `https:`) on a new connection each time; redirects are not followed.',
    examples: ['http://127.0.0.1:8080/healthz'],
  }),
  method: z
    .enum(['GET', 'HEAD', 'POST', 'OPTIONS'])
    .optional()
    .meta({ description: 'HTTP method.', default: VIP_DEFAULTS.method }),
  headers: z
    .record(z.string(), z.string().meta({ description: 'Value of the header.' }))
    .optional()
    .meta({ description: 'HTTP headers to send; `Host` too.', title: 'header names and values' }),
  'expect-status': statusCodes.optional().meta({
    description: 'HTTP status of a healthy service: a number, a class such as `2xx`, or a list of these.',
    default: '2xx',
  }),
  'expect-body': text.optional().meta({
    description: 'Text that the first 64 KiB of the HTTP body must contain.',
    examples: ['ok'],
  }),
  'tls-verify': flag.optional().meta({
    description: 'Whether the certificate of an `https:` or gRPC service must be valid.',
    default: true,
  }),
  tcp: endpoint.optional().meta({
    description: 'Connects to `HOST:PORT` (`[V6]:PORT`); with `send` and `expect` also talks.',
    examples: ['127.0.0.1:5432'],
  }),
  send: z
    .string()
    .optional()
    .meta({ description: 'What a `tcp` check sends after connecting.', title: 'text' }),
  expect: text.optional().meta({ description: 'Text that the answer to a `tcp` check must contain.' }),
  exec: command.optional().meta({
    description:
      'Runs a program, without a shell; exit code 0 is healthy. At the timeout its process group is killed.',
    examples: [['/usr/local/bin/check-db']],
  }),
  dns: z.strictObject(dnsShape).optional().meta({ description: 'Asks a name server.' }),
  grpc: endpoint.optional().meta({
    description: 'Calls `grpc.health.v1.Health/Check` at `HOST:PORT`.',
    examples: ['127.0.0.1:9000'],
  }),
  service: z
    .string()
    .optional()
    .meta({ description: 'Service that a `grpc` check asks for. Default: the server.', title: 'text' }),
  tls: flag.optional().meta({ description: 'Whether a `grpc` check uses TLS.', default: false }),
  interval: duration({ minimum: 0.05, maximum: HOUR_SECONDS }).optional().meta({
    description: 'From the start of one check to the start of the next.',
    default: VIP_DEFAULTS.interval,
    'x-unit': 'seconds',
  }),
  'fast-interval': duration({ minimum: 0.05, maximum: HOUR_SECONDS }).optional().meta({
    description: 'Interval while RISING or FALLING; never longer than `interval`.',
    default: VIP_DEFAULTS['fast-interval'],
    'x-unit': 'seconds',
  }),
  timeout: duration({ minimum: 0.01, maximum: HOUR_SECONDS }).optional().meta({
    description: 'A check that takes longer has failed and is ended.',
    default: VIP_DEFAULTS.timeout,
    'x-unit': 'seconds',
  }),
  rise: wholeNumber(1, 1000).optional().meta({
    description: 'Successes in a row until it is UP.',
    default: VIP_DEFAULTS.rise,
  }),
  fall: wholeNumber(1, 1000).optional().meta({
    description: 'Failures in a row until it is DOWN.',
    default: VIP_DEFAULTS.fall,
  }),
};

export const onDownShape = {
  med: wholeNumber(0, MAX_U32).optional(),
  prepend: wholeNumber(1, 32).optional(),
  communities: communities.optional(),
  'local-pref': wholeNumber(0, MAX_U32).optional(),
};

export const announceShape = {
  communities: communities.optional().meta({
    description: 'Communities (RFC 1997) of its routes.',
    examples: [['no-export']],
    title: 'list of communities',
  }),
  'large-communities': z
    .array(largeCommunity)
    .optional()
    .meta({
      description: 'Large communities (RFC 8092).',
      examples: [['65000:1:2']],
      title: 'list of large communities',
    }),
  med: wholeNumber(0, MAX_U32)
    .optional()
    .meta({ description: 'MULTI_EXIT_DISC.', examples: [10] }),
  'local-pref': wholeNumber(0, MAX_U32)
    .optional()
    .meta({ description: 'LOCAL_PREF, towards iBGP.', examples: [200] }),
  peers: z
    .array(text)
    .optional()
    .meta({
      description:
        'The only neighbors that hear it: address, `description` or peer group of a neighbor. Default: all.',
      examples: [['tor-1']],
      title: 'list of neighbors',
    }),
  'aggregation-length': wholeNumber(0, 32).optional().meta({
    description: 'Announce the IPv4 prefix of this length that holds the address.',
    default: 32,
  }),
  'aggregation-length-v6': wholeNumber(0, 128).optional().meta({
    description: 'The same for IPv6.',
    default: 128,
  }),
  'link-bandwidth': bandwidth.optional().meta({
    description:
      'Share of traffic for routers that balance by weight: transitive link bandwidth extended community (draft-ietf-idr-link-bandwidth).',
    examples: ['10G'],
    'x-unit': 'bit/s',
  }),
};

export const hooksShape = {
  up: command.optional().meta({
    description: 'Program to run, without a shell, after the routes were announced.',
    examples: [['/usr/local/bin/vip-up']],
  }),
  down: command.optional().meta({
    description: 'Program to run after they were withdrawn; the withdrawal never waits for it.',
    examples: [['/usr/local/bin/vip-down']],
  }),
  timeout: duration({ minimum: 0.1, maximum: HOUR_SECONDS }).optional().meta({
    description: 'A hook that takes longer is killed with its process group.',
    default: VIP_DEFAULTS['hook-timeout'],
    'x-unit': 'seconds',
  }),
};

const scalarVipShape = {
  name: vipName.meta({
    description: 'Name in `bellhop show vips`, `doctor` and `drain`.',
    examples: ['web'],
  }),
  addresses: z
    .array(addressOrPrefix)
    .min(1)
    .meta({
      description: 'Addresses or prefixes to announce.',
      examples: [['203.0.113.10', '2001:db8:5::10']],
      title: 'list of addresses or prefixes',
    }),
  require: z
    .union([z.enum(['all', 'any']), wholeNumber(1, 1000)])
    .optional()
    .meta({
      description: 'How many checks must be healthy: `all`, `any` or a number.',
      default: 'all',
      title: '`all`, `any` or number',
    }),
  'on-down': z
    .union([z.enum(['withdraw']), z.strictObject(onDownShape)])
    .optional()
    .meta({
      description:
        'What becomes of the routes while DOWN: `withdraw`, or keep announcing them with some of `med`, `prepend` (our AS so many times more; eBGP), `communities` (added) and `local-pref` (iBGP), such as `{ med: 1000 }`.',
      default: 'withdraw',
      title: '`withdraw` or keys',
    }),
  interface: text.optional().meta({
    description:
      'Interface that gets the addresses before they are announced and loses them after the withdrawal was sent. Default: addresses are none of our business.',
    examples: ['lo'],
  }),
  'remove-delay': duration({ minimum: 0, maximum: HOUR_SECONDS }).optional().meta({
    description: 'Time between the withdrawal and the removal of the addresses.',
    default: 0,
    'x-unit': 'seconds',
  }),
  'maintenance-file': text.optional().meta({
    description: 'While this file exists, the VIP is in MAINTENANCE: withdrawn whatever its checks say.',
    examples: ['/etc/bellhop/web.off'],
  }),
};

/** One entry of `vips`: what is checked, and what editors get. */
export const vipSchema = z.strictObject({
  ...scalarVipShape,
  checks: z
    .array(z.strictObject(checkShape))
    .optional()
    .meta({ description: 'What must be healthy; none: announced while bellhop runs.', examples: [[]] }),
  announce: z.strictObject(announceShape).optional().meta({ description: 'How its routes are announced.' }),
  hooks: z.strictObject(hooksShape).optional().meta({ description: 'Programs to run when it changes.' }),
});

export { scalarVipShape };
