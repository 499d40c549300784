/**
 * BIRD 2 in the lab. Routes live in static protocols of the configuration, so announcing and withdrawing is a new
 * configuration file and `configure`; received routes come from `show route all` of the BGP protocols.
 */
import { existsSync, writeFileSync } from 'node:fs';
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

const ORIGINS = { igp: 'ORIGIN_IGP', egp: 'ORIGIN_EGP', incomplete: 'ORIGIN_INCOMPLETE' } as const;

/** BIRD sends a MED to another AS only when the export filter has set it. */
const OWN_FILTER = `filter own {
  if source = RTS_STATIC && defined(bgp_med) then bgp_med = bgp_med;
  accept;
}
`;

class BirdPeer implements RunningPeer {
  readonly process: LabProcess;
  readonly #socket: string;
  readonly #file: string;
  readonly #options: PeerOptions | undefined;
  readonly #routes: RouteSet;

  constructor(node: LabNode, file: string, options: PeerOptions | undefined) {
    this.#socket = join(node.directory, 'bird.ctl');
    this.#file = file;
    this.#options = options;
    this.#routes = new RouteSet(options?.routes ?? []);
    if (options !== undefined) this.#write(options);
    this.process = node.spawn(bird.programs[0] ?? '', ['-f', '-c', file, '-s', this.#socket]);
  }

  async ready(): Promise<void> {
    await eventually(() => this.#ask('show status'), { what: 'BIRD answers', processes: [this.process] });
  }

  async sessionState(neighbor: string): Promise<string> {
    const text = await this.#ask('show protocols all');
    const block = text.split('\n\n').find((one) => one.includes(`Neighbor address: ${neighbor}`)) ?? '';
    return /BGP state:\s+(\S+)/.exec(block)?.[1] ?? 'unknown';
  }

  async routes(family: Family): Promise<readonly PeerRoute[]> {
    const table = family === 'ipv6-unicast' ? 'master6' : 'master4';
    return parseRoutes(await this.#ask(`show route table ${table} all where source = RTS_BGP`));
  }

  async announce(routes: readonly RouteSpec[]): Promise<void> {
    this.#routes.add(routes);
    await this.#reconfigure();
  }

  async withdraw(prefixes: readonly string[]): Promise<void> {
    this.#routes.remove(prefixes);
    await this.#reconfigure();
  }

  async resetSession(neighbor: string): Promise<void> {
    await this.#ask(`restart ${await this.#protocol(neighbor)}`);
  }

  async refresh(neighbor: string): Promise<void> {
    await this.#ask(`reload in ${await this.#protocol(neighbor)}`);
  }

  async kill(): Promise<void> {
    await this.process.kill();
  }

  async #protocol(neighbor: string): Promise<string> {
    const text = await this.#ask('show protocols all');
    const block = text.split('\n\n').find((one) => one.includes(`Neighbor address: ${neighbor}`)) ?? '';
    const name = /^(\S+)\s+BGP /m.exec(block)?.[1];
    if (name === undefined) throw new Error(`BIRD has no neighbor ${neighbor}:\n${text}`);
    return name;
  }

  async #reconfigure(): Promise<void> {
    if (this.#options === undefined) throw new Error('started with a file: its routes are fixed');
    this.#write(this.#options);
    const answer = await this.#ask('configure');
    if (!/Reconfigur/.test(answer)) throw new Error(answer);
  }

  #write(options: PeerOptions): void {
    writeFileSync(this.#file, birdConfig(options, this.#routes));
  }

  #ask(command: string): Promise<string> {
    if (!existsSync(this.#socket)) throw new Error(`no ${this.#socket} yet`);
    return run(bird.programs[1] ?? '', ['-s', this.#socket, ...command.split(' ')]);
  }
}

function birdConfig(options: PeerOptions, routes: RouteSet): string {
  const statics = (['ipv4-unicast', 'ipv6-unicast'] as const).map((family) => {
    const channel = family === 'ipv6-unicast' ? 'ipv6' : 'ipv4';
    const lines = routes.ofFamily(family).map((route) => `  ${staticRoute(route, options)}\n`);
    return `protocol static static_${channel} {\n  ${channel};\n${lines.join('')}}\n`;
  });
  const neighbors = options.neighbors.map((neighbor, index) => bgpProtocol(options, neighbor, index));
  return `log stderr all;
router id ${options.routerId};
protocol device { scan time 1; }
${OWN_FILTER}${statics.join('')}${neighbors.join('')}`;
}

function bgpProtocol(options: PeerOptions, neighbor: PeerNeighbor, index: number): string {
  const channels = neighbor.families.map((family) => {
    return `  ${family === 'ipv6-unicast' ? 'ipv6' : 'ipv4'} { import all; export ${options.receiveOnly ? 'none' : 'filter own'}; };\n`;
  });
  return `protocol bgp peer${index} {
  local ${localAddressFor(options, neighbor)} as ${options.as};
  neighbor ${neighbor.address} as ${neighbor.as};
  direct;
  hold time ${neighbor.holdTime};
  connect delay time 1;
  connect retry time 2;
  error wait time 1, 2;
  debug { states, events };
  ${neighbor.localAddress === undefined ? '' : 'strict bind yes;'}
  ${neighbor.passive ? 'passive yes;' : ''}
  ${neighbor.password === undefined ? '' : `password "${neighbor.password}";`}
  ${neighbor.ttlSecurity ? 'ttl security yes;' : ''}
  ${neighbor.twoOctetAs ? 'enable as4 no;' : ''}
${channels.join('')}}
`;
}

function staticRoute(route: RouteSpec, options: PeerOptions): string {
  const via = route.nextHop ?? (isIpv6(route.prefix) ? options.localAddress6 : options.localAddress);
  const own = via === options.localAddress || via === options.localAddress6;
  const set: string[] = [`bgp_origin = ${ORIGINS[route.origin ?? 'igp']};`];
  if (route.med !== undefined) set.push(`bgp_med = ${route.med};`);
  if (route.localPref !== undefined) set.push(`bgp_local_pref = ${route.localPref};`);
  for (const as of [...(route.asPath ?? [])].reverse()) set.push(`bgp_path.prepend(${as});`);
  for (const community of route.communities ?? []) {
    set.push(`bgp_community.add((${community.replaceAll(':', ',')}));`);
  }
  for (const community of route.largeCommunities ?? []) {
    set.push(`bgp_large_community.add((${community.replaceAll(':', ',')}));`);
  }
  return `route ${route.prefix} ${own ? 'blackhole' : `via ${via}`} { ${set.join(' ')} };`;
}

function parseRoutes(text: string): readonly PeerRoute[] {
  const routes: PeerRoute[] = [];
  let prefix = '';
  for (const block of text.split(/\n(?=\S)/)) {
    const head = /^([0-9a-f.:]+\/\d+)?\s+(?:unicast|blackhole|unreachable)/.exec(block);
    if (head === null) continue;
    prefix = head[1] ?? prefix;
    for (const one of block.split(/\n(?=\s+unicast)/)) routes.push(parseRoute(prefix, one));
  }
  return routes;
}

function parseRoute(prefix: string, text: string): PeerRoute {
  const field = (name: string): string | undefined =>
    new RegExp(`BGP\\.${name}: ?(.*)`).exec(text)?.[1]?.trim();
  const number = (value: string | undefined): number | undefined =>
    value === undefined ? undefined : Number(value);
  const pairs = (value: string | undefined): string[] =>
    [...(value ?? '').matchAll(/\(([^)]*)\)/g)].map((match) => (match[1] ?? '').replace(/,\s*/g, ':'));
  return {
    prefix,
    nextHop: field('next_hop')?.split(' ')[0] ?? '',
    asPath: (field('as_path') ?? '').split(/\s+/).filter(Boolean).map(Number),
    med: number(field('med')),
    localPref: number(field('local_pref')),
    communities: pairs(field('community')),
    largeCommunities: pairs(field('large_community')),
    origin: originName(field('origin') ?? ''),
    present: {
      atomicAggregate: field('atomic_aggr') !== undefined,
      aggregator: field('aggregator') !== undefined,
      originatorId: field('originator_id') !== undefined,
      clusterList: field('cluster_list') !== undefined,
      others: [...text.matchAll(/BGP\.([0-9a-f]{2}) \[/g)].map((match) =>
        Number.parseInt(match[1] ?? '', 16),
      ),
    },
  };
}

/** BIRD 2. */
export const bird: PeerDaemon = {
  name: 'BIRD',
  programs: ['/usr/sbin/bird', '/usr/sbin/birdc'],
  features: {
    twoOctetAs: { peerAs: 'none', mergesAs4Path: true },
    asksRefresh: true,
    onRefresh: 'sends',
    idlesAfterError: false,
    passwordWithSpace: true,
    asPath: true,
    ipv6OverIpv4: true,
    origin: true,
  },
  async start(node, options) {
    const peer = new BirdPeer(node, join(node.directory, 'bird.conf'), options);
    await peer.ready();
    return peer;
  },
  async startFile(node, file) {
    const peer = new BirdPeer(node, file, undefined);
    await peer.ready();
    return peer;
  },
};
