/**
 * What operators' questions cost a speaker with a full table: `node test/bench/operation.ts [--prefixes 1000000]`.
 *
 * One process is the daemon (speaker and API, with the V8 options of `bin/bellhop.js`), one its peers: a sender of the
 * whole table and two receivers, hold time 9 s; this one asks. After each phase it prints how long that took and what it
 * cost the event loop: the longest delay as the clock saw it, and the longest run of one turn in CPU time, which the rest
 * of the machine cannot stretch. At the end every session must be the one from the beginning.
 *
 * Over 300 lines: three processes and their phases, which only mean something together.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { requests } from '../../src/api/client.ts';
import { startApi } from '../../src/api/server.ts';
import type { ConfigOutcome } from '../../src/api/types.ts';
import { announcements } from '../../src/bench/table/messages.ts';
import { Monitor } from '../../src/bench/table/monitor.ts';
import { LoadPeer, peerAddress, peerAs, peerNextHop, TARGET_AS } from '../../src/bench/table/peer.ts';
import { syntheticTable } from '../../src/bench/table/synthetic.ts';
import { BellhopClient } from '../../src/client.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigManager } from '../../src/speaker/config-manager.ts';
import { Speaker } from '../../src/speaker/speaker.ts';

const OURS = '127.0.0.1';
const SENDER = 0;
const PEERS = 3;
const HOLD_SECONDS = 9;
const SEED = 1;
const SAMPLE_MILLISECONDS = 5;
const CONCURRENT = 1000;
/** A request that reads the whole table for nothing, and how many of the thousand are like that. */
const NOTHING_MATCHES = '/v1/routes?as=1000000&limit=1';
const SCANS_ONE_IN = 50;

/** What the processes say to each other. */
interface Word {
  readonly port?: number;
  readonly ask?: 'read' | 'load' | 'lost';
  readonly delay?: LoopDelay;
  readonly told?: number;
  readonly lost?: readonly string[];
}

/** Milliseconds since the last reading. */
interface LoopDelay {
  readonly p99: number;
  readonly longest: number;
  /** CPU time of the longest turn, at most {@link SAMPLE_MILLISECONDS} too much. */
  readonly longestCpu: number;
}

const { values } = parseArgs({
  options: {
    prefixes: { type: 'string', default: '1000000' },
    role: { type: 'string' },
    file: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
  },
});
const prefixes = Number(values.prefixes);
const roles: Readonly<Record<string, () => Promise<void>>> = { daemon, peers };
await (roles[values.role ?? ''] ?? measure)();

async function daemon(): Promise<void> {
  const loaded = loadConfig(values.file);
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  const speaker = new Speaker(loaded.config);
  await speaker.start();
  await startApi(speaker, {
    socketPath: values.file.replace('.yaml', '.sock'),
    configManager: new ConfigManager(speaker, values.file, loaded.texts),
  });
  const histogram = monitorEventLoopDelay({ resolution: SAMPLE_MILLISECONDS });
  histogram.enable();
  let longestCpu = 0;
  let before = process.threadCpuUsage();
  setInterval(() => {
    const now = process.threadCpuUsage();
    longestCpu = Math.max(longestCpu, (now.user + now.system - before.user - before.system) / 1000);
    before = now;
  }, SAMPLE_MILLISECONDS);
  process.on('message', () => {
    const delayOf = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - SAMPLE_MILLISECONDS);
    const delay = { p99: delayOf(histogram.percentile(99)), longest: delayOf(histogram.max), longestCpu };
    histogram.reset();
    longestCpu = 0;
    process.send?.({ delay } satisfies Word);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ port: speaker.status().listen[0]!.port } satisfies Word);
}

