/**
 * What VIPs cost: `node test/bench/vips.ts [--vips 1000] [--seconds 30]` runs so many VIPs with an HTTP check each
 * every second, on a speaker with one peer, and prints CPU, lateness of checks beside that of bare timers of another
 * process, and the time until the peer has lost all routes when all services die at once. The services and the peer run
 * in a process of their own. The options of `bin/bellhop.js`: `--max-semi-space-size=1 --no-maglev`.
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/types.ts';
import { Speaker } from '../../src/speaker/speaker.ts';
import { Vips } from '../../src/vip/vips.ts';
import { latenessOf, latenessText, measureMachine, measureOwnWork } from './machine-lateness.ts';

const OURS = '127.0.0.1';
const THEIRS = '127.0.0.2';

/** Of an interval of a second. */
const TOO_LATE_MILLISECONDS = 100;

/** What the other process tells and is told. */
interface Message {
  readonly http?: number;
  readonly bgp?: number;
  readonly routes?: number;
  readonly ask?: 'routes' | 'die';
}

function configOf(text: string): Config {
  const loaded = parseConfig(text, 'bench.yaml');
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  return loaded.config;
}

if (process.env['BENCH_SERVICES'] === '1') await serve();
else await measure();

/** The other process: a web server, and a BGP speaker that counts what it hears. */
async function serve(): Promise<void> {
  const server = createServer((_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, OURS, resolve));
  const speaker = new Speaker(
    configOf(`
as: 65002
router-id: 10.0.0.2
listen: ["${THEIRS}:0"]
neighbors: [{ address: ${OURS}, peer-as: 65001, passive: true, import: accept, export: accept }]
`),
  );
  await speaker.start();
  process.send?.({ http: (server.address() as AddressInfo).port, bgp: speaker.status().listen[0]?.port });
  process.on('message', ({ ask }: Message) => {
    if (ask === 'routes') process.send?.({ routes: speaker.status().families[0]?.paths });
    if (ask === 'die') {
      server.close();
      server.closeAllConnections();
    }
  });
}

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: { vips: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '30' } },
  });
  const [count, seconds] = [Number(values.vips), Number(values.seconds)];
  const child = fork(import.meta.filename, [], { env: { ...process.env, BENCH_SERVICES: '1' } });
  const answer = (): Promise<Message> => new Promise((resolve) => child.once('message', resolve));
  const { http, bgp } = await answer();
  const routes = async (): Promise<number> => {
    const reply = answer();
    child.send({ ask: 'routes' });
    return (await reply).routes ?? 0;
  };

  const entries = Array.from(
    { length: count },
    (_, i) => `  - name: vip-${i}
    addresses: [10.${100 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}]
    checks: [{ http: "http://${OURS}:${http}/", interval: 1s, fast-interval: 1s, timeout: 900ms, rise: 2, fall: 2 }]`,
  );
  const config = configOf(`
as: 65001
router-id: 10.0.0.1
listen: []
neighbors:
  - { address: ${THEIRS}, port: ${bgp}, peer-as: 65002, local-address: ${OURS}, connect-retry: 100ms, import: accept, export: accept }
vips:
${entries.join('\n')}
`);
  const speaker = new Speaker(config);
  const late: number[] = [];
  const vips = new Vips(speaker, config, { clock: observed(late) });
  await speaker.start();
  await vips.start();
  const started = performance.now();
  while ((await routes()) < count) await sleep(50);
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}`);
  console.log(`${count} VIPs announced ${Math.round(performance.now() - started)} ms after the start`);

  // What of the lateness is ours: collecting garbage, and work of the event loop.
  let longestCollection = 0;
  const collections = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestCollection = Math.max(longestCollection, duration);
  });
  collections.observe({ entryTypes: ['gc'] });
  const loop = performance.eventLoopUtilization();
  const machine = await measureMachine();
  const ownWork = measureOwnWork(5);
  late.length = 0;
  const before = process.cpuUsage();
  const from = performance.now();
  const runsBefore = runs(vips);
  await sleep(seconds * 1000);
  const used = process.cpuUsage(before);
  const elapsed = performance.now() - from;
  const cpu = (used.user + used.system) / 1000 / elapsed;
  console.log(
    `${((runs(vips) - runsBefore) / (elapsed / 1000)).toFixed(0)} checks a second for ${seconds} s: ${(cpu * 100).toFixed(1)} % of one core, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`,
  );
  const slow = late.filter((milliseconds) => milliseconds > TOO_LATE_MILLISECONDS).length;
  console.log(
    `checks late by ${latenessText(latenessOf(late))}; by more than 10 % of their interval ${slow} of ${late.length}; timers of another process late by ${latenessText(await machine())}; sessions lost ${speaker.neighbors()[0]?.flaps}`,
  );
  console.log(`longest work without a break: ${ownWork().toFixed(1)} ms of processor time`);
  const { utilization } = performance.eventLoopUtilization(loop);
  console.log(
    `event loop busy ${(utilization * 100).toFixed(1)} % of the time (waiting for a processor counts as busy), longest garbage collection ${longestCollection.toFixed(1)} ms`,
  );
  const failed = vips.vips().filter(({ state }) => state !== 'UP').length;
  console.log(`VIPs not UP at the end: ${failed}`);

  child.send({ ask: 'die' });
  const died = performance.now();
  while ((await routes()) > 0) await sleep(5);
  console.log(
    `all services killed: the peer had lost all ${count} routes after ${Math.round(performance.now() - died)} ms`,
  );
  await vips.stop('done');
  await speaker.stop('done');
  child.disconnect();
  child.kill();
}

/** The clock of the process; writes down by how much timers fired too late (all that fire in a run are the next checks). */
function observed(late: number[]): Clock {
  return {
    ...systemClock,
    timer(fire) {
      let due = 0;
      const timer = systemClock.timer(() => {
        late.push(performance.now() - due);
        fire();
      });
      return {
        start(milliseconds) {
          due = performance.now() + milliseconds;
          timer.start(milliseconds);
        },
        stop: () => timer.stop(),
        get running() {
          return timer.running;
        },
      };
    },
  };
}

function runs(vips: Vips): number {
  return vips.vips().reduce((sum, { checks }) => sum + (checks[0]?.runs ?? 0), 0);
}
