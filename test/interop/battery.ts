/**
 * What every other BGP daemon must be able to do with bellhop. One long-lived pair goes through the life of a
 * session; what needs another configuration has a pair of its own and runs beside it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeLab } from './lab/guard.ts';
import type { PeerDaemon, RouteSpec } from './lab/peer.ts';
import {
  BELLHOP,
  established,
  ourSide,
  type Pair,
  type PairOptions,
  PEER,
  startPair,
  waitFor,
  withPair,
} from './pair.ts';
import { OUR_NETWORKS, ofFamily, theirRoutes, theyHaveOurs, weHaveTheirs } from './routes.ts';

/** How long a session that must not come up is watched: several attempts of either side fit in. */
const NEVER_MILLISECONDS = 3_500;

const TIMEOUT = 60_000;

/** Stands for a 4-octet AS number where there are 2 octets (RFC 6793). */
const AS_TRANS = 23_456;

/** The tests of one daemon. */
export function battery(daemon: PeerDaemon): void {
  describeLab(`interop with ${daemon.name}`, [daemon], () => {
    describe('a session', () => lifeOfASession(daemon));
    describe('a session set up in another way', () => {
      waysToConnect(daemon);
      protectedSessions(daemon);
      otherPeers(daemon);
    });
  });
}

function lifeOfASession(daemon: PeerDaemon): void {
  let pair: Pair;
  const theirs = theirRoutes(daemon);

  beforeAll(async () => {
    pair = await startPair(daemon, { networks: OUR_NETWORKS, routes: theirs });
  }, TIMEOUT);
  afterAll(() => pair?.lab.destroy());

  const bothHaveAll = async (): Promise<void> => {
    await established(pair);
    await theyHaveOurs(pair, OUR_NETWORKS, [BELLHOP.as]);
    await weHaveTheirs(pair, theirs);
  };

  test('both sides active: IPv4 and IPv6 routes arrive with every attribute', bothHaveAll, TIMEOUT);

  test(
    'they announce and withdraw',
    async () => {
      await established(pair);
      const more: readonly RouteSpec[] = [
        { prefix: '10.201.0.0/16', med: 5, communities: ['65002:9'] },
        { prefix: '2001:db8:c::/48' },
      ];
      await pair.peer.announce(more);
      await weHaveTheirs(pair, [...theirs, ...more]);
      await pair.peer.withdraw(more.map((route) => route.prefix));
      await weHaveTheirs(pair, theirs);
    },
    TIMEOUT,
  );

  test(
    'we announce and withdraw on SIGHUP, without touching the session',
    async () => {
      await established(pair);
      const { flaps } = await ourSide(pair);
      const more = [{ prefix: '10.50.0.0/16', med: 7 }, { prefix: '2001:db8:50::/48' }];
      pair.bellhop.reload({ ...pair.bellhopConfig, networks: [...OUR_NETWORKS, ...more] });
      await theyHaveOurs(pair, [...OUR_NETWORKS, ...more], [BELLHOP.as]);
      pair.bellhop.reload(pair.bellhopConfig);
      await theyHaveOurs(pair, OUR_NETWORKS, [BELLHOP.as]);
      expect((await ourSide(pair)).flaps).toBe(flaps);
    },
    TIMEOUT,
  );

  test.skipIf(!daemon.features.asksRefresh)(
    'route refresh, asked by them',
    async () => {
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
    },
    TIMEOUT,
  );

  test(
    `route refresh, asked by us: it ${daemon.features.onRefresh}`,
    async () => {
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
    },
    TIMEOUT,
  );

  test(
    'a reset from their side: routes go, everything comes back',
    async () => {
      await established(pair);
      const { flaps } = await ourSide(pair);
      await pair.peer.resetSession(BELLHOP.address);
      await waitFor(pair, 'we notice the reset', async () => {
        expect((await ourSide(pair)).flaps).toBeGreaterThan(flaps);
      });
      expect((await ourSide(pair)).lastError).toMatchObject({ direction: 'received', code: 6 });
      await bothHaveAll();
    },
    TIMEOUT,
  );

  test(
    'a reset from our side: routes go, everything comes back',
    async () => {
      await established(pair);
      pair.bellhop.reload({ ...pair.bellhopConfig, neighbors: [] });
      await waitFor(pair, 'they notice that the neighbor is gone', async () => {
        expect(await pair.peer.sessionState(BELLHOP.address)).not.toBe('Established');
        expect(await pair.peer.routes('ipv4-unicast')).toEqual([]);
      });
      pair.bellhop.reload(pair.bellhopConfig);
      await bothHaveAll();
    },
    TIMEOUT,
  );

  test(
    'stopped without a word, they are given up when the hold timer expires, and come back',
    async () => {
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
    },
    TIMEOUT,
  );

  test(
    'stopped by SIGTERM, bellhop says goodbye and exits with 0 in 3 s',
    async () => {
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
    },
    TIMEOUT,
  );
}