async function peers(): Promise<void> {
  const table = syntheticTable(4, prefixes, SEED);
  const order = Uint32Array.from({ length: prefixes }, (_, i) => i);
  const stream = announcements(table, order, {
    sender: SENDER,
    as: peerAs(SENDER),
    nextHop: peerNextHop(SENDER, 4),
    round: 0,
  });
  const all = Array.from(
    { length: PEERS },
    (_, index) =>
      new LoadPeer({ index, holdTimeSeconds: HOLD_SECONDS, addressOctets: 4 }, new Monitor(table.prefixes)),
  );
  await Promise.all(all.map((peer) => peer.establish({ address: OURS, port: Number(values.port) }, 60_000)));
  process.on('message', ({ ask }: Word) => {
    if (ask === 'lost') process.send?.({ lost: all.flatMap(({ lost }) => lost ?? []) } satisfies Word);
    if (ask !== 'load') return;
    const receivers = all.filter(({ index }) => index !== SENDER);
    let waiting = receivers.length;
    for (const { monitor } of receivers)
      monitor.begin({ kind: 'hold', count: prefixes }, () => {
        if (--waiting === 0) process.send?.({ told: prefixes } satisfies Word);
      });
    void all[SENDER]!.send(stream);
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ port: 0 } satisfies Word);
}

/** A configuration of the daemon; the sender's routes go through `import`, the receivers hear through `export`. */
function configText(importPolicy: string, exportPolicy: string): string {
  const neighbors = Array.from({ length: PEERS }, (_, index) => {
    const [into, out] = index === SENDER ? [importPolicy, 'reject'] : ['reject', exportPolicy];
    return `  - { address: ${peerAddress(index)}, peer-as: ${peerAs(index)}, passive: true, hold-time: ${HOLD_SECONDS}s, import: ${into}, export: ${out} }\n`;
  });
  const marks = Array.from({ length: 18 }, (_, i) =>
    i % 2 === 0
      ? `    - { match: { as-path: "_${3000 + i}_" }, set: { community: { add: "64512:${i}" } }, then: next }\n`
      : `    - { match: { community: "${3000 + i}:*" }, set: { community: { add: "64512:${i}" } }, then: next }\n`,
  ).join('');
  const last = '    - { match: { prefix: 24.0.0.0/6 le 32 }, then: reject }\n';
  return `as: ${TARGET_AS}
router-id: 10.0.0.1
listen: ["${OURS}:0"]
neighbors:
${neighbors.join('')}policies:
  heard:
${marks}${last}    - { set: { local-pref: 200 }, then: accept }
  told:
${marks}${last}    - { set: { med: 10 }, then: accept }
`;
}

function child(role: string, more: readonly string[], execArgv: readonly string[] = []): ChildProcess {
  const args = ['--role', role, '--prefixes', String(prefixes), ...more];
  return fork(import.meta.filename, args, { execArgv: [...execArgv] });
}

function answer(from: ChildProcess, ask?: Word['ask']): Promise<Word> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the process has ended'));
    from.once('exit', ended);
    from.once('message', (word: Word) => {
      from.off('exit', ended);
      resolve(word);
    });
    if (ask !== undefined) from.send({ ask } satisfies Word);
  });
}

