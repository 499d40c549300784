/**
 * ExaBGP in the lab. It has no table, so its process API is the table: a shell script records the JSON events into a
 * file, which is replayed on every question, and passes on the commands written to a FIFO. This version closes a
 * session on which it receives ROUTE-REFRESH.
 */
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayEvents } from './exabgp-events.ts';
import type { LabNode } from './namespaces.ts';
import {
  type Family,
  isIpv6,
  localAddressFor,
  type PeerDaemon,
  type PeerNeighbor,
  type PeerOptions,
  type PeerRoute,
  RouteSet,
  type RouteSpec,
  type RunningPeer,
} from './peer.ts';
import { eventually, type LabProcess, run } from './process.ts';

/** Runs under ExaBGP: commands from the FIFO to standard output, events from standard input to the file. */
const RECORDER = `#!/bin/sh
cat <> "$1" &
cat >> "$2"
kill $!
`;

class ExabgpPeer implements RunningPeer {
  readonly process: LabProcess;
  readonly #events: string;
  readonly #commands: string;
  readonly #options: PeerOptions;
  readonly #routes: RouteSet;

  constructor(node: LabNode, file: string, options: PeerOptions) {
    this.#events = join(node.directory, 'events.json');
    this.#commands = join(node.directory, 'commands');
    this.#options = options;
    this.#routes = new RouteSet(options.routes);
    this.process = node.spawn(exabgp.programs[0] ?? '', [file], {
      'exabgp.daemon.user': 'root',
      'exabgp.daemon.drop': 'false',
      'exabgp.daemon.daemonize': 'false',
      'exabgp.api.cli': 'false',
      'exabgp.api.ack': 'false',
      'exabgp.log.destination': 'stdout',
      'exabgp.reactor.speed': '0.1',
      'exabgp.tcp.bind': listenAddresses(options).join(' '),
      PYTHONUNBUFFERED: '1',
    });
  }

  async ready(): Promise<void> {
    const started = (): void => {
      if (!existsSync(this.#events)) throw new Error('the recorder does not run yet');
    };
    await eventually(started, { what: 'ExaBGP runs its process', processes: [this.process] });
  }

  async sessionState(neighbor: string): Promise<string> {
    return replayEvents(this.#recorded()).states.get(neighbor) ?? 'unknown';
  }

  async routes(family: Family): Promise<readonly PeerRoute[]> {
    return replayEvents(this.#recorded()).routes.filter(
      (route) => isIpv6(route.prefix) === (family === 'ipv6-unicast'),
    );
  }

  async announce(routes: readonly RouteSpec[]): Promise<void> {
    this.#routes.add(routes);
    for (const route of routes) this.#command(`announce route ${routeWords(route, this.#options)}`);
  }

  async withdraw(prefixes: readonly string[]): Promise<void> {
    for (const route of this.#routes.remove(prefixes)) {
      this.#command(`withdraw route ${route.prefix} next-hop ${nextHop(route, this.#options)}`);
    }
  }

  async resetSession(neighbor: string): Promise<void> {
    this.#command(`neighbor ${neighbor} teardown 4`);
  }

  async refresh(neighbor: string): Promise<void> {
    this.#command(`neighbor ${neighbor} announce route-refresh ipv4 unicast`);
  }

  async kill(): Promise<void> {
    await this.process.kill();
  }

  #command(text: string): void {
    appendFileSync(this.#commands, `${text}\n`);
  }

  #recorded(): string {
    return existsSync(this.#events) ? readFileSync(this.#events, 'utf8') : '';
  }
}

function listenAddresses(options: PeerOptions): readonly string[] {
  return [...new Set(options.neighbors.map((neighbor) => localAddressFor(options, neighbor)))];
}

function exabgpConfig(options: PeerOptions, recorder: string): string {
  const neighbors = options.neighbors.map((neighbor) => neighborConfig(options, neighbor));
  return `process recorder {
  run ${recorder};
  encoder json;
}
${neighbors.join('')}`;
}

function neighborConfig(options: PeerOptions, neighbor: PeerNeighbor): string {
  const families = neighbor.families.map((family) => `    ${family.replace('-', ' ')};\n`).join('');
  const routes = neighbor.families.flatMap((family) => {
    const set = new RouteSet(options.routes).ofFamily(family);
    return set.map((route) => `    route ${routeWords(route, options)};\n`);
  });
  return `neighbor ${neighbor.address} {
  router-id ${options.routerId};
  local-address ${localAddressFor(options, neighbor)};
  local-as ${options.as};
  peer-as ${neighbor.as};
  hold-time ${neighbor.holdTime};
  ${neighbor.passive ? 'passive true;' : ''}
  ${neighbor.password === undefined ? '' : `md5-password "${neighbor.password}";`}
  ${neighbor.ttlSecurity ? 'outgoing-ttl 255; incoming-ttl 255;' : ''}
  capability {
    route-refresh enable;
    asn4 ${neighbor.twoOctetAs ? 'disable' : 'enable'};
  }
  family {
${families}  }
  api {
    processes [ recorder ];
    neighbor-changes;
    receive { parsed; update; }
  }
  static {
${routes.join('')}  }
}
`;
}

function nextHop(route: RouteSpec, options: PeerOptions): string {
  return route.nextHop ?? (isIpv6(route.prefix) ? options.localAddress6 : options.localAddress);
}

/** ExaBGP sends paths as they are written, so its own AS is part of the path. */
function routeWords(route: RouteSpec, options: PeerOptions): string {
  const words = [route.prefix, 'next-hop', nextHop(route, options), 'origin', route.origin ?? 'igp'];
  const external = options.neighbors.some((neighbor) => neighbor.as !== options.as);
  const path = [...(external ? [options.as] : []), ...(route.asPath ?? [])];
  if (route.asPath !== undefined) words.push('as-path', '[', ...path.map(String), ']');
  if (route.med !== undefined) words.push('med', String(route.med));
  if (route.localPref !== undefined) words.push('local-preference', String(route.localPref));
  if (route.communities !== undefined) words.push('community', '[', ...route.communities, ']');
  if (route.largeCommunities !== undefined)
    words.push('large-community', '[', ...route.largeCommunities, ']');
  return words.join(' ');
}

/** ExaBGP 4. */
export const exabgp: PeerDaemon = {
  name: 'ExaBGP',
  programs: ['/usr/sbin/exabgp'],
  features: {
    twoOctetAs: { peerAs: 'trans', mergesAs4Path: true },
    asksRefresh: true,
    onRefresh: 'closes',
    idlesAfterError: false,
    passwordWithSpace: true,
    asPath: true,
    ipv6OverIpv4: true,
    origin: true,
  },
  async start(node, options) {
    const script = join(node.directory, 'recorder.sh');
    writeFileSync(script, RECORDER);
    chmodSync(script, 0o755);
    const commands = join(node.directory, 'commands');
    if (!existsSync(commands)) await run('mkfifo', [commands]);
    const file = join(node.directory, 'exabgp.conf');
    const recorder = `${script} ${commands} ${join(node.directory, 'events.json')}`;
    writeFileSync(file, exabgpConfig(options, recorder));
    const peer = new ExabgpPeer(node, file, options);
    await peer.ready();
    return peer;
  },
  startFile() {
    return Promise.reject(
      new Error('ExaBGP is started with options only: its recorder belongs to the configuration'),
    );
  },
};
