/**
 * GoBGP in the lab. Sessions come from a TOML file, routes from `gobgp global rib add`; received routes are read
 * from the JSON of `gobgp neighbor ... adj-in`. The CLI speaks gRPC over TCP, so it runs inside the namespace.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabNode } from './namespaces.ts';
import {
  type Family,
  isIpv6,
  localAddressFor,
  type OriginName,
  type PeerDaemon,
  type PeerNeighbor,
  type PeerOptions,
  type PeerRoute,
  RouteSet,
  type RouteSpec,
  type RunningPeer,
} from './peer.ts';
import { eventually, type LabProcess, run } from './process.ts';

const ORIGINS: readonly OriginName[] = ['igp', 'egp', 'incomplete'];

/** Announce nothing. */
const SILENT = `[global.apply-policy.config]
default-export-policy = "reject-route"
`;

/** BGP_FSM_ESTABLISHED of GoBGP's API. */
const ESTABLISHED = 6;

/** As GoBGP prints it: attributes by type code. */
interface GobgpPath {
  readonly nlri: { readonly prefix: string };
  /** Missing from a path that is a withdrawal. */
  readonly attrs: readonly GobgpAttribute[] | null;
  readonly withdrawal?: boolean;
}

interface GobgpAttribute {
  readonly type: number;
  readonly value?: unknown;
  readonly nexthop?: string;
  readonly metric?: number;
  readonly communities?: readonly number[];
  readonly as_paths?: readonly { readonly asns: readonly number[] }[];
}

interface GobgpNeighbor {
  readonly state: { readonly session_state?: number; readonly neighbor_address?: string };
  readonly conf: { readonly neighbor_address: string };
}

class GobgpPeer implements RunningPeer {
  readonly process: LabProcess;
  readonly #namespace: string;
  readonly #options: PeerOptions | undefined;
  readonly #routes: RouteSet;

  constructor(node: LabNode, file: string, options: PeerOptions | undefined) {
    this.#namespace = node.namespace;
    this.#options = options;
    this.#routes = new RouteSet(options?.routes ?? []);
    const args = ['-t', 'toml', '-f', file, '-l', 'debug', '--log-plain', '--pprof-disable'];
    this.process = node.spawn(gobgp.programs[0] ?? '', args);
  }

