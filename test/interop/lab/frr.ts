/**
 * FRR in the lab: zebra, which tells bgpd the addresses of interfaces, and bgpd. Routes are `network` statements with
 * a route-map each; everything at run time goes through `vtysh`, received routes through its JSON.
 *
 * Over 300 lines: configuration, start and views of one daemon.
 */
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabNode } from './namespaces.ts';
import {
  type Family,
  isIpv6,
  localAddressFor,
  originName,
  type PeerDaemon,
  type PeerNeighbor,
  type PeerOptions,
  type PeerRoute,
  RouteSet,
  type RouteSpec,
  type RunningPeer,
} from './peer.ts';
import { eventually, type LabProcess, run } from './process.ts';

/** On an IPv4 session that comes up before zebra has told the addresses, IPv6 next hops would be ::ffff:a.b.c.d. */
const NEXT_HOP_6 = 'NEXT_HOP_6';

/** Lets no route out. */
const NOTHING = 'NOTHING';

interface FrrPath {
  /** One of its own. */
  readonly local?: boolean;
  /** Missing in the entry that describes the prefix. */
  readonly aspath?: { readonly string: string };
  readonly origin?: string;
  readonly metric?: number;
  readonly locPrf?: number;
  readonly community?: { readonly list: readonly string[] };
  readonly largeCommunity?: { readonly list: readonly string[] };
  readonly atomicAggregate?: boolean;
  readonly aggregatorAs?: number;
  readonly originatorId?: string;
  readonly clusterList?: unknown;
  readonly nexthops?: readonly { readonly ip: string; readonly scope?: string; readonly used?: boolean }[];
}

class FrrPeer implements RunningPeer {
  readonly process: LabProcess;
  readonly #zebra: LabProcess;
  readonly #directory: string;
  readonly #options: PeerOptions | undefined;
  readonly #routes: RouteSet;

