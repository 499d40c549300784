/**
 * The life of one session with another daemon, on one long-lived pair: routes both ways, changes, route refresh,
 * resets from either side, a peer that falls silent, and the end.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PeerDaemon, RouteSpec } from './lab/peer.ts';
import { BELLHOP, established, ourSide, type Pair, PEER, startPair, waitFor } from './pair.ts';
import { OUR_NETWORKS, theirRoutes, theyHaveOurs, weHaveTheirs } from './routes.ts';

/** Tests in this order; each leaves the session as it should be. */
export function lifeOfASession(daemon: PeerDaemon): void {
  let pair: Pair;
  const theirs = theirRoutes(daemon);

  beforeAll(async () => {
    pair = await startPair(daemon, { networks: OUR_NETWORKS, routes: theirs });
  });
  afterAll(() => pair?.lab.destroy());

  const bothHaveAll = async (): Promise<void> => {
    await established(pair);
    await theyHaveOurs(pair, OUR_NETWORKS, [BELLHOP.as]);
    await weHaveTheirs(pair, theirs);
  };

  test('both sides active: IPv4 and IPv6 routes arrive with every attribute', bothHaveAll);

  test('they announce and withdraw', async () => {
    await established(pair);
    const more: readonly RouteSpec[] = [
      { prefix: '10.201.0.0/16', med: 5, communities: ['65002:9'] },
      { prefix: '2001:db8:c::/48' },
    ];
    await pair.peer.announce(more);
    await weHaveTheirs(pair, [...theirs, ...more]);
    await pair.peer.withdraw(more.map((route) => route.prefix));
    await weHaveTheirs(pair, theirs);
  });

  test('we announce and withdraw on SIGHUP, without touching the session', async () => {
    await established(pair);
    const { flaps } = await ourSide(pair);
    const more = [{ prefix: '10.50.0.0/16', med: 7 }, { prefix: '2001:db8:50::/48' }];
    pair.bellhop.reload({ ...pair.bellhopConfig, networks: [...OUR_NETWORKS, ...more] });
    await theyHaveOurs(pair, [...OUR_NETWORKS, ...more], [BELLHOP.as]);
    pair.bellhop.reload(pair.bellhopConfig);
    await theyHaveOurs(pair, OUR_NETWORKS, [BELLHOP.as]);
    expect((await ourSide(pair)).flaps).toBe(flaps);
  });

  test.skipIf(!daemon.features.asksRefresh)('route refresh, asked by them', async () => {
    await established(pair);
    const before = await ourSide(pair);
    await pair.peer.refresh(BELLHOP.address);
    await waitFor(pair, 'we answer a ROUTE-REFRESH', async () => {
      const now = await ourSide(pair);
      expect(now.messagesReceived.routeRefreshes).toBeGreaterThan(before.messagesReceived.routeRefreshes);
      expect(now.messagesSent.updates).toBeGreaterThan(before.messagesSent.updates);
    });
    await theyHaveOurs(pair, OUR_NETWORKS, [BELLHOP.as]);
    expect((await ourSide(pair)).flaps).toBe(before.flaps);
  });

  test(`route refresh, asked by us: it ${daemon.features.onRefresh}`, async () => {
    await established(pair);
    const before = await ourSide(pair);
    await pair.bellhop.refresh(PEER.address);
    const { onRefresh } = daemon.features;
    await waitFor(pair, 'they get a ROUTE-REFRESH', async () => {
      const now = await ourSide(pair);
      expect(now.messagesSent.routeRefreshes).toBeGreaterThan(before.messagesSent.routeRefreshes);
      if (onRefresh !== 'ignores')
        expect(now.messagesReceived.updates).toBeGreaterThan(before.messagesReceived.updates);
    });
    await weHaveTheirs(pair, theirs);
    if (onRefresh === 'closes') await bothHaveAll();
    else expect((await ourSide(pair)).flaps).toBe(before.flaps);
  });

  test('a reset from their side: routes go, everything comes back', async () => {
    await established(pair);
    const { flaps } = await ourSide(pair);
    await pair.peer.resetSession(BELLHOP.address);
    await waitFor(pair, 'we notice the reset', async () => {
      expect((await ourSide(pair)).flaps).toBeGreaterThan(flaps);
    });
    expect((await ourSide(pair)).lastError).toMatchObject({ direction: 'received', code: 6 });
    await bothHaveAll();
  });

  test('a reset from our side: routes go, everything comes back', async () => {
    await established(pair);
    pair.bellhop.reload({ ...pair.bellhopConfig, neighbors: [] });
    await waitFor(pair, 'they notice that the neighbor is gone', async () => {
      expect(await pair.peer.sessionState(BELLHOP.address)).not.toBe('Established');
      expect(await pair.peer.routes('ipv4-unicast')).toEqual([]);
    });
    pair.bellhop.reload(pair.bellhopConfig);
    await bothHaveAll();
  });

  test('stopped without a word, they are given up when the hold timer expires, and come back', async () => {
    await established(pair);
    const { flaps } = await ourSide(pair);
    const stoppedAt = Date.now();
    pair.peer.process.signal('SIGSTOP');
    try {
      await waitFor(pair, 'the hold timer expires', async () => {
        expect((await ourSide(pair)).flaps).toBeGreaterThan(flaps);
      });
    } finally {
      pair.peer.process.signal('SIGCONT');
    }
    expect(Date.now() - stoppedAt).toBeGreaterThan(1_500);
    expect((await ourSide(pair)).lastError).toMatchObject({ direction: 'sent', code: 4 });
    if (daemon.features.idlesAfterError) await startAgain(pair);
    await bothHaveAll();
  });

  test('stopped by SIGTERM, bellhop says goodbye and exits with 0 in 3 s', async () => {
    await established(pair);
    const startedAt = Date.now();
    const { code } = await pair.bellhop.stop();
    expect(code).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    await waitFor(
      pair,
      'they notice at once',
      async () => {
        expect(await pair.peer.sessionState(BELLHOP.address)).not.toBe('Established');
        expect(await pair.peer.routes('ipv4-unicast')).toEqual([]);
      },
      2_000,
    );
  });
}

/** Shortens the pause that the other side makes after an error. */
async function startAgain(pair: Pair): Promise<void> {
  for (const address of pair.neighbors) {
    await pair.peer.resetSession(address === PEER.address6 ? BELLHOP.address6 : BELLHOP.address);
  }
}
