/**
 * What is special about a session, as BIRD and FRR see it. bellhop (AS 65001) stands between the two and is given one
 * configuration after the other; changes that are meant to be soft must leave both sessions up.
 *
 * Over 300 lines: the features are tried one after the other on the same two sessions.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RouteEntry } from '../../src/api/types.ts';
import { type Bellhop, type BellhopConfig, startBellhop } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { frr } from './lab/frr.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import type { PeerRoute, RunningPeer } from './lab/peer.ts';
import { eventually, run } from './lab/process.ts';

const BIRD = '10.97.1.2';
const FRR = '10.97.2.2';
const OWN = '192.0.2.0/24';

const FAST: BellhopConfig = {
  'hold-time': 9,
  'connect-retry': 1,
  'idle-hold-time': 1,
  'idle-hold-time-maximum': 1,
};

interface Keys {
  readonly bird?: BellhopConfig;
  readonly frr?: BellhopConfig;
  readonly top?: BellhopConfig;
}

/** The configuration of bellhop with these keys for the two neighbors and at the top. */
function config({ bird = {}, frr = {}, top = {} }: Keys): BellhopConfig {
  const policies = { import: 'accept', export: 'accept' };
  return {
    as: 65001,
    'router-id': '10.97.0.1',
    neighbors: [
      { address: BIRD, 'peer-as': 65002, ...policies, ...FAST, ...bird },
      { address: FRR, 'peer-as': 65003, ...policies, ...FAST, ...frr },
    ],
    networks: [{ prefix: OWN, communities: ['65001:7'], 'large-communities': ['65001:1:2'], med: 30 }],
    ...top,
  };
}

/** BIRD announces these with a longer path, a community, and ONLY_TO_CUSTOMER on the last. */
function birdConfig(role = '', bellhopAs = 65001): string {
  return `log stderr all;
router id 10.97.0.2;
protocol device { scan time 1; }
protocol static {
  ipv4;
  route 10.10.0.0/16 blackhole { bgp_path.prepend(64600); bgp_path.prepend(3356); };
  route 10.11.0.0/16 blackhole { bgp_path.prepend(65003); };
  route 10.12.0.0/16 blackhole { bgp_community.add((65535,0)); };
  route 10.13.0.0/16 blackhole { bgp_path.prepend(65001); };
  route 10.14.0.0/16 blackhole { bgp_otc = 65099; };
}
protocol bgp bellhop {
  local ${BIRD} as 65002;
  neighbor 10.97.1.1 as ${bellhopAs};
  ${role === '' ? '' : `local role ${role};`}
  direct;
  hold time 9;
  connect delay time 1;
  connect retry time 1;
  error wait time 1, 1;
  ipv4 { import all; export filter { if source = RTS_STATIC then { bgp_med = 5; accept; } reject; }; };
}
`;
}

function frrConfig(): string {
  return `frr defaults datacenter
router bgp 65003
 bgp router-id 10.97.0.3
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor 10.97.2.1 remote-as 65001
 neighbor 10.97.2.1 timers 3 9
 neighbor 10.97.2.1 timers connect 1
 address-family ipv4 unicast
  network 10.20.0.0/16
  network 10.21.0.0/16
 exit-address-family
exit
`;
}