  constructor(
    node: LabNode,
    file: string,
    options: PeerOptions | undefined,
    programArguments: readonly string[],
  ) {
    this.#directory = runDirectory(node);
    this.#options = options;
    this.#routes = new RouteSet(options?.routes ?? []);
    const server = join(this.#directory, 'zserv.api');
    const common = [
      '--vty_socket',
      this.#directory,
      '-z',
      server,
      '-P',
      '0',
      '--log',
      'stdout',
      '-u',
      'frr',
      '-g',
      'frr',
    ];
    const empty = join(this.#directory, 'zebra.conf');
    writeFileSync(empty, '');
    const pid = (name: string): string[] => ['-i', join(this.#directory, `${name}.pid`)];
    this.#zebra = node.spawn(frr.programs[0] ?? '', ['-f', empty, ...pid('zebra'), ...common]);
    this.process = node.spawn(frr.programs[1] ?? '', [
      '-f',
      file,
      ...pid('bgpd'),
      ...common,
      ...programArguments,
    ]);
  }

  async ready(): Promise<void> {
    const processes = [this.process, this.#zebra];
    await eventually(() => this.#ask(['show bgp summary json']), { what: 'FRR answers', processes });
  }

  async sessionState(neighbor: string): Promise<string> {
    const answer: unknown = JSON.parse(await this.#ask([`show bgp neighbors ${neighbor} json`]));
    const state = (answer as Record<string, { bgpState?: string }>)[neighbor]?.bgpState;
    return state ?? 'unknown';
  }

  async routes(family: Family): Promise<readonly PeerRoute[]> {
    const name = family === 'ipv6-unicast' ? 'ipv6' : 'ipv4';
    const answer: unknown = JSON.parse(await this.#ask([`show bgp ${name} unicast json detail`]));
    const table = (answer as { routes?: Record<string, unknown> }).routes ?? {};
    return Object.entries(table).flatMap(([prefix, entry]) =>
      pathsOf(entry)
        .filter((path) => path.aspath !== undefined && path.local !== true)
        .map((path) => parsePath(prefix, path)),
    );
  }

  async announce(routes: readonly RouteSpec[]): Promise<void> {
    await this.withdraw(routes.map((route) => route.prefix));
    this.#routes.add(routes);
    await this.#configure(
      routes.flatMap((route, index) => originate(route, this.#as(), `LATER${Date.now()}_${index}`)),
    );
  }

  async withdraw(prefixes: readonly string[]): Promise<void> {
    const gone = this.#routes.remove(prefixes);
    const lines = gone.flatMap((route) => [
      `router bgp ${this.#as()}`,
      `address-family ${isIpv6(route.prefix) ? 'ipv6' : 'ipv4'} unicast`,
      `no network ${route.prefix}`,
      'exit-address-family',
      'exit',
    ]);
    await this.#configure(lines);
  }

  async resetSession(neighbor: string): Promise<void> {
    await this.#ask([`clear bgp ${neighbor}`]);
  }

  async refresh(neighbor: string): Promise<void> {
    for (const family of ['ipv4', 'ipv6'])
      await this.#ask([`clear bgp ${family} unicast ${neighbor} soft in`]);
  }

  async kill(): Promise<void> {
    await Promise.all([this.process.kill(), this.#zebra.kill()]);
  }

  #as(): number {
    if (this.#options === undefined) throw new Error('started with a file: its routes are fixed');
    return this.#options.as;
  }

  async #configure(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await this.#ask(['configure terminal', ...lines]);
  }

  #ask(commands: readonly string[]): Promise<string> {
    const words = commands.flatMap((command) => ['-c', command]);
    return run(frr.programs[2] ?? '', ['--vty_socket', this.#directory, '-d', 'bgpd', ...words]);
  }
}

/** FRR drops its privileges and insists on a directory of its own user. */
function runDirectory(node: LabNode): string {
  const directory = join(node.directory, 'frr');
  mkdirSync(directory, { recursive: true });
  return directory;
}

function pathsOf(entry: unknown): readonly FrrPath[] {
  if (Array.isArray(entry)) return entry as readonly FrrPath[];
  return (entry as { paths?: readonly FrrPath[] }).paths ?? [];
}

function parsePath(prefix: string, path: FrrPath): PeerRoute {
  const hop = path.nexthops?.find((one) => one.scope !== 'link-local') ?? path.nexthops?.[0];
  return {
    prefix,
    nextHop: hop?.ip ?? '',
    asPath: (path.aspath?.string ?? '')
      .split(' ')
      .map(Number)
      .filter((as) => as > 0),
    med: path.metric,
    localPref: path.locPrf,
    communities: path.community?.list ?? [],
    largeCommunities: path.largeCommunity?.list ?? [],
    origin: originName(path.origin ?? ''),
    present: {
      atomicAggregate: path.atomicAggregate === true,
      aggregator: path.aggregatorAs !== undefined,
      originatorId: path.originatorId !== undefined,
      clusterList: path.clusterList !== undefined,
    },
  };
}

function frrConfig(options: PeerOptions): string {
  const sessions = options.neighbors.map((neighbor) => session(options, neighbor));
  const activate = (family: Family): string =>
    options.neighbors
      .filter((neighbor) => neighbor.families.includes(family))
      .map((neighbor) => {
        const name = options.receiveOnly ? NOTHING : NEXT_HOP_6;
        const map =
          family === 'ipv6-unicast' || options.receiveOnly
            ? `  neighbor ${neighbor.address} route-map ${name} out\n`
            : '';
        return `  neighbor ${neighbor.address} activate\n${map}`;
      })
      .join('');
  return `frr defaults datacenter
debug bgp updates in
debug bgp zebra
route-map ${NOTHING} deny 10
exit
route-map ${NEXT_HOP_6} permit 10
 set ipv6 next-hop global ${options.localAddress6}
exit
router bgp ${options.as}
 bgp router-id ${options.routerId}
 no bgp ebgp-requires-policy
 no bgp network import-check
 no bgp default ipv4-unicast
${sessions.join('')} address-family ipv4 unicast
${activate('ipv4-unicast')} exit-address-family
 address-family ipv6 unicast
${activate('ipv6-unicast')} exit-address-family
exit
${options.routes.flatMap((route, index) => originate(route, options.as, `ROUTE${index}`)).join('\n')}
`;
}

function session(options: PeerOptions, neighbor: PeerNeighbor): string {
  const lines = [
    `remote-as ${neighbor.as}`,
    `update-source ${localAddressFor(options, neighbor)}`,
    `timers ${Math.floor(neighbor.holdTime / 3)} ${neighbor.holdTime}`,
    'timers connect 1',
    'advertisement-interval 0',
  ];
  if (neighbor.passive) lines.push('passive');
  if (neighbor.password !== undefined) lines.push(`password ${neighbor.password}`);
  if (neighbor.ttlSecurity) lines.push('ttl-security hops 1');
  if (neighbor.twoOctetAs) lines.push('dont-capability-negotiate');
  return lines.map((line) => ` neighbor ${neighbor.address} ${line}\n`).join('');
}

/** A `network` statement and the route-map with its attributes. */
function originate(route: RouteSpec, as: number, map: string): readonly string[] {
  const six = isIpv6(route.prefix);
  const lines = [`route-map ${map} permit 10`, `set origin ${route.origin ?? 'igp'}`];
  if (route.nextHop !== undefined) {
    lines.push(six ? `set ipv6 next-hop global ${route.nextHop}` : `set ip next-hop ${route.nextHop}`);
  }
  if (route.med !== undefined) lines.push(`set metric ${route.med}`);
  if (route.localPref !== undefined) lines.push(`set local-preference ${route.localPref}`);
  if (route.asPath !== undefined) lines.push(`set as-path prepend ${route.asPath.join(' ')}`);
  if (route.communities !== undefined) lines.push(`set community ${route.communities.join(' ')}`);
  if (route.largeCommunities !== undefined) {
    lines.push(`set large-community ${route.largeCommunities.join(' ')}`);
  }
  const family = `address-family ${six ? 'ipv6' : 'ipv4'} unicast`;
  const network = `network ${route.prefix} route-map ${map}`;
  return [...lines, 'exit', `router bgp ${as}`, family, network, 'exit-address-family', 'exit'];
}

/** FRR 8. */
export const frr: PeerDaemon = {
  name: 'FRR',
  programs: ['/usr/lib/frr/zebra', '/usr/lib/frr/bgpd', '/usr/bin/vtysh'],
  features: {
    twoOctetAs: { peerAs: 'real', mergesAs4Path: false },
    asksRefresh: true,
    onRefresh: 'sends',
    idlesAfterError: false,
    passwordWithSpace: false,
    asPath: true,
    ipv6OverIpv4: true,
    origin: true,
  },
  async start(node, options) {
    const file = join(runDirectory(node), 'bgpd.conf');
    writeFileSync(file, frrConfig(options));
    return await startWith(node, file, options);
  },
  async startFile(node, file, programArguments) {
    return await startWith(node, file, undefined, programArguments);
  },
};

async function startWith(
  node: LabNode,
  file: string,
  options: PeerOptions | undefined,
  programArguments: readonly string[] = [],
): Promise<RunningPeer> {
  const { uid, gid } = await frrUser();
  chownSync(runDirectory(node), uid, gid);
  const peer = new FrrPeer(node, file, options, programArguments);
  await peer.ready();
  return peer;
}

async function frrUser(): Promise<{ uid: number; gid: number }> {
  return { uid: Number(await run('id', ['-u', 'frr'])), gid: Number(await run('id', ['-g', 'frr'])) };
}
