/**
 * The labs of config/lab, built from their containerlab files: members behind a route server, and IPv4 over IPv6 next
 * hops. (anycast.test.ts has the first lab, topology.test.ts the one with five daemons.)
 */
import { afterEach, expect, test } from 'vitest';
import { Containerlab, daemonsOf, established, imageHealthCheck } from './lab/containerlab.ts';
import { describeLab } from './lab/guard.ts';
import { eventually, run } from './lab/process.ts';

let lab: Containerlab | undefined;
afterEach(async () => {
  await lab?.destroy();
  lab = undefined;
});

const ROUTE_SERVER = 'route-server/route-server.clab.yml';
const DUAL_STACK = 'dual-stack/dual-stack.clab.yml';

describeLab('GoBGP route server with bellhop members', daemonsOf(ROUTE_SERVER), () => {
  test('members hear each other, with the AS path and the next hop of the other member', async () => {
    lab = await Containerlab.deploy(ROUTE_SERVER);
    const deployed = lab;
    await established(deployed, 'server', ['192.0.2.11', '192.0.2.12', '192.0.2.13']);
    const heard = async (member: number): Promise<readonly string[]> => {
      const routes = await deployed.bellhop(`member${member}`).routes({ received: '192.0.2.1' });
      return routes
        .filter(({ accepted }) => accepted)
        .map(({ prefix, asPath, nextHop }) => `${prefix} path ${asPath} via ${nextHop}`)
        .sort();
    };
    for (const member of [1, 2, 3])
      await eventually(
        async () => {
          const others = [1, 2, 3].filter((one) => one !== member);
          const expected = others.flatMap((one) => [
            `203.0.113.${one * 64 - 64}/26 path 6501${one} via 192.0.2.1${one}`,
            `2001:db8:${one}${one}::/48 path 6501${one} via 2001:db8:1::1${one}`,
          ]);
          expect(await heard(member)).toEqual(expected.sort());
        },
        { what: `member${member} has the routes of the others`, timeout: 30_000 },
      );

    // A member may talk to its bellhop, not to the others: they hear it all the same.
    await deployed.bellhop('member1').command('announce', '203.0.113.192/26', '--community', '65011:7');
    await deployed.bellhop('member1').command('announce', '198.18.0.0/24');
    for (const member of [2, 3])
      await eventually(
        async () => {
          const [route] = await deployed.bellhop(`member${member}`).routes({ prefix: '203.0.113.192/26' });
          expect(route).toMatchObject({ asPath: '65011', nextHop: '192.0.2.11', communities: ['65011:7'] });
        },
        { what: `member${member} has the new route` },
      );
    const bogon = await deployed.bellhop('member2').routes({ prefix: '198.18.0.0/24' });
    expect(bogon.filter(({ accepted }) => accepted)).toEqual([]);

    await deployed.peer('server').kill();
    const [, ...health] = imageHealthCheck();
    await eventually(
      async () =>
        await expect(deployed.bellhop('member1').command(...health)).rejects.toThrow(/192\.0\.2\.1 is /),
      { what: 'a member without a session is not healthy' },
    );
    await deployed.start('server');
    for (const member of [2, 3])
      await deployed.bellhop(`member${member}`).command('wait', 'established', '--all', '--timeout', '30s');
    await eventually(async () => expect(await heard(2)).toHaveLength(5), {
      what: 'the routes are back',
      timeout: 30_000,
    });

    expect((await deployed.bellhop('member1').stop()).code).toBe(0);
    await eventually(async () => expect(await heard(2)).toHaveLength(2), {
      what: 'the routes of a member that left are gone',
    });
  });
});

describeLab('dual stack: IPv4 with IPv6 next hops (RFC 8950)', daemonsOf(DUAL_STACK), () => {
  test('both routers forward both families to the service, over links without IPv4', async () => {
    lab = await Containerlab.deploy(DUAL_STACK);
    const deployed = lab;
    const kernel = (node: string, ...words: string[]): Promise<string> =>
      run('ip', ['-n', deployed.node(node).namespace, ...words]);
    await established(deployed, 'bird', ['fd00:1::2']);
    await established(deployed, 'frr', ['fd00:2::2']);
    // Started before its links were there, as containerlab does it.
    const { log } = deployed.bellhop('node').process;
    expect(log).toContain('waiting for 2 links');
    expect(log).not.toContain('starting without the other links');
    const [health = '', ...words] = imageHealthCheck();
    expect(health).toBe('bellhop');
    expect(await deployed.bellhop('node').command(...words)).toBe('');
    for (const [router, via] of [
      ['bird', 'fd00:1::2'],
      ['frr', 'fd00:2::2'],
    ] as const) {
      await eventually(
        async () => {
          expect(await kernel(router, 'route', 'show', '203.0.113.10')).toContain(
            `via inet6 ${via} dev eth1`,
          );
          expect(await kernel(router, '-6', 'route', 'show', '2001:db8:5::10')).toContain(
            `via ${via} dev eth1`,
          );
        },
        { what: `the kernel of ${router} has both routes`, timeout: 30_000 },
      );
      expect(await kernel(router, '-4', 'address', 'show', 'dev', 'eth1')).toBe('');
    }
    for (const client of ['client1', 'client2'])
      for (const host of ['203.0.113.10', '[2001:db8:5::10]']) {
        const { namespace } = deployed.node(client);
        expect(await run('curl', ['-s', '-m', '2', `http://${host}:8080/`], { namespace })).toBe('node\n');
      }

    await deployed.process('web').kill();
    for (const router of ['bird', 'frr'])
      await eventually(
        async () => {
          expect(await kernel(router, 'route', 'show', '203.0.113.10')).toBe('');
          expect(await kernel(router, '-6', 'route', 'show', '2001:db8:5::10')).toBe('');
        },
        { what: `${router} has withdrawn both routes` },
      );
  });
});
