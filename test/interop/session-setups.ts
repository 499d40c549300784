/**
 * Sessions set up in all the ways there are: who connects, over which IP version, with which protection, with AS
 * numbers of two and four octets. Each has a pair of its own, so they run side by side.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PeerDaemon, RouteSpec } from './lab/peer.ts';
import { BELLHOP, established, ourSide, type Pair, type PairOptions, withPair } from './pair.ts';
import { OUR_NETWORKS, ofFamily, theirRoutes, theyHaveOurs, weHaveTheirs } from './routes.ts';

/** How long a session that must not come up is watched: several attempts of either side fit in. */
const NEVER_MILLISECONDS = 3_500;

/** Stands for a 4-octet AS number where there are 2 octets (RFC 6793). */
const AS_TRANS = 23_456;

/** The tests of all setups. */
export function sessionSetups(daemon: PeerDaemon): void {
  waysToConnect(daemon);
  protectedSessions(daemon);
  otherPeers(daemon);
}

function waysToConnect(daemon: PeerDaemon): void {
  test.concurrent('we are passive', async () => {
    await withPair(daemon, { ours: { passive: true }, sessions: 'ipv4' }, async (pair) => {
      await established(pair);
      expect((await ourSide(pair)).localPort).toBe(179);
    });
  });

  test.concurrent('they are passive', async () => {
    await withPair(daemon, { theirs: { passive: true }, sessions: 'ipv4' }, async (pair) => {
      await established(pair);
      expect((await ourSide(pair)).remotePort).toBe(179);
    });
  });

  test.concurrent('IPv6 session with IPv6 routes', async () => {
    const networks = ofFamily(OUR_NETWORKS, 'ipv6-unicast');
    const routes = ofFamily(theirRoutes(daemon), 'ipv6-unicast');
    await withPair(daemon, { networks, routes, sessions: 'ipv6' }, async (pair) => {
      await established(pair);
      await theyHaveOurs(pair, networks, [BELLHOP.as]);
      await weHaveTheirs(pair, routes);
    });
  });
}

function protectedSessions(daemon: PeerDaemon): void {
  const ipv4: PairOptions = { sessions: 'ipv4' };

  test.concurrent('MD5 with the right key', async () => {
    const right = { ...ipv4, ours: { password: 'right key' }, theirs: { password: 'right key' } };
    const plain = { ...right, ours: { password: 'right-key' }, theirs: { password: 'right-key' } };
    await withPair(daemon, daemon.features.passwordWithSpace ? right : plain, (pair) => established(pair));
  });

  test.concurrent('MD5 with the wrong key: no session', async () => {
    await withPair(
      daemon,
      { ...ipv4, ours: { password: 'right' }, theirs: { password: 'wrong' } },
      neverEstablished,
    );
  });

  test.concurrent('MD5 on our side alone: no session', async () => {
    await withPair(daemon, { ...ipv4, ours: { password: 'right' } }, neverEstablished);
  });

  test.concurrent('GTSM on both sides', async () => {
    await withPair(daemon, { ...ipv4, ours: { 'ttl-security': 1 }, theirs: { ttlSecurity: true } }, (pair) =>
      established(pair),
    );
  });

  test.concurrent('GTSM on our side alone: no session', async () => {
    await withPair(daemon, { ...ipv4, ours: { 'ttl-security': 1 } }, neverEstablished);
  });
}

function otherPeers(daemon: PeerDaemon): void {
  const networks = ofFamily(OUR_NETWORKS, 'ipv4-unicast');
  const routes: readonly RouteSpec[] = [{ prefix: '203.0.113.0/24', med: 20 }];

  const twoOctet = daemon.features.twoOctetAs;
  test.skipIf(twoOctet === undefined).concurrent('a 2-octet-AS peer', async () => {
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
  });

  test.concurrent('we are the 2-octet-AS speaker', async () => {
    const options: PairOptions = { networks, routes, sessions: 'ipv4', ours: { 'four-octet-as': false } };
    await withPair(daemon, options, async (pair) => {
      await established(pair);
      await theyHaveOurs(pair, networks, [BELLHOP.as]);
      await weHaveTheirs(pair, routes);
    });
  });

  test.concurrent('4-octet AS numbers on both sides', async () => {
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
  });
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
