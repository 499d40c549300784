/**
 * A rack: a service host with a bellhop daemon, and the router of its rack, in namespaces.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Bellhop } from './bellhop.ts';
import { Lab, type LabNode } from './namespaces.ts';
import type { PeerDaemon, PeerRoute, RunningPeer } from './peer.ts';
import { eventually, type LabProcess } from './process.ts';

/** A service on port 8080 that is healthy while the file `sick` is not in its directory. */
const SERVICE = `
const { existsSync } = require('node:fs');
require('node:http')
  .createServer((request, response) => response.writeHead(existsSync('sick') ? 503 : 200).end('ok'))
  .listen(8080, '127.0.0.1');
`;

/** A check of that service that decides within half a second, and never because the machine is slow. */
export const HEALTHZ = {
  http: 'http://127.0.0.1:8080/healthz',
  interval: '200ms',
  'fast-interval': '100ms',
  timeout: '20s',
  rise: 2,
  fall: 2,
};

export interface Rack extends AsyncDisposable {
  readonly lab: Lab;
  readonly host: LabNode;
  readonly bellhop: Bellhop;
  readonly router: LabNode;
  readonly tor: RunningPeer;
  /** The configuration of the neighbor. */
  readonly neighbor: object;
  startService(): LabProcess;
  /** Changes keys of the file and reloads it. */
  reload(changes: object): void;
  /** The route of the router for a prefix, of either family. */
  route(prefix: string): Promise<PeerRoute | undefined>;
  /** Waits until the router has exactly these prefixes. */
  has(...prefixes: string[]): Promise<void>;
}

export interface RackOptions {
  /** Keys of the neighbor `tor`. */
  readonly neighbor?: object;
  /** Keys of the file. */
  readonly more?: object;
  /** Files in the directory of the host, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Default: AS 65001. */
  readonly torAs?: number;
  /** Something to do on the host before bellhop starts: mounts that are made later it does not see. */
  readonly before?: (host: LabNode) => Promise<unknown>;
  /** TCP MD5 key at the router. */
  readonly password?: string;
  /** Variables of bellhop's environment, in which `$DIR` is the directory of the host and `$TOR` that of the router. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The address of the router, and ours. */
export const TOR = '10.0.0.2';
export const HOST = '10.0.0.1';

/** Starts router and bellhop; in texts, `$DIR` is the directory of the host, `$TOR` that of the router. */
export async function rack(
  daemon: PeerDaemon,
  vips: readonly object[],
  options: RackOptions = {},
): Promise<Rack> {
  const { neighbor = {}, more = {}, files = {}, torAs = 65001, password, env = {} } = options;
  const lab = new Lab();
  const host = await lab.node('bellhop');
  const router = await lab.node('tor');
  await lab.connect(
    { node: host, interface: 'eth1', addresses: [`${HOST}/24`, 'fd00::1/64'] },
    { node: router, interface: 'eth1', addresses: [`${TOR}/24`, 'fd00::2/64'] },
  );
  const families = ['ipv4-unicast', 'ipv6-unicast'] as const;
  const tor = await daemon.start(router, {
    as: torAs,
    routerId: TOR,
    localAddress: TOR,
    localAddress6: 'fd00::2',
    receiveOnly: true,
    routes: [],
    neighbors: [
      { address: HOST, as: 65000, families, holdTime: 90, ...(password === undefined ? {} : { password }) },
    ],
  });
  const named = (text: string) =>
    text.replaceAll('$DIR', host.directory).replaceAll('$TOR', router.directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(host.directory, name, '..'), { recursive: true });
    writeFileSync(join(host.directory, name), named(text), { mode: 0o755 });
  }
  const toTor = {
    address: TOR,
    'peer-as': torAs,
    description: 'tor',
    import: 'accept',
    export: 'accept',
    'connect-retry': '1s',
    families,
    'next-hop': [HOST, 'fd00::1'],
    ...neighbor,
  };
  const config = {
    as: 65000,
    'router-id': HOST,
    neighbors: [toTor],
    vips,
    'vip-state-file': '$DIR/addresses.json',
    ...more,
  };
  const file = join(host.directory, 'bellhop.yaml');
  await options.before?.(host);
  // JSON is YAML.
  writeFileSync(file, named(JSON.stringify(config)));
  const bellhop = new Bellhop(host, file, {
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, named(value)])),
  });
  await bellhop.ready();
  const routes = async () => [...(await tor.routes('ipv4-unicast')), ...(await tor.routes('ipv6-unicast'))];
  const established = async () => expect(await tor.sessionState(HOST)).toBe('Established');
  await eventually(established, { what: 'the session', timeout: 30_000 });
  return {
    lab,
    host,
    bellhop,
    router,
    tor,
    neighbor: toTor,
    reload(changes) {
      writeFileSync(file, named(JSON.stringify({ ...config, ...changes })));
      bellhop.process.signal('SIGHUP');
    },
    startService: () => host.spawn(process.execPath, ['-e', SERVICE]),
    route: async (prefix) => (await routes()).find((route) => route.prefix === prefix),
    has: (...prefixes) =>
      eventually(
        async () => expect((await routes()).map(({ prefix }) => prefix).sort()).toEqual(prefixes.sort()),
        { what: `the router has ${prefixes.join(', ') || 'nothing'}`, timeout: 20_000 },
      ),
    [Symbol.asyncDispose]: () => lab.destroy(),
  };
}

/** The log lines of bellhop with this event. */
export function logged(bellhop: Bellhop, event: string): Record<string, unknown>[] {
  return bellhop.process.log
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['event'] === event);
}
