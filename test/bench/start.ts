/**
 * What a start costs, and a daemon that has nothing to do: time until it takes connections of peers and of API clients,
 * CPU time, memory. `node test/bench/start.ts [--runs 10] [--api] [DIRECTORY ...]`: of this checkout, or by turns of
 * several, to compare commits. `--api` asks the API once before memory is read. Linux only.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  type AddressInfo,
  connect,
  createServer,
  type IpcNetConnectOpts,
  type TcpNetConnectOpts,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchAnswer, requests } from '../../src/api/client.ts';

/** Between two attempts to connect, and until a daemon has warmed up and is idle. */
const ATTEMPT_MILLISECONDS = 2;
const IDLE_MILLISECONDS = 2000;

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, api: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const checkouts = positionals.length > 0 ? positionals : [join(import.meta.dirname, '../..')];
const directory = mkdtempSync(join(tmpdir(), 'bellhop-start-'));

interface Sample {
  readonly 'BGP, ms': number;
  readonly 'API, ms': number;
  readonly 'CPU, ms': number;
  readonly 'peak, MB': number;
  readonly 'idle, MB': number;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves when something accepts a connection there. */
async function accepts(place: TcpNetConnectOpts | IpcNetConnectOpts): Promise<void> {
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const socket = connect(place, () => resolve(true));
    socket.once('error', () => resolve(false));
    const accepted = await promise;
    socket.destroy();
    if (accepted) return;
    await pause(ATTEMPT_MILLISECONDS);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function measure(checkout: string): Promise<Sample> {
  const port = await freePort();
  const config = join(directory, 'bellhop.yaml');
  const path = join(directory, 'bellhop.sock');
  writeFileSync(
    config,
    `as: 65000
router-id: 10.0.0.1
listen: ['127.0.0.1:${port}']
vip-state-file: ${join(directory, 'vips.json')}
neighbors: [{ address: 127.0.0.2, peer-as: 65001, passive: true, import: accept, export: accept }]
`,
  );
  const start = performance.now();
  const words = ['run', '--config', config, '--socket', path, '--log-level', 'error'];
  const child = spawn(process.execPath, [join(checkout, 'bin/bellhop.js'), ...words], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<never>((_resolve, reject) =>
    child.once('exit', (code) => reject(new Error(`the daemon ended with ${code}`))),
  );
  ended.catch(() => undefined);
  await Promise.race([accepts({ host: '127.0.0.1', port }), ended]);
  const bgp = performance.now() - start;
  // A connection makes the daemon load its API, so only a daemon that is asked something gets one.
  if (values.api) await fetchAnswer(path, requests.status());
  const api = performance.now() - start;
  await pause(IDLE_MILLISECONDS);
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const megabytes = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
  const times = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  child.kill('SIGTERM');
  await ended.catch(() => undefined);
  return {
    'BGP, ms': bgp,
    'API, ms': values.api ? api : Number.NaN,
    // With processes that it has waited for; in ticks of 10 ms.
    'CPU, ms': times.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0),
    'peak, MB': megabytes('VmHWM'),
    'idle, MB': megabytes('VmRSS'),
  };
}

/** `median (least to most)`. */
function summary(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [middle, least, most] = [sorted[sorted.length >> 1]!, sorted[0]!, sorted.at(-1)!];
  return Number.isNaN(middle) ? '' : `${middle.toFixed(0)} (${least.toFixed(0)}-${most.toFixed(0)})`;
}

try {
  const samples = new Map<string, Sample[]>(checkouts.map((checkout) => [checkout, []]));
  // The first start of each compiles what later ones find compiled.
  for (const checkout of checkouts) await measure(checkout);
  for (let run = 0; run < Number(values.runs); run++)
    for (const checkout of checkouts) samples.get(checkout)?.push(await measure(checkout));
  console.table(
    Object.fromEntries(
      [...samples].map(([checkout, all]) => [
        checkout,
        Object.fromEntries(
          (Object.keys(all[0] ?? {}) as (keyof Sample)[]).map((key) => [
            key,
            summary(all.map((one) => one[key])),
          ]),
        ),
      ]),
    ),
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
