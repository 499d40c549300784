/** Ask 23 (GoBGP #2096, #1445): what a peer was sent and what was rejected, without recomputing or paging a whole table. */
import { expect, test } from 'vitest';
import { BellhopClient } from '../../src/client.ts';
import { hears, setting } from './setting.ts';

const PREFIXES = Array.from({ length: 25 }, (_, i) => `10.9.${i}.0/24`);

test('adj-rib-out and rejected routes, page by page, as the peer really has them', async () => {
  await using subject = await setting(23, {
    neighbor: 'import: in, export: accept',
    top: `networks: [${PREFIXES.map((prefix) => `{ prefix: ${prefix} }`).join(', ')}]
policies:
  in: [{ match: { prefix: 203.0.113.0/24 }, then: reject }, { default: accept }]`,
  });
  await subject.start();
  await hears(subject, ...PREFIXES);
  const bellhop = new BellhopClient(subject.socketPath);
  const seen: string[] = [];
  let { routes, cursor } = await bellhop.routePage({ advertised: subject.peerAddress, limit: 10 });
  for (;;) {
    expect(routes.length).toBeLessThanOrEqual(10);
    seen.push(...routes.map(({ prefix }) => prefix));
    if (cursor === undefined) break;
    ({ routes, cursor } = await bellhop.routePage({ advertised: subject.peerAddress, limit: 10, cursor }));
  }
  expect(seen.sort()).toEqual(PREFIXES.toSorted());

  const limited = await subject.bellhop(
    'show',
    'routes',
    '--advertised',
    subject.peerAddress,
    '--limit',
    '3',
    '--json',
  );
  expect(JSON.parse(limited.text)).toHaveLength(3);
  const received = await subject.bellhop('show', 'routes', '--received', subject.peerAddress, '--json');
  expect(
    (JSON.parse(received.text) as { prefix: string; accepted: boolean }[])
      .map(({ prefix, accepted }) => `${prefix} ${accepted}`)
      .sort(),
  ).toEqual(['198.51.100.0/24 true', '203.0.113.0/24 false']);
});