describeLab('features of a session with BIRD and FRR', [bird, frr], () => {
  let lab: Lab;
  let bellhop: Bellhop;
  let birdNode: LabNode;
  let frrNode: LabNode;
  let frrPeer: RunningPeer;
  const frrFile = () => join(frrNode.directory, 'bgpd.conf');

  beforeAll(async () => {
    lab = new Lab();
    const center = await lab.node('bellhop');
    birdNode = await lab.node('bird');
    frrNode = await lab.node('frr');
    await lab.connect(
      { node: center, interface: 'eth1', addresses: ['10.97.1.1/24'] },
      { node: birdNode, interface: 'eth1', addresses: [`${BIRD}/24`] },
    );
    await lab.connect(
      { node: center, interface: 'eth2', addresses: ['10.97.2.1/24'] },
      { node: frrNode, interface: 'eth1', addresses: [`${FRR}/24`] },
    );
    const birdFile = join(birdNode.directory, 'bird.conf');
    writeFileSync(birdFile, birdConfig());
    writeFileSync(frrFile(), frrConfig());
    await bird.startFile(birdNode, birdFile);
    frrPeer = await frr.startFile(frrNode, frrFile());
    bellhop = await startBellhop(center, config({}));
    await bothUp();
  });
  afterAll(() => lab?.destroy());

  const state = async (address: string) => (await bellhop.neighbor(address)).state;
  const bothUp = () =>
    eventually(
      async () => expect([await state(BIRD), await state(FRR)]).toEqual(['Established', 'Established']),
      { what: 'both sessions', timeout: 40_000 },
    );
  const flaps = async () => (await bellhop.neighbors()).map((neighbor) => neighbor.flaps);

  const birdc = (...command: string[]) =>
    run(bird.programs[1]!, ['-s', join(birdNode.directory, 'bird.ctl'), ...command]);
  const vtysh = (...commands: string[]) =>
    run(frr.programs[2]!, [
      '--vty_socket',
      join(frrNode.directory, 'frr'),
      '-d',
      'bgpd',
      ...commands.flatMap((command) => ['-c', command]),
    ]);
  const reconfigureBird = async (text: string) => {
    writeFileSync(join(birdNode.directory, 'bird.conf'), text);
    await birdc('configure');
  };

  const inFrr = async (prefix: string): Promise<PeerRoute | undefined> =>
    (await frrPeer.routes('ipv4-unicast')).find((route) => route.prefix === prefix);
  /** What BIRD has for a prefix; it ends with an error when there is nothing. */
  const inBird = (prefix: string) => birdc('show', 'route', prefix, 'all').catch(() => 'nothing');
  const ours = async (prefix: string, peer = BIRD): Promise<RouteEntry | undefined> =>
    (await bellhop.routes({ received: peer })).find((route) => route.prefix === prefix);

  /** Changes bellhop's configuration, waits for what FRR or BIRD make of it, and demands that no session went down. */
  async function softly(keys: Keys, what: string, holds: () => Promise<void>): Promise<void> {
    await bothUp();
    const before = await flaps();
    bellhop.reload(config(keys));
    await eventually(holds, { what, timeout: 15_000, processes: [bellhop.process] });
    expect(await flaps()).toEqual(before);
  }

  test('enforce-first-as, graceful-shutdown and ONLY_TO_CUSTOMER of a plain session', async () => {
    await eventually(async () => expect(await bellhop.routes({ received: BIRD })).toHaveLength(5), {
      what: 'the routes of BIRD',
    });
    // BIRD puts its AS in front, so all of them pass; the loop does not.
    const accepted = (await bellhop.routes({ received: BIRD })).map(({ prefix, accepted }) => [
      prefix,
      accepted,
    ]);
    expect(Object.fromEntries(accepted)).toEqual({
      '10.10.0.0/16': true,
      '10.11.0.0/16': true,
      '10.12.0.0/16': true,
      '10.13.0.0/16': false,
      '10.14.0.0/16': true,
    });
    const [marked] = await bellhop.routes({ prefix: '10.12.0.0/16' });
    expect(marked).toMatchObject({ localPref: 0, communities: ['graceful-shutdown'] });
    expect((await bellhop.neighbor(BIRD)).refusedRoutes).toEqual({
      'our own AS is in AS_PATH (RFC 4271 section 9.1.2)': 1,
    });
  });

  test('FRR: private AS numbers, its own AS, communities, MED', async () => {
    await softly({}, 'the plain paths', async () => {
      expect((await inFrr('10.10.0.0/16'))?.asPath).toEqual([65001, 65002, 3356, 64600]);
      // FRR rejects the path with its own AS.
      expect(await inFrr('10.11.0.0/16')).toBeUndefined();
      expect(await inFrr(OWN)).toMatchObject({
        communities: ['65001:7'],
        largeCommunities: ['65001:1:2'],
        med: 30,
      });
    });
    const cases: readonly (readonly [string, number[]])[] = [
      ['all', [65001, 3356]],
      ['leading', [65001, 3356, 64600]],
      ['only', [65001, 65002, 3356, 64600]],
      ['replace-all', [65001, 65001, 3356, 65001]],
    ];
    for (const [scope, path] of cases)
      await softly({ frr: { 'remove-private-as': scope } }, `remove-private-as: ${scope}`, async () => {
        expect((await inFrr('10.10.0.0/16'))?.asPath).toEqual(path);
      });
    await softly({ frr: { 'as-override': true, 'send-communities': ['large'] } }, 'as-override', async () => {
      expect((await inFrr('10.11.0.0/16'))?.asPath).toEqual([65001, 65002, 65001]);
      expect(await inFrr(OWN)).toMatchObject({ communities: [], largeCommunities: ['65001:1:2'] });
    });
  });

  test('allow-own-as', async () => {
    await softly({ bird: { 'allow-own-as': 1 } }, 'the path with our AS', async () => {
      expect((await ours('10.13.0.0/16'))?.accepted).toBe(true);
      expect((await inFrr('10.13.0.0/16'))?.asPath).toEqual([65001, 65002, 65001]);
    });
  });

  test('graceful-shutdown, default-originate and max-prefixes-out', async () => {
    const frr = { 'graceful-shutdown': true, 'default-originate': true };
    await softly({ frr }, 'the default route and the community', async () => {
      expect((await inFrr('10.10.0.0/16'))?.communities).toEqual(['gracefulShutdown']);
      expect(await inFrr('0.0.0.0/0')).toMatchObject({ asPath: [65001], nextHop: '10.97.2.1' });
    });
    await softly({ frr: { 'max-prefixes-out': 100 } }, 'neither', async () => {
      expect((await inFrr('10.10.0.0/16'))?.communities).toEqual([]);
      expect(await inFrr('0.0.0.0/0')).toBeUndefined();
    });
  });

  test('aggregates and a network with a condition', async () => {
    const top = { aggregates: [{ prefix: '10.0.0.0/8', 'summary-only': true }] };
    await softly({ top }, 'the aggregate alone', async () => {
      const routes = (await frrPeer.routes('ipv4-unicast')).map(({ prefix }) => prefix);
      expect(routes.filter((prefix) => prefix.startsWith('10.'))).toEqual(['10.0.0.0/8']);
      expect(await inFrr('10.0.0.0/8')).toMatchObject({
        asPath: [65001],
        present: { atomicAggregate: true, aggregator: true },
      });
    });
    const networks = [{ prefix: OWN, 'announce-if-present': '10.20.0.0/16' }];
    await softly({ top: { networks } }, 'the network', async () => {
      expect(await inBird(OWN)).toContain('65001');
    });
    await vtysh(
      'configure terminal',
      'router bgp 65003',
      'address-family ipv4 unicast',
      'no network 10.20.0.0/16',
    );
    await eventually(async () => expect(await inBird(OWN)).toBe('nothing'), {
      what: 'the network to go',
    });
    await vtysh(
      'configure terminal',
      'router bgp 65003',
      'address-family ipv4 unicast',
      'network 10.20.0.0/16',
    );
  });

  test('route server: FRR hears the path, MED and next hop of BIRD', async () => {
    await softly({ frr: { 'route-server-client': true } }, 'the transparent route', async () => {
      expect(await inFrr('10.10.0.0/16')).toMatchObject({
        asPath: [65002, 3356, 64600],
        nextHop: BIRD,
        med: 5,
      });
    });
  });

  test('shutdown with a text that both daemons show (RFC 9003)', async () => {
    bellhop.reload(config({ bird: { shutdown: 'rack 7 moves' }, frr: { shutdown: 'rack 8 moves' } }));
    await eventually(
      async () => expect(await birdc('show', 'protocols', 'all', 'bellhop')).toContain('rack 7 moves'),
      {
        what: 'the text in BIRD',
      },
    );
    await eventually(
      async () => expect(frrPeer.process.log).toContain('6/2 (Cease/Administrative Shutdown) "rack 8 moves"'),
      {
        what: 'the text in FRR',
      },
    );
    expect(await bellhop.neighbor(BIRD)).toMatchObject({ state: 'Idle', held: { cause: 'shutdown' } });
    bellhop.reload(config({}));
    await bothUp();
  });

  test('max-prefixes: FRR is told Cease/1, and comes back when the limit allows', async () => {
    // FRR says our own routes back to us, which are not accepted.
    const accepted = async () => (await bellhop.neighbor(FRR)).families[0]?.accepted;
    await eventually(async () => expect(await accepted()).toBe(2), { what: 'both routes of FRR' });
    await softly(
      { frr: { 'max-prefixes': { count: 1, action: 'block', counts: 'accepted' } } },
      'a limit that is too late',
      async () => {
        expect((await bellhop.neighbor(FRR)).families[0]).toMatchObject({ accepted: 2 });
      },
    );
    bellhop.reload(
      config({ frr: { 'max-prefixes': { count: 1, counts: 'accepted', 'restart-after': '1h' } } }),
    );
    await eventually(
      async () => expect(frrPeer.process.log).toContain('6/1 (Cease/Maximum Number of Prefixes Reached)'),
      {
        what: 'the reason in FRR',
      },
    );
    expect(await bellhop.neighbor(FRR)).toMatchObject({
      state: 'Idle',
      held: { cause: 'max-prefixes', reason: '2 ipv4-unicast prefixes accepted, max-prefixes is 1' },
    });
    bellhop.reload(config({ frr: { 'max-prefixes': { count: 1, action: 'block', counts: 'accepted' } } }));
    await bothUp();
    await eventually(
      async () =>
        expect((await bellhop.neighbor(FRR)).families[0]).toMatchObject({ accepted: 1, refused: 1 }),
      { what: 'one route and one refusal' },
    );
    bellhop.reload(config({}));
    await bellhop.refresh(FRR);
    await eventually(async () => expect((await bellhop.neighbor(FRR)).families[0]?.accepted).toBe(2), {
      what: 'the refused route after a refresh',
    });
  });

  test('roles: BIRD as customer gets ONLY_TO_CUSTOMER; as peer it does not match', async () => {
    await reconfigureBird(birdConfig('customer'));
    bellhop.reload(config({ bird: { role: 'provider', 'role-strict': true } }));
    await eventually(async () => expect(await inBird(OWN)).toContain('BGP.otc: 65001'), {
      what: 'the attribute in BIRD',
      timeout: 40_000,
      processes: [bellhop.process],
    });
    const capabilities = (await bellhop.neighbor(BIRD)).capabilities;
    expect([capabilities.local, capabilities.remote]).toEqual([
      expect.arrayContaining(['role provider']),
      expect.arrayContaining(['role customer']),
    ]);
    await reconfigureBird(birdConfig('peer'));
    await eventually(
      async () => expect((await bellhop.neighbor(BIRD)).lastError).toMatchObject({ code: 2, subcode: 11 }),
      { what: 'the mismatch', timeout: 40_000 },
    );
    expect(await state(BIRD)).not.toBe('Established');
    await reconfigureBird(birdConfig());
    await eventually(
      async () => expect((await bellhop.neighbor(BIRD)).lastError?.reason).toContain('the peer says none'),
      { what: 'the refusal in strict mode', timeout: 40_000 },
    );
    bellhop.reload(config({ bird: { role: 'provider' } }));
    await bothUp();
    // A leak: BIRD, of which we are the provider, sends a route that is for customers only.
    await eventually(async () => expect((await ours('10.14.0.0/16'))?.rejectReason).toContain('route leak'), {
      what: 'the leak',
    });
  });

  test('local-as: both daemons know us by another number', async () => {
    await reconfigureBird(birdConfig('', 64999));
    await vtysh('configure terminal', 'router bgp 65003', 'neighbor 10.97.2.1 remote-as 64998');
    bellhop.reload(
      config({
        bird: { 'local-as': { as: 64999 } },
        frr: { 'local-as': { as: 64998, 'no-prepend': true, 'replace-as': true } },
      }),
    );
    await bothUp();
    await eventually(
      async () => {
        expect(await inBird(OWN)).toContain('BGP.as_path: 64999 65001');
        expect(await inBird('10.20.0.0/16')).toContain('BGP.as_path: 64999 65001 65003');
        expect((await inFrr('10.10.0.0/16'))?.asPath).toEqual([64998, 64999, 65002, 3356, 64600]);
      },
      { what: 'the paths', timeout: 15_000 },
    );
  });
});
