/**
 * OpenBGPD (portable) in the lab. Routes come from the configuration and from `bgpctl network`; received routes are
 * read from `bgpctl -j show rib`. It has no way to originate a route with a foreign
 * AS path, and on an IPv4 session this version announces ::1 as the next hop of IPv6 routes: give it two sessions. It
 * takes ROUTE-REFRESH of any peer for one of a family "not negotiated".
 */
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabNode } from './namespaces.ts';
import {
  type Family,
  localAddressFor,
  originName,
  type PeerDaemon,
  type PeerNeighbor,
  type PeerOptions,
  type PeerRoute,
  type RouteSpec,
  type RunningPeer,
} from './peer.ts';
import { eventually, type LabProcess, run } from './process.ts';

/** Home of its unprivileged processes; the package creates it at boot, a container or a lab may not have it. */
const RUN_DIRECTORY = '/run/openbgpd';

interface OpenbgpdRoute {
  readonly prefix: string;
  readonly aspath: string;
  readonly exit_nexthop?: string;
  readonly origin: string;
  readonly metric?: number;
  readonly localpref?: number;
  /** One of its own. */
  readonly announced?: boolean;
  /** Eligible: not looped, next hop reachable. */
  readonly valid?: boolean;
  readonly communities?: readonly string[];
  readonly large_communities?: readonly string[];
  readonly attributes?: readonly { readonly type: string }[];
}

class OpenbgpdPeer implements RunningPeer {
  readonly process: LabProcess;
  readonly #socket: string;

  constructor(node: LabNode, file: string) {
    this.#socket = join(node.directory, 'bgpd.sock');
    this.process = node.spawn(openbgpd.programs[0] ?? '', ['-d', '-v', '-f', file]);
  }

