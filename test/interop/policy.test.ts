/**
 * Policies on a running session with BIRD: a reload judges the routes again in both directions, BIRD hears the
 * difference and nothing else, and the session stays.
 */
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { BellhopConfig } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { describeLab } from './lab/guard.ts';
import type { RouteSpec } from './lab/peer.ts';
import { established, type Pair, PEER, waitFor, withPair } from './pair.ts';

const ROUTES: readonly RouteSpec[] = [
  { prefix: '45.1.0.0/16', communities: ['65002:1'], med: 10 },
  { prefix: '45.2.0.0/16', communities: ['65002:2'] },
  { prefix: '45.2.3.0/25' },
  { prefix: '10.1.0.0/16' },
];

const NETWORKS = [{ prefix: '46.1.0.0/16' }, { prefix: '46.2.0.0/16', communities: ['65001:9'] }];

/** The policies of the file, with what differs between the two versions of it. */
function policies(tag: string, preference: number, metric: number): BellhopConfig {
  return parse(`
prefix-sets: { ours: [46.0.0.0/8 le 16] }
policies:
  in:
    - { name: no-bogons, match: { prefix-set: bogons }, then: reject }
    - { match: { prefix-length: ">= 25" }, then: reject }
    - { match: { community: "${tag}" }, set: { local-pref: ${preference} }, then: accept }
  out:
    - match: { prefix-set: ours, not: { community: "65001:9" } }
      set: { med: ${metric}, prepend: { as: own, count: 2 } }
      then: accept
`) as BellhopConfig;
}

/** What bellhop has of BIRD's routes, and BIRD of bellhop's. */
async function tables({ bellhop, peer }: Pair) {
  const ours = await bellhop.routes({ family: 'ipv4-unicast' });
  const theirs = await peer.routes('ipv4-unicast');
  return {
    accepted: ours
      .filter((route) => route.peer === PEER.address && route.accepted)
      .map(({ prefix, localPref }) => `${prefix} ${localPref}`)
      .sort(),
    heard: theirs.map(({ prefix, med, asPath }) => `${prefix} ${med} ${asPath.join(' ')}`).sort(),
  };
}

/** What must not change when policies do. */
async function sessionFacts({ bellhop, peer, neighbors }: Pair) {
  const mine = await bellhop.neighbor(neighbors[0]!);
  return {
    state: mine.state,
    flaps: mine.flaps,
    opens: [mine.messagesSent.opens, mine.messagesReceived.opens],
    notifications: [mine.messagesSent.notifications, mine.messagesReceived.notifications],
    // No question to the peer: received routes are judged again from what is stored.
    refreshes: mine.messagesSent.routeRefreshes,
    theirs: await peer.sessionState('10.99.0.1'),
  };
}

describeLab('policies on a session with BIRD', [bird], () => {
  test('a reload of a changed policy changes routes and not the session', async () => {
    const options = {
      sessions: 'ipv4',
      routes: ROUTES,
      networks: NETWORKS,
      ours: { import: 'in', export: ['out'] },
      top: policies('65002:1', 200, 7),
    } as const;
    await withPair(bird, options, async (pair) => {
      await established(pair);
      await waitFor(pair, 'both sides have what the policies let through', async () => {
        expect(await tables(pair)).toEqual({
          accepted: ['45.1.0.0/16 200'],
          heard: ['46.1.0.0/16 7 65001 65001 65001'],
        });
      });
      const before = await sessionFacts(pair);
      expect(before).toMatchObject({ state: 'Established', flaps: 0, theirs: 'Established' });

      pair.bellhop.reload({ ...pair.bellhopConfig, ...policies('65002:2', 300, 8) });
      await waitFor(pair, 'both sides have what the new policies let through', async () => {
        expect(await tables(pair)).toEqual({
          accepted: ['45.2.0.0/16 300'],
          heard: ['46.1.0.0/16 8 65001 65001 65001'],
        });
      });
      expect(await sessionFacts(pair)).toEqual(before);

      const updates = (await pair.bellhop.neighbor(PEER.address)).messagesSent.updates;
      pair.bellhop.reload({ ...pair.bellhopConfig, ...policies('65002:2', 300, 8) });
      await waitFor(pair, 'the second reload is done', async () => {
        expect(pair.bellhop.process.log.match(/"event":"reloaded"/g)?.length ?? 0).toBeGreaterThan(1);
      });
      // The same content again: nobody hears anything.
      expect((await pair.bellhop.neighbor(PEER.address)).messagesSent.updates).toBe(updates);
      expect(await sessionFacts(pair)).toEqual(before);
    });
  });
});
