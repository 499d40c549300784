/**
 * The same program under bellhop and under ExaBGP, each alone in a namespace with two peers that write down the
 * UPDATEs: an external one (127.0.0.2, AS 65001) and an internal one (127.0.0.3, AS 65000).
 */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { fromHex } from '../../../src/base/bytes.ts';
import { DEFAULT_CONTEXT, decodeMessage, type RoutesJson } from '../../../src/wire/index.ts';
import { type Bellhop, startBellhop } from './bellhop.ts';
import { Lab, type LabNode } from './namespaces.ts';
import { eventually, type LabProcess, run } from './process.ts';

const RECORDER = fileURLToPath(new URL('./recorder.ts', import.meta.url));

export const EXTERNAL = '127.0.0.2';
export const INTERNAL = '127.0.0.3';

export interface SideOptions {
  /** Shell script that both run; `$DIR` is a directory of its own. */
  readonly script: string;
  /** UPDATEs that the external peer sends, in hexadecimal. */
  readonly updates?: readonly string[];
  readonly encoder?: 'text' | 'json';
  /** Events for the process: state changes and updates. */
  readonly events?: boolean;
}

/** One of the two daemons with its peers. */
export interface Side {
  readonly name: 'bellhop' | 'ExaBGP';
  readonly node: LabNode;
  readonly daemon: LabProcess;
  /** Only on the side of bellhop. */
  readonly bellhop: Bellhop | undefined;
  /** What each peer was told, prefix by prefix in the order of the messages, End-of-RIB and repetitions left out. */
  heard(): Record<string, string[]>;
}

export class SideBySide {
  readonly lab = new Lab();
  readonly sides: readonly Side[];

  private constructor(lab: Lab, sides: readonly Side[]) {
    this.lab = lab;
    this.sides = sides;
  }

  static async start(options: SideOptions): Promise<SideBySide> {
    const lab = new Lab();
    const sides = await Promise.all([
      startSide(await lab.node('bellhop'), 'bellhop', options),
      startSide(await lab.node('exabgp'), 'ExaBGP', options),
    ]);
    return new SideBySide(lab, sides);
  }

  get bellhop(): Side {
    return this.sides[0]!;
  }

  get exabgp(): Side {
    return this.sides[1]!;
  }

  /** Does something to both machines. */
  both(act: (node: LabNode) => void): void {
    for (const { node } of this.sides) act(node);
  }

  /**
   * Waits until both sides have been told this of a prefix last, and nothing different of any before; gives it. BGP
   * knows no order between prefixes: a session that comes up between two commands hears the second one first.
   */
  async same(last: string | RegExp, at: string = EXTERNAL): Promise<Record<string, string[]>> {
    await eventually(
      () => {
        for (const side of this.sides)
          expect(lastOfEach(side.heard()[at]), side.name).toContainEqual(expect.stringMatching(last));
        expect(this.bellhop.heard()).toEqual(this.exabgp.heard());
      },
      { what: `both tell ${last}`, timeout: 30_000, processes: this.sides.map(({ daemon }) => daemon) },
    );
    return this.bellhop.heard();
  }

  stop(): Promise<void> {
    return this.lab.destroy();
  }
}

async function startSide(node: LabNode, name: Side['name'], options: SideOptions): Promise<Side> {
  const file = join(node.directory, 'updates');
  const script = join(node.directory, 'process.sh');
  writeFileSync(script, `#!/bin/sh\nDIR=${node.directory}\nexport DIR\n${options.script}\n`);
  chmodSync(script, 0o755);
  const peers = [`${EXTERNAL}=65001=${(options.updates ?? []).join(',')}`, `${INTERNAL}=65000`];
  node.spawn(process.execPath, [RECORDER, file, ...peers]);
  await eventually(
    () => {
      if (!existsSync(file) || linesOf(file).length < 2) throw new Error('the peers do not listen');
    },
    { what: 'the peers listen' },
  );
  const bellhop = name === 'bellhop' ? await startBellhop(node, bellhopConfig(script, options)) : undefined;
  const daemon = bellhop?.process ?? startExabgp(node, script, options);
  return { name, node, daemon, bellhop, heard: () => heardIn(file) };
}