async function measure(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-operation-'));
  const file = join(directory, 'bellhop.yaml');
  const socketPath = join(directory, 'bellhop.sock');
  const plain = configText('accept', 'accept');
  writeFileSync(file, plain);
  const subject = child('daemon', ['--file', file], ['--max-semi-space-size=1', '--no-maglev']);
  const { port } = await answer(subject);
  const others = child('peers', ['--port', String(port)]);
  await answer(others);
  const bellhop = new BellhopClient(socketPath);
  console.log(
    `${prefixes} prefixes, hold time ${HOLD_SECONDS} s, ${cpus()[0]?.model} (${cpus().length} cores)`,
  );
  console.log(
    `${'phase'.padEnd(52)}${'seconds'.padStart(9)}${'p99 ms'.padStart(9)}${'max ms'.padStart(9)}${'CPU ms'.padStart(9)}`,
  );

  const phase = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    if (!name.includes(values.only) && name !== 'load') return;
    await answer(subject, 'read');
    const begun = performance.now();
    const said = await work();
    const seconds = (performance.now() - begun) / 1000;
    const { delay } = await answer(subject, 'read');
    const numbers = [seconds, delay!.p99, delay!.longest, delay!.longestCpu];
    const cells = numbers.map((number, i) => number.toFixed(i === 0 ? 2 : 1).padStart(9));
    console.log(`${name.padEnd(52)}${cells.join('')}  ${said ?? ''}`);
  };

  await phase('load', async () => {
    others.send({ ask: 'load' } satisfies Word);
    return `${(await answer(others)).told} told to ${PEERS - 1} peers`;
  });
  await sleep(2000);
  const known = (await bellhop.routePage({ limit: 2000 })).routes;
  const prefix = (i: number): string => known[i % known.length]!.prefix;
  const plan = async (text: string): Promise<string> => countsOf(await bellhop.plan(file, text));
  const paths = [
    '/v1/summary',
    '/v1/neighbors',
    '/v1/routes?prefix=24.0.0.0/12&longerPrefixes=true&limit=500',
    `/v1/explain?prefix=${prefix(1)}`,
    `/v1/routes?advertised=${peerAddress(1)}&limit=1000`,
    `/v1/routes?prefix=${prefix(2)}`,
    '/v1/policies',
    '/metrics',
    '/v1/status',
  ];
  const crowd = async (): Promise<string> => {
    const agent = new Agent({ maxSockets: CONCURRENT });
    const answers = await Promise.all(
      Array.from({ length: CONCURRENT }, (_, i) =>
        get(socketPath, i % SCANS_ONE_IN === 0 ? NOTHING_MATCHES : paths[i % paths.length]!, agent),
      ),
    );
    agent.destroy();
    return `${answers.filter((status) => status === 200).length} of ${CONCURRENT} answered`;
  };
  const pages = async (limit: number, most: number): Promise<string> => {
    let { routes, cursor } = await bellhop.routePage({ limit });
    let read = routes.length;
    while (cursor !== undefined && read < most) {
      ({ routes, cursor } = await bellhop.routePage({ limit, cursor }));
      read += routes.length;
    }
    return `${read} routes`;
  };
  const explain = async (count: number): Promise<void> => {
    const next = Array.from({ length: 8 }, (_, i) => i);
    await Promise.all(
      next.map(async (first) => {
        for (let i = first; i < count; i += next.length) await bellhop.explain({ prefix: prefix(i) });
      }),
    );
  };

  const heard = configText('heard', 'accept');
  const told = configText('accept', 'told');
  await phase('nothing, for 3 s', () => sleep(3000));
  await phase('plan: nothing changes', () => plan(plain));
  await phase('plan: 20 terms at import', () => plan(heard));
  await phase('plan: 20 terms at export', () => plan(told));
  await phase('5 plans at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => plan(heard)));
  });
  await phase('explain, 2,000 prefixes', () => explain(2000));
  await phase('show routes, pages of 1,000', () => pages(1000, 200_000));
  await phase('show routes, pages of 10,000', () => pages(10_000, 400_000));
  await phase('show routes, 4 readers of 200,000 at once', async () => {
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        let read = 0;
        for await (const _ of bellhop.routes()) if (++read === 200_000) break;
      }),
    );
  });
  await phase('1,000 requests at once', crowd);
  await phase('all of it at once', async () => {
    const done = await Promise.all([plan(heard), explain(500), pages(10_000, 100_000), crowd()]);
    return done[3];
  });
  await phase('reload: 20 terms at import', async () => {
    writeFileSync(file, heard);
    await bellhop.request(requests.reload());
    const { families } = await bellhop.neighbor(peerAddress(SENDER));
    return `${families[0]?.accepted} accepted so far`;
  });
  await phase('the 10 s behind it', () => sleep(10_000));
  const { lost } = await answer(others, 'lost');
  const neighbors = await bellhop.neighbors();
  const flaps = neighbors.reduce((sum, neighbor) => sum + neighbor.flaps, 0);
  const up = neighbors.filter(({ state }) => state === 'Established').length;
  console.log(
    `sessions: ${up} of ${PEERS} established, ${flaps} flaps, ${lost!.length} lost${lost!.map((reason) => ` (${reason})`)}`,
  );
  subject.disconnect();
  others.disconnect();
  rmSync(directory, { recursive: true, force: true });
}

function countsOf({ peers: planned = [], changes }: ConfigOutcome): string {
  const sum = (of: (peer: (typeof planned)[number]) => number) =>
    planned.reduce((total, peer) => total + of(peer), 0);
  const received = sum((peer) => peer.received.changed + peer.received.rejected);
  const told = sum((peer) => peer.changed.count + peer.withdrawn.count);
  return `${changes.length} changes, ${received} routes in, ${told} out`;
}

/** The status of one answer; its body is read and thrown away. */
function get(socketPath: string, path: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    })
      .once('error', reject)
      .end();
  });
}
