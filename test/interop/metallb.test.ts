/**
 * The twelve MetalLB examples against FRR: bellhop reads the manifests of each as they are, and the routers, configured as
 * their operators would, have the sessions and the routes that the example says, attribute by attribute, and no others.
 *
 * bellhop has a link to each router: 10.0.1.0/24 and fd00:1::/64 to `tor-a`, 10.0.2.0/24 and fd00:2::/64 to `tor-b`; the
 * router is .2, bellhop .1 and .11.
 */
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { requests } from '../../src/api/client.ts';
import { configurationOf, type Example, type ExpectedRoute, examples } from '../frontends/metallb/example.ts';
import { type Bellhop, startBellhop } from './lab/bellhop.ts';
import { frr } from './lab/frr.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import type { PeerRoute, RunningPeer } from './lab/peer.ts';
import { eventually, run } from './lab/process.ts';

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.destroy();
  lab = undefined;
});

interface Setup {
  readonly bellhop: Bellhop;
  readonly routers: ReadonlyMap<string, RunningPeer>;
  /** Copies of the manifests. */
  readonly manifests: string;
}

async function start(example: Example): Promise<Setup> {
  lab = new Lab();
  const node = await lab.node('bellhop');
  const routers = new Map<string, RunningPeer>();
  for (const name of example.routers) {
    const number = name === 'tor-a' ? 1 : 2;
    const router = await lab.node(name);
    await lab.connect(
      {
        node,
        interface: `eth${number}`,
        addresses: [`10.0.${number}.1/24`, `10.0.${number}.11/24`, `fd00:${number}::1/64`],
      },
      { node: router, interface: 'eth1', addresses: [`10.0.${number}.2/24`, `fd00:${number}::2/64`] },
    );
    const loopback = example.expected.loopbacks?.[name];
    if (loopback !== undefined) await addLoopback(node, router, loopback, number);
    const file = join(router.directory, 'router.conf');
    copyFileSync(join(example.directory, `${name}.conf`), file);
    routers.set(name, await frr.startFile(router, file, example.expected.arguments?.[name]));
  }
  const manifests = join(node.directory, 'manifests');
  mkdirSync(manifests);
  cpSync(join(example.directory, 'manifests'), manifests, { recursive: true });
  const here = { ...example, manifests: join(manifests, '*.yaml') };
  const bellhop = await startBellhop(node, configurationOf(here, join(node.directory, 'metallb.json')));
  return { bellhop, routers, manifests };
}

async function addLoopback(node: LabNode, router: LabNode, address: string, number: number): Promise<void> {
  await run('ip', ['-n', router.namespace, 'address', 'add', `${address}/32`, 'dev', 'lo']);
  await run('ip', ['-n', node.namespace, 'route', 'add', `${address}/32`, 'via', `10.0.${number}.2`]);
}

/** All routes of a router, by prefix, with the attributes that examples speak of. */
async function routesOf(router: RunningPeer): Promise<Record<string, ExpectedRoute>> {
  const routes = [...(await router.routes('ipv4-unicast')), ...(await router.routes('ipv6-unicast'))];
  return Object.fromEntries(routes.map((route) => [route.prefix, factsOf(route)]));
}

function factsOf({ asPath, nextHop, localPref, communities, largeCommunities }: PeerRoute): ExpectedRoute {
  return {
    asPath,
    nextHop,
    ...(asPath.length === 0 && localPref !== undefined && { localPref }),
    communities: [...communities].sort(),
    largeCommunities: [...largeCommunities].sort(),
  };
}

/** What is expected, with nothing left out that must be as we know it. */
function expectedOf(routes: Readonly<Record<string, ExpectedRoute>>, seen: Record<string, ExpectedRoute>) {
  return Object.fromEntries(
    Object.entries(routes).map(([prefix, route]) => [
      prefix,
      { nextHop: seen[prefix]?.nextHop, communities: [], largeCommunities: [], ...route },
    ]),
  );
}

async function asExpected({ routers }: Setup, { expected }: Example): Promise<void> {
  for (const [name, router] of routers) {
    for (const address of expected.sessions[name] ?? [])
      await eventually(async () => expect(await router.sessionState(address)).toBe('Established'), {
        what: `${name} has its session with ${address}`,
        timeout: 30_000,
      });
    await eventually(
      async () => {
        const seen = await routesOf(router);
        expect(seen).toEqual(expectedOf(expected.routes[name] ?? {}, seen));
      },
      { what: `${name} has its routes`, timeout: 20_000 },
    );
  }
}

describeLab('MetalLB examples at FRR', [frr], () => {
  test.each(examples)('$name', async (example) => {
    const setup = await start(example);
    await asExpected(setup, example);
    // Nothing more comes of it.
    await pause(500);
    await asExpected(setup, example);
    const { objects } = await setup.bellhop.ask(requests.metallb());
    for (const { kind, name, session, state } of objects)
      if (kind === 'BGPPeer' && state === 'accepted') expect([name, session]).toEqual([name, 'Established']);
  });

  test('01-first-steps, while it runs: a pod dies, a file breaks, a file goes', async () => {
    const example = examples[0]!;
    const setup = await start(example);
    await asExpected(setup, example);
    const { bellhop, manifests, routers } = setup;
    const prefixes = async () => Object.keys(await routesOf(routers.get('tor-a')!));
    const file = join(manifests, 'nginx.yaml');
    const text = readFileSync(file, 'utf8');
    const heard = (what: string, expected: readonly string[]) =>
      eventually(async () => expect(await prefixes()).toEqual(expected), { what });

    writeFileSync(
      file,
      text.replace('ready: true', 'ready: false').replace('serving: true', 'serving: false'),
    );
    await heard('the withdrawal when no endpoint is ready', []);
    expect(await bellhop.command('show', 'metallb')).toContain('none of its 1 endpoints is ready');
    writeFileSync(file, text);
    await heard('the route again', ['198.51.100.3/32']);

    writeFileSync(file, text.replace('items:', 'items: ['));
    await eventually(
      async () =>
        expect(await bellhop.command('show', 'metallb')).toMatch(/nginx\.yaml:\d+:\d+: not valid YAML/),
      { what: 'it says what is wrong' },
    );
    expect(await prefixes()).toEqual(['198.51.100.3/32']);

    rmSync(file);
    await heard('the withdrawal when the file is gone', []);
    expect(await setup.bellhop.neighbor('10.0.1.2')).toMatchObject({ state: 'Established', flaps: 0 });
  });
});