  async ready(): Promise<void> {
    await eventually(() => this.#neighbors(), { what: 'GoBGP answers', processes: [this.process] });
    await this.announce(this.#options?.routes ?? []);
  }

  async sessionState(neighbor: string): Promise<string> {
    const found = (await this.#neighbors()).find((one) => one.conf.neighbor_address === neighbor);
    const state = found?.state.session_state;
    return state === ESTABLISHED ? 'Established' : `state ${state ?? 0}`;
  }

  async routes(family: Family): Promise<readonly PeerRoute[]> {
    const routes: PeerRoute[] = [];
    for (const neighbor of await this.#neighbors()) {
      const address = neighbor.conf.neighbor_address;
      const text = await this.#ask(['-j', 'neighbor', address, 'adj-in', '-a', familyName(family)]).catch(
        noSession,
      );
      const table: unknown = JSON.parse(text || '{}');
      const paths = Object.values(table as Record<string, readonly GobgpPath[]>).flat();
      routes.push(...paths.filter((path) => path.withdrawal !== true).map(parsePath));
    }
    return routes;
  }

  async usedRoutes(family: Family): Promise<readonly PeerRoute[]> {
    const text = await this.#ask(['-j', 'global', 'rib', '-a', familyName(family)]);
    const table = JSON.parse(text || '{}') as Record<string, readonly GobgpPath[]>;
    return Object.values(table).flat().map(parsePath);
  }

  async announce(routes: readonly RouteSpec[]): Promise<void> {
    this.#routes.add(routes);
    await Promise.all(routes.map((route) => this.#ask(this.#rib('add', route))));
  }

  async withdraw(prefixes: readonly string[]): Promise<void> {
    const gone = this.#routes.remove(prefixes);
    await Promise.all(gone.map((route) => this.#ask(this.#rib('del', route))));
  }

  async resetSession(neighbor: string): Promise<void> {
    // `reset` keeps the session idle for 30 s, whatever the configuration says.
    await this.#ask(['neighbor', neighbor, 'disable']);
    await this.#ask(['neighbor', neighbor, 'enable']);
  }

  async refresh(neighbor: string): Promise<void> {
    await this.#ask(['neighbor', neighbor, 'softresetin']);
  }

  async kill(): Promise<void> {
    await this.process.kill();
  }

  async #neighbors(): Promise<readonly GobgpNeighbor[]> {
    const answer: unknown = JSON.parse(await this.#ask(['-j', 'neighbor']));
    return (answer ?? []) as readonly GobgpNeighbor[];
  }

  #rib(verb: 'add' | 'del', route: RouteSpec): readonly string[] {
    const six = isIpv6(route.prefix);
    const own = (six ? this.#options?.localAddress6 : this.#options?.localAddress) ?? '';
    const words = ['global', 'rib', verb, route.prefix, '-a', six ? 'ipv6' : 'ipv4'];
    if (verb === 'del') return words;
    words.push('origin', route.origin ?? 'igp', 'nexthop', route.nextHop ?? own);
    if (route.asPath !== undefined) words.push('aspath', route.asPath.join(','));
    if (route.med !== undefined) words.push('med', String(route.med));
    if (route.localPref !== undefined) words.push('local-pref', String(route.localPref));
    if (route.communities !== undefined) words.push('community', route.communities.join(','));
    if (route.largeCommunities !== undefined) words.push('large-community', route.largeCommunities.join(','));
    return words;
  }

  #ask(args: readonly string[]): Promise<string> {
    return run(gobgp.programs[1] ?? '', args, { namespace: this.#namespace });
  }
}

function familyName(family: Family): string {
  return family === 'ipv6-unicast' ? 'ipv6' : 'ipv4';
}

/** The table of a neighbor without a session is an error for the CLI and an empty table for us. */
function noSession(error: unknown): string {
  if (error instanceof Error && /not.*(establish|found|support)|isn't/i.test(error.message)) return '{}';
  throw error;
}

function parsePath(path: GobgpPath): PeerRoute {
  const attribute = (type: number): GobgpAttribute | undefined =>
    path.attrs?.find((one) => one.type === type);
  const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));
  const large = (attribute(32)?.value ?? []) as readonly Readonly<Record<string, number>>[];
  return {
    prefix: path.nlri.prefix,
    nextHop: attribute(14)?.nexthop ?? attribute(3)?.nexthop ?? '',
    asPath: (attribute(2)?.as_paths ?? []).flatMap((segment) => segment.asns),
    med: number(attribute(4)?.metric),
    localPref: number(attribute(5)?.value),
    communities: (attribute(8)?.communities ?? []).map((one) => `${one >>> 16}:${one & 0xffff}`),
    largeCommunities: large.map((one) => `${one['ASN']}:${one['LocalData1']}:${one['LocalData2']}`),
    origin: ORIGINS[Number(attribute(1)?.value ?? 0)] ?? 'incomplete',
    present: {
      atomicAggregate: attribute(6) !== undefined,
      aggregator: attribute(7) !== undefined,
      originatorId: attribute(9) !== undefined,
      clusterList: attribute(10) !== undefined,
      others: (path.attrs ?? []).map(({ type }) => type),
    },
  };
}

function gobgpConfig(options: PeerOptions): string {
  return `[global.config]
as = ${options.as}
router-id = "${options.routerId}"
${options.receiveOnly ? SILENT : ''}${options.neighbors.map((neighbor) => neighborConfig(options, neighbor)).join('')}`;
}

function neighborConfig(options: PeerOptions, neighbor: PeerNeighbor): string {
  const families = neighbor.families.map(
    (family) => `[[neighbors.afi-safis]]
[neighbors.afi-safis.config]
afi-safi-name = "${family}"
`,
  );
  const password = neighbor.password === undefined ? '' : `auth-password = "${neighbor.password}"`;
  const security = `[neighbors.ttl-security.config]
enabled = true
ttl-min = 255
`;
  return `[[neighbors]]
[neighbors.config]
neighbor-address = "${neighbor.address}"
peer-as = ${neighbor.as}
${password}
[neighbors.timers.config]
hold-time = ${neighbor.holdTime}
keepalive-interval = ${Math.floor(neighbor.holdTime / 3)}
connect-retry = 2
idle-hold-time-after-reset = 1
[neighbors.transport.config]
passive-mode = ${neighbor.passive === true}
local-address = "${localAddressFor(options, neighbor)}"
${neighbor.ttlSecurity ? security : ''}${families.join('')}`;
}

/** GoBGP 3. */
export const gobgp: PeerDaemon = {
  name: 'GoBGP',
  programs: ['/usr/bin/gobgpd', '/usr/bin/gobgp'],
  features: {
    twoOctetAs: undefined,
    asksRefresh: false,
    onRefresh: 'sends',
    idlesAfterError: false,
    passwordWithSpace: true,
    asPath: true,
    ipv6OverIpv4: true,
    origin: true,
  },
  async start(node, options) {
    const file = join(node.directory, 'gobgp.toml');
    writeFileSync(file, gobgpConfig(options));
    const peer = new GobgpPeer(node, file, options);
    await peer.ready();
    return peer;
  },
  async startFile(node, file) {
    const peer = new GobgpPeer(node, file, undefined);
    await peer.ready();
    return peer;
  },
};
