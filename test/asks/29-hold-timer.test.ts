/** Ask 29 (GoBGP #3238, #1723, ExaBGP #934): keepalives starve while the API answers or a table is dumped. */
import { expect, test } from 'vitest';
import { BellhopClient } from '../../src/client.ts';
import { until } from '../speaker/fixtures.ts';
import { setting } from './setting.ts';

const ROUTES = 50_000;
const READERS = 20;

test('a hold time of 3 s holds while 50,000 routes are sent and 20 clients read all of them again and again', {
  timeout: 60_000,
}, async () => {
  const timers = 'hold-time: 3s, minimum-hold-time: 3s';
  await using subject = await setting(
    29,
    { neighbor: `import: accept, export: accept, ${timers}` },
    `, ${timers}`,
  );
  await subject.start();
  expect(subject.peer.speaker.neighbor(subject.address)?.holdTimeSeconds).toBe(3);
  const bellhop = new BellhopClient(subject.socketPath);
  const prefix = (i: number) => `10.${i >> 8}.${i & 255}.0/24`;
  const routes = Array.from({ length: ROUTES }, (_, i) => ({ prefix: prefix(i) }));
  await bellhop.announceSet('dump', routes);
  const end = performance.now() + 10_000;
  let read = 0;
  await Promise.all(
    Array.from({ length: READERS }, async () => {
      while (performance.now() < end)
        for await (const _ of bellhop.routes()) if (++read % 1000 === 0 && performance.now() > end) break;
    }),
  );
  expect(read).toBeGreaterThan(ROUTES);
  await until(() => subject.heard().length === ROUTES, 'the peer has them all');
  expect(subject.opens()).toBe(1);
  const [neighbor] = await bellhop.neighbors();
  expect(neighbor).toMatchObject({ state: 'Established', flaps: 0 });
});
