/**
 * `explain` of a running daemon against the table of BIRD: for every prefix it says that BIRD was told exactly when BIRD
 * has the route, with the attributes that BIRD shows.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requests } from '../../src/api/client.ts';
import type { ExplainedExport, Explanation } from '../../src/api/types.ts';
import type { BellhopConfig } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { describeLab } from './lab/guard.ts';
import { eventually } from './lab/process.ts';
import { type Pair, PEER, startPair } from './pair.ts';

/** Prefix and the reason that decides about BIRD. */
const FATES: readonly (readonly [prefix: string, cause: ExplainedExport['cause']])[] = [
  ['192.0.2.0/24', 'sent'],
  ['198.51.100.0/24', 'sent'],
  ['203.0.113.0/24', 'no-export'],
  ['203.0.114.0/24', 'no-advertise'],
  ['203.0.115.0/24', 'export-policy'],
  ['203.0.116.0/24', 'audience'],
  ['10.200.0.0/16', 'sent'],
  ['10.200.1.0/24', 'summary-only'],
  ['10.20.0.0/16', 'split-horizon'],
  ['10.66.0.0/16', 'no-route'],
  ['172.16.0.0/12', 'no-route'],
];

/** The key of a verdict; written out it would look like a promise. */
const then = (verdict: string): BellhopConfig => Object.fromEntries([['then', verdict]]);

describeLab('explain and BIRD', [bird], () => {
  let pair: Pair;

  beforeAll(async () => {
    pair = await startPair(bird, {
      sessions: 'ipv4',
      ours: { import: 'from-bird', export: 'to-bird' },
      top: {
        policies: {
          'from-bird': [
            { name: 'unwanted', match: { prefix: ['10.66.0.0/16'] }, ...then('reject') },
            { default: 'accept' },
          ],
          'to-bird': [
            { name: 'hidden', match: { prefix: ['203.0.115.0/24'] }, ...then('reject') },
            { name: 'far', match: { prefix: ['198.51.100.0/24'] }, set: { med: 55 }, ...then('accept') },
            { default: 'accept' },
          ],
        },
        aggregates: [{ prefix: '10.200.0.0/16', 'summary-only': true }],
      },
      networks: [
        { prefix: '192.0.2.0/24', communities: ['65001:1'] },
        { prefix: '198.51.100.0/24' },
        { prefix: '203.0.113.0/24', communities: ['no-export'] },
        { prefix: '203.0.114.0/24', communities: ['no-advertise'] },
        { prefix: '203.0.115.0/24' },
        { prefix: '10.200.1.0/24' },
      ],
      routes: [{ prefix: '10.20.0.0/16' }, { prefix: '10.66.0.0/16' }],
    });
    await eventually(
      async () => expect((await pair.bellhop.neighbor(PEER.address)).families[0]?.received).toBe(2),
      { what: 'the routes of BIRD' },
    );
    await pair.bellhop.ask(requests.announce('test', { prefix: '203.0.116.0/24', peers: ['10.99.0.77'] }));
    await eventually(async () => expect(await pair.peer.routes('ipv4-unicast')).toHaveLength(3), {
      what: 'our routes in BIRD',
    });
  }, 60_000);

  afterAll(() => pair?.lab.destroy());

  const ask = (prefix: string): Promise<Explanation> =>
    pair.bellhop.ask(requests.explain({ prefix, to: PEER.address }));

  test.each(FATES)('%s: %s', async (prefix, cause) => {
    const told = (await ask(prefix)).exports[0]!;
    expect(told).toMatchObject({ peer: PEER.address, cause });
    const theirs = (await pair.peer.routes('ipv4-unicast')).find((route) => route.prefix === prefix);
    expect(told.sent !== undefined).toBe(theirs !== undefined);
    if (theirs === undefined) return;
    const { nextHop, asPath, med, origin, communities } = told.sent!;
    expect({ nextHop, asPath: asPath.split(' ').map(Number), med, origin, communities }).toEqual({
      nextHop: theirs.nextHop,
      asPath: theirs.asPath,
      med: theirs.med,
      origin: theirs.origin,
      communities: theirs.communities,
    });
  });
});
