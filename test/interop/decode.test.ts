/**
 * `bellhop decode` on a capture of a live session with each daemon: every message is read, and tshark, which knows
 * nothing of us, finds the same ones.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bird } from './lab/bird.ts';
import { exabgp } from './lab/exabgp.ts';
import { frr } from './lab/frr.ts';
import { gobgp } from './lab/gobgp.ts';
import { describeLab } from './lab/guard.ts';
import { openbgpd } from './lab/openbgpd.ts';
import type { PeerDaemon } from './lab/peer.ts';
import { eventually, run } from './lab/process.ts';
import { BELLHOP, established, type Pair, withPair } from './pair.ts';
import { OUR_NETWORKS, theirRoutes, theyHaveOurs, weHaveTheirs } from './routes.ts';

const TSHARK = '/usr/bin/tshark';
const BELLHOP_JS = fileURLToPath(new URL('../../bin/bellhop.js', import.meta.url));

interface Decoded {
  readonly type: string;
  readonly errors?: readonly unknown[];
  readonly disposition?: string;
  readonly reach?: Readonly<Record<string, readonly string[]>>;
}

for (const daemon of [bird, gobgp, frr, openbgpd, exabgp]) {
  describeLab(`decode: a session with ${daemon.name}`, [withTshark(daemon)], () => {
    test('the messages that tshark sees, none of them malformed', { timeout: 90_000 }, async () => {
      const routes = theirRoutes(daemon);
      await withPair(daemon, { networks: OUR_NETWORKS, routes }, async (pair) => {
        await established(pair);
        const file = await capture(pair, async () => {
          await pair.peer.resetSession(BELLHOP.address);
          await sleep(300);
          await established(pair);
          await theyHaveOurs(pair, OUR_NETWORKS, [BELLHOP.as]);
          await weHaveTheirs(pair, routes);
        });
        const text = await run(process.execPath, [BELLHOP_JS, 'decode', '--json', file]);
        const messages = text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Decoded);
        expect(messages.filter(({ errors }) => (errors ?? []).length > 0)).toEqual([]);
        expect(countByType(messages.map(({ type }) => type))).toEqual(countByType(await tsharkTypes(file)));
        const reached = messages.flatMap(({ reach }) => Object.values(reach ?? {}).flat());
        expect(reached).toContain('192.0.2.0/24');
        expect(reached).toContain('203.0.113.0/24');
      });
    });
  });
}

/** Runs `body` while packets of the BGP port are written to a file; returns its name. */
async function capture(pair: Pair, body: () => Promise<void>): Promise<string> {
  const file = join(pair.bellhopNode.directory, 'session.pcapng');
  const tshark = pair.bellhopNode.spawn(TSHARK, ['-i', 'eth1', '-f', 'tcp port 179', '-w', file, '-q']);
  await eventually(async () => expect(existsSync(file)).toBe(true), { what: 'tshark captures' });
  await sleep(500);
  await body();
  // What was sent last must reach the file.
  await sleep(1000);
  await tshark.stop(5000);
  return file;
}

const TYPES = ['', 'OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH'];

async function tsharkTypes(file: string): Promise<readonly string[]> {
  const text = await run(TSHARK, ['-r', file, '-Y', 'bgp', '-T', 'fields', '-e', 'bgp.type']);
  const numbers = text.split(/[\n,]/).filter((word) => /^\d+$/.test(word));
  return numbers.map((number) => TYPES[Number(number)] ?? number);
}

function countByType(types: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const type of types) counts[type.toUpperCase()] = (counts[type.toUpperCase()] ?? 0) + 1;
  return counts;
}

function withTshark(daemon: PeerDaemon): PeerDaemon {
  return { ...daemon, programs: [...daemon.programs, TSHARK] };
}
