/** Two speakers whose link comes back meet again soon, whatever the jitter: neither waits for the other in Idle for ever. */
import { expect, test } from 'vitest';
import { parseConfig, Speaker } from '../../src/index.ts';
import { ManualClock, MemoryNetwork } from '../../src/testing.ts';

const HOLD_SECONDS = 30;

/** Virtual milliseconds from the return of the link until the session stands. */
async function outage(seed: number, mendAfter: number): Promise<number> {
  const clock = new ManualClock({ seed });
  const network = new MemoryNetwork(clock, { delayMilliseconds: 20 });
  const speakers = [1, 2].map((i) => {
    const text = `
as: ${65000 + i}
router-id: 192.0.2.${i}
listen: ["192.0.2.${i}:179"]
neighbors: [{ address: 192.0.2.${3 - i}, peer-as: ${65003 - i}, hold-time: ${HOLD_SECONDS} }]
`;
    const loaded = parseConfig(text, 'lab.yaml');
    if (!loaded.ok) throw new Error('not valid');
    return new Speaker(loaded.config, { clock, transport: network.host(`192.0.2.${i}`) });
  });
  for (const speaker of speakers) await speaker.start();
  const isUp = () => speakers.every((one) => one.neighbors()[0]!.state === 'Established');
  expect(await clock.advanceUntil(isUp, 60_000)).toBe(true);
  network.cut('192.0.2.1', '192.0.2.2');
  expect(await clock.advanceUntil(() => !isUp(), 2 * HOLD_SECONDS * 1000)).toBe(true);
  await clock.advance(mendAfter);
  network.mend('192.0.2.1', '192.0.2.2');
  const mendedAt = clock.now();
  expect(await clock.advanceUntil(isUp, 600_000)).toBe(true);
  const took = clock.now() - mendedAt;
  await clock.finish(Promise.all(speakers.map((speaker) => speaker.stop('done'))));
  return took;
}

test('a link that comes back at once: a session within half a minute', async () => {
  for (let seed = 1; seed <= 30; seed++) expect(await outage(seed, 0)).toBeLessThan(30_000);
});

test('a link that comes back after five minutes: within the time of a connection attempt and an idle hold', async () => {
  for (let seed = 1; seed <= 10; seed++) expect(await outage(seed, 300_000)).toBeLessThan(120_000);
});