  async ready(): Promise<void> {
    await eventually(() => this.#ask(['show']), { what: 'OpenBGPD answers', processes: [this.process] });
  }

  async sessionState(neighbor: string): Promise<string> {
    const answer: unknown = JSON.parse(await this.#ask(['-j', 'show', 'neighbor', neighbor]));
    const list = (answer as { neighbors?: readonly { state?: string }[] }).neighbors ?? [];
    return list[0]?.state ?? 'unknown';
  }

  async routes(family: Family): Promise<readonly PeerRoute[]> {
    const name = family === 'ipv6-unicast' ? 'inet6' : 'inet';
    const answer: unknown = JSON.parse(await this.#ask(['-j', 'show', 'rib', 'detail', name]));
    const rib = (answer as { rib?: readonly OpenbgpdRoute[] }).rib ?? [];
    return rib.filter((route) => route.announced !== true && route.valid === true).map(parseRoute);
  }

  async announce(routes: readonly RouteSpec[]): Promise<void> {
    for (const route of routes) await this.#ask(['network', 'add', route.prefix, ...bgpctlWords(route)]);
  }

  async withdraw(prefixes: readonly string[]): Promise<void> {
    for (const prefix of prefixes) await this.#ask(['network', 'delete', prefix]);
  }

  async resetSession(neighbor: string): Promise<void> {
    await this.#ask(['neighbor', neighbor, 'clear']);
  }

  async refresh(neighbor: string): Promise<void> {
    await this.#ask(['neighbor', neighbor, 'refresh']);
  }

  async kill(): Promise<void> {
    await this.process.kill();
  }

  #ask(args: readonly string[]): Promise<string> {
    return run(openbgpd.programs[1] ?? '', ['-s', this.#socket, ...args]);
  }
}

function parseRoute(route: OpenbgpdRoute): PeerRoute {
  const has = (type: string): boolean => route.attributes?.some((one) => one.type === type) === true;
  return {
    prefix: route.prefix,
    nextHop: route.exit_nexthop ?? '',
    asPath: route.aspath
      .split(' ')
      .map(Number)
      .filter((as) => as > 0),
    med: route.metric,
    localPref: route.localpref,
    communities: route.communities ?? [],
    largeCommunities: route.large_communities ?? [],
    origin: originName(route.origin),
    present: {
      atomicAggregate: has('Atomic Aggregate'),
      aggregator: has('Aggregator'),
      originatorId: has('Originator Id'),
      clusterList: has('Cluster List'),
    },
  };
}

function openbgpdConfig(options: PeerOptions, socket: string): string {
  const networks = options.routes.map((route) => `network ${route.prefix} ${setWords(route)}\n`);
  return `AS ${options.as}
router-id ${options.routerId}
fib-update no
connect-retry 2
socket "${socket}"
${networks.join('')}${options.neighbors.map((neighbor) => neighborConfig(options, neighbor)).join('')}
allow from any
${options.receiveOnly ? 'deny' : 'allow'} to any
`;
}

function neighborConfig(options: PeerOptions, neighbor: PeerNeighbor): string {
  const announce = (family: Family): string => (neighbor.families.includes(family) ? 'unicast' : 'none');
  return `neighbor ${neighbor.address} {
  remote-as ${neighbor.as}
  local-address ${localAddressFor(options, neighbor)}
  holdtime ${neighbor.holdTime}
  announce IPv4 ${announce('ipv4-unicast')}
  announce IPv6 ${announce('ipv6-unicast')}
  ${neighbor.passive ? 'passive' : ''}
  ${neighbor.password === undefined ? '' : `tcp md5sig password ${neighbor.password}`}
  ${neighbor.ttlSecurity ? 'ttl-security yes' : ''}
  ${neighbor.twoOctetAs ? 'announce as-4byte no' : ''}
}
`;
}

/** Attributes in the words of bgpd.conf. */
function setWords(route: RouteSpec): string {
  const words = attributeWords(route);
  if (route.origin !== undefined) words.push(`origin ${route.origin}`);
  return words.length === 0 ? '' : `set { ${words.join(' ')} }`;
}

/** Attributes in the words of bgpctl. */
function bgpctlWords(route: RouteSpec): readonly string[] {
  return attributeWords(route).flatMap((word) => word.split(' '));
}

function attributeWords(route: RouteSpec): string[] {
  const words: string[] = [];
  for (const community of route.communities ?? []) words.push(`community ${community}`);
  for (const community of route.largeCommunities ?? []) words.push(`large-community ${community}`);
  if (route.localPref !== undefined) words.push(`localpref ${route.localPref}`);
  if (route.med !== undefined) words.push(`med ${route.med}`);
  if (route.nextHop !== undefined) words.push(`nexthop ${route.nextHop}`);
  return words;
}

/** OpenBGPD 7. */
export const openbgpd: PeerDaemon = {
  name: 'OpenBGPD',
  programs: ['/usr/sbin/bgpd', '/usr/sbin/bgpctl'],
  features: {
    twoOctetAs: { peerAs: 'none', mergesAs4Path: true },
    asksRefresh: true,
    onRefresh: 'ignores',
    idlesAfterError: true,
    passwordWithSpace: false,
    asPath: false,
    ipv6OverIpv4: false,
    origin: true,
  },
  async start(node, options) {
    const file = join(node.directory, 'bgpd.conf');
    writeFileSync(file, openbgpdConfig(options, join(node.directory, 'bgpd.sock')));
    return await startWith(node, file);
  },
  async startFile(node, file) {
    // It wants a private file; the socket of the lab is set on top of what the file says.
    const copy = join(node.directory, 'bgpd.conf');
    copyFileSync(file, copy);
    writeFileSync(copy, `socket "${join(node.directory, 'bgpd.sock')}"\n`, { flag: 'a' });
    return await startWith(node, copy);
  },
};

async function startWith(node: LabNode, file: string): Promise<RunningPeer> {
  chmodSync(file, 0o600);
  mkdirSync(RUN_DIRECTORY, { recursive: true });
  const peer = new OpenbgpdPeer(node, file);
  await peer.ready();
  return peer;
}