function waysToConnect(daemon: PeerDaemon): void {
  test.concurrent(
    'we are passive',
    async () => {
      await withPair(daemon, { ours: { passive: true }, sessions: 'ipv4' }, async (pair) => {
        await established(pair);
        expect((await ourSide(pair)).localPort).toBe(179);
      });
    },
    TIMEOUT,
  );

  test.concurrent(
    'they are passive',
    async () => {
      await withPair(daemon, { theirs: { passive: true }, sessions: 'ipv4' }, async (pair) => {
        await established(pair);
        expect((await ourSide(pair)).remotePort).toBe(179);
      });
    },
    TIMEOUT,
  );

  test.concurrent(
    'IPv6 session with IPv6 routes',
    async () => {
      const networks = ofFamily(OUR_NETWORKS, 'ipv6-unicast');
      const routes = ofFamily(theirRoutes(daemon), 'ipv6-unicast');
      await withPair(daemon, { networks, routes, sessions: 'ipv6' }, async (pair) => {
        await established(pair);
        await theyHaveOurs(pair, networks, [BELLHOP.as]);
        await weHaveTheirs(pair, routes);
      });
    },
    TIMEOUT,
  );
}

function protectedSessions(daemon: PeerDaemon): void {
  const ipv4: PairOptions = { sessions: 'ipv4' };

  test.concurrent(
    'MD5 with the right key',
    async () => {
      const right = { ...ipv4, ours: { password: 'right key' }, theirs: { password: 'right key' } };
      const plain = { ...right, ours: { password: 'right-key' }, theirs: { password: 'right-key' } };
      await withPair(daemon, daemon.features.passwordWithSpace ? right : plain, (pair) => established(pair));
    },
    TIMEOUT,
  );

  test.concurrent(
    'MD5 with the wrong key: no session',
    async () => {
      await withPair(
        daemon,
        { ...ipv4, ours: { password: 'right' }, theirs: { password: 'wrong' } },
        neverEstablished,
      );
    },
    TIMEOUT,
  );

  test.concurrent(
    'MD5 on our side alone: no session',
    async () => {
      await withPair(daemon, { ...ipv4, ours: { password: 'right' } }, neverEstablished);
    },
    TIMEOUT,
  );

  test.concurrent(
    'GTSM on both sides',
    async () => {
      await withPair(
        daemon,
        { ...ipv4, ours: { 'ttl-security': 1 }, theirs: { ttlSecurity: true } },
        (pair) => established(pair),
      );
    },
    TIMEOUT,
  );

  test.concurrent(
    'GTSM on our side alone: no session',
    async () => {
      await withPair(daemon, { ...ipv4, ours: { 'ttl-security': 1 } }, neverEstablished);
    },
    TIMEOUT,
  );
}

function otherPeers(daemon: PeerDaemon): void {
  const networks = ofFamily(OUR_NETWORKS, 'ipv4-unicast');
  const routes: readonly RouteSpec[] = [{ prefix: '203.0.113.0/24', med: 20 }];

  const twoOctet = daemon.features.twoOctetAs;
  test.skipIf(twoOctet === undefined).concurrent(
    'a 2-octet-AS peer',
    async () => {
      const ourAs = twoOctet?.peerAs === 'none' ? BELLHOP.as : 4_200_000_001;
      const shownAs = twoOctet?.mergesAs4Path ? ourAs : AS_TRANS;
      const behind = daemon.features.asPath
        ? [{ prefix: '10.202.0.0/16', asPath: [65100, 4_200_000_100] }]
        : [];
      const options: PairOptions = {
        networks,
        routes: [...routes, ...behind],
        sessions: 'ipv4',
        ourAs,
        ourAsAsSeen: twoOctet?.peerAs === 'trans' ? AS_TRANS : ourAs,
        theirs: { twoOctetAs: true },
      };
      await withPair(daemon, options, async (pair) => {
        await established(pair);
        expect((await ourSide(pair)).capabilities.remote.join()).not.toContain('four-octet-as');
        await theyHaveOurs(pair, networks, [shownAs]);
        await weHaveTheirs(pair, [...routes, ...behind]);
      });
    },
    TIMEOUT,
  );

  test.concurrent(
    'we are the 2-octet-AS speaker',
    async () => {
      const options: PairOptions = { networks, routes, sessions: 'ipv4', ours: { 'four-octet-as': false } };
      await withPair(daemon, options, async (pair) => {
        await established(pair);
        await theyHaveOurs(pair, networks, [BELLHOP.as]);
        await weHaveTheirs(pair, routes);
      });
    },
    TIMEOUT,
  );

  test.concurrent(
    '4-octet AS numbers on both sides',
    async () => {
      const options: PairOptions = {
        networks,
        routes,
        sessions: 'ipv4',
        ourAs: 4_200_000_001,
        theirAs: 4_200_000_002,
      };
      await withPair(daemon, options, async (pair) => {
        await established(pair);
        await theyHaveOurs(pair, networks, [4_200_000_001]);
        await weHaveTheirs(pair, routes, [4_200_000_002]);
      });
    },
    TIMEOUT,
  );
}

/** Shortens the pause that the other side makes after an error. */
async function startAgain(pair: Pair): Promise<void> {
  for (const address of pair.neighbors) {
    await pair.peer.resetSession(address === PEER.address6 ? BELLHOP.address6 : BELLHOP.address);
  }
}

/**
 * Watches for long enough that a session would have come up on our side. The other side may believe in one for a
 * moment: with GTSM here alone it gets our messages, and we do not take its.
 */
async function neverEstablished(pair: Pair): Promise<void> {
  const end = Date.now() + NEVER_MILLISECONDS;
  while (Date.now() < end) {
    expect((await ourSide(pair)).state).not.toBe('Established');
    await sleep(100);
  }
}
