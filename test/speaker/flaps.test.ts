/**
 * Thousands of flaps of one peer leave nothing behind: no descriptor, no memory. `FLAPS=10000` for the long run.
 */
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { established, pause, type Running, run, until } from './fixtures.ts';
import { message, NOTIFICATION, RawPeer, updateMessage } from './raw-peer.ts';

const FLAPS = Number(process.env['FLAPS'] ?? 2000);
const PEER = '127.0.0.2';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

interface Footprint {
  readonly descriptors: number;
  readonly heapBytes: number;
}

/** What the process holds once everything that is closing is closed. */
async function footprint(): Promise<Footprint> {
  await pause(100);
  for (let i = 0; i < 3; i++) {
    collect();
    await pause(10);
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    heapBytes: heapUsed + external + arrayBuffers,
  };
}

/** Ways for a session to end, in turn. */
const ENDINGS: readonly ((peer: RawPeer, subject: Running) => void)[] = [
  (peer) => peer.socket.end(),
  (peer) => peer.send(message(NOTIFICATION, '0604')),
  (peer) => peer.socket.resetAndDestroy(),
  // A prefix of 33 bits: we end it.
  (peer) => peer.send(updateMessage('21cb007100ff')),
];

async function flap(subject: Running, round: number): Promise<void> {
  await until(() => subject.speaker.neighbor(PEER)!.state === 'Active', 'the neighbor waits');
  const peer = await (await RawPeer.connect(subject.port, PEER)).establish();
  peer.send(updateMessage(`18cb${(round & 0xffff).toString(16).padStart(4, '0')}`));
  await until(() => established(subject, PEER), 'the session');
  ENDINGS[round % ENDINGS.length]!(peer, subject);
  await until(() => !established(subject, PEER), 'the end');
  peer.socket.end();
}

test(`Speaker: ${FLAPS} flaps of a peer leave neither memory nor descriptors`, {
  timeout: 600_000,
}, async () => {
  await using subject = await run(`
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
neighbors:
  - { address: ${PEER}, peer-as: 65002, passive: true, idle-hold-time: 0, import: accept, export: accept }
networks: [{ prefix: 10.1.0.0/16 }, { prefix: 10.2.0.0/16 }]
`);
  const events = subject.events as unknown[];
  const warmUp = Math.min(1000, FLAPS / 2);
  for (let round = 0; round < warmUp; round++) await flap(subject, round);
  events.length = 0;
  const before = await footprint();
  const start = performance.now();
  for (let round = warmUp; round < FLAPS; round++) await flap(subject, round);
  const seconds = (performance.now() - start) / 1000;
  events.length = 0;
  const after = await footprint();
  const grown = after.heapBytes - before.heapBytes;
  console.log(
    `${FLAPS} flaps, ${((seconds / (FLAPS - warmUp)) * 1000).toFixed(2)} ms each; descriptors ` +
      `${before.descriptors} to ${after.descriptors}, memory ${before.heapBytes} to ${after.heapBytes} bytes`,
  );
  expect(subject.speaker.neighbor(PEER)!.flaps).toBe(FLAPS);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
  // Noise of the heap: in a run of 10,000 less than 60 bytes for a flap.
  expect(grown).toBeLessThan(500_000);
});