function bellhopConfig(
  script: string,
  { encoder = 'text', events = false }: SideOptions,
): object & Record<string, unknown> {
  const neighbor = (address: string, as: number) => ({
    address,
    'peer-as': as,
    'local-address': '127.0.0.1',
    // ExaBGP passes no route on.
    import: 'reject',
    export: 'accept',
    'connect-retry': '1s',
    families: ['ipv4-unicast', 'ipv6-unicast'],
  });
  return {
    as: 65000,
    'router-id': '10.0.0.1',
    listen: [],
    neighbors: [neighbor(EXTERNAL, 65001), neighbor(INTERNAL, 65000)],
    processes: [
      {
        name: 'watch',
        run: [script],
        encoder,
        ...(events && { receive: ['neighbor-changes', 'update'] }),
      },
    ],
  };
}

function startExabgp(
  node: LabNode,
  script: string,
  { encoder = 'text', events = false }: SideOptions,
): LabProcess {
  const neighbor = (address: string, as: number): string => `neighbor ${address} {
  router-id 10.0.0.1;
  local-address 127.0.0.1;
  local-as 65000;
  peer-as ${as};
  hold-time 180;
  family { ipv4 unicast; ipv6 unicast; }
  api { processes [ watch ]; ${events ? 'neighbor-changes; receive { parsed; update; }' : ''} }
}
`;
  const file = join(node.directory, 'exabgp.conf');
  writeFileSync(
    file,
    `process watch { run ${script}; encoder ${encoder}; }\n${neighbor(EXTERNAL, 65001)}${neighbor(INTERNAL, 65000)}`,
  );
  return node.spawn('/usr/sbin/exabgp', [file], {
    'exabgp.daemon.user': 'root',
    'exabgp.daemon.drop': 'false',
    'exabgp.daemon.daemonize': 'false',
    'exabgp.api.cli': 'false',
    'exabgp.log.destination': 'stdout',
    'exabgp.reactor.speed': '0.1',
    PYTHONUNBUFFERED: '1',
  });
}

/** Addresses on the loopback interface of a machine, without those that are always there. */
export async function loopbackAddresses(node: LabNode): Promise<string[]> {
  const text = await run('ip', ['-n', node.namespace, '-o', 'address', 'show', 'dev', 'lo']);
  return [...text.matchAll(/inet6? (\S+)/g)]
    .map((match) => match[1]!)
    .filter((one) => !/^(127\.|::1)/.test(one))
    .sort();
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1);
}

function heardIn(file: string): Record<string, string[]> {
  const heard: Record<string, string[]> = { [EXTERNAL]: [], [INTERNAL]: [] };
  /** What was said of a prefix last: ExaBGP says some things twice. */
  const last = new Map<string, string>();
  for (const line of linesOf(file)) {
    const [address = '', hex = ''] = line.split(' ');
    if (heard[address] === undefined) continue;
    for (const [prefix, what] of routesOf(hex)) {
      const key = `${address} ${prefix}`;
      if (last.get(key) === what || (what === 'withdrawn' && !last.has(key))) continue;
      last.set(key, what);
      heard[address].push(`${prefix} ${what}`);
    }
  }
  for (const lines of Object.values(heard))
    lines.sort((a, b) => (prefixIn(a) === prefixIn(b) ? 0 : prefixIn(a) < prefixIn(b) ? -1 : 1));
  return heard;
}

/** What was said last of each prefix. */
function lastOfEach(lines: readonly string[] = []): string[] {
  return [...new Map(lines.map((line) => [prefixIn(line), line])).values()];
}

function prefixIn(line: string): string {
  return line.slice(0, line.indexOf(' '));
}

/** Prefixes of an UPDATE and what it says of them. */
function routesOf(hex: string): [string, string][] {
  const context = { ...DEFAULT_CONTEXT, loopback: true };
  const message = decodeMessage(fromHex(hex), context);
  if (message.type !== 'UPDATE' || message.errors.length > 0) return [[hex, JSON.stringify(message)]];
  const { mpReach, mpUnreach: _, nextHop, ...rest } = message.attributes as Record<string, unknown>;
  const hop = mpReach === undefined ? textOf(nextHop) : (mpReach as { nextHop: string }).nextHop;
  const attributes = Object.entries(rest)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(' ');
  const prefixes = (routes: RoutesJson): string[] => Object.values(routes).flat().map(prefixOf);
  return [
    ...prefixes(message.withdrawn).map((prefix): [string, string] => [prefix, 'withdrawn']),
    ...prefixes(message.reach).map((prefix): [string, string] => [prefix, `via ${hop} ${attributes}`]),
  ];
}

function textOf(nextHop: unknown): string {
  if (nextHop === undefined) return '';
  return typeof nextHop === 'string' ? nextHop : (nextHop as { address: string }).address;
}

function prefixOf(route: unknown): string {
  return typeof route === 'string' ? route : (route as { prefix: string }).prefix;
}
