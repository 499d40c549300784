/** Runs cases against one daemon: network, daemon, adversary, then every step for all sessions at once. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Lab, type LabNode } from '../interop/lab/namespaces.ts';
import type { PeerRoute } from '../interop/lab/peer.ts';
import type { Order, SessionReport } from './adversary.ts';
import { CASES } from './cases/index.ts';
import type { DaemonUnderTest, RunningDaemon } from './daemons.ts';
import { ADVERSARY_ADDRESS6, addressOf, DAEMON, prefixesOf } from './ground.ts';
import { judge, type Outcome } from './judge.ts';

const ADVERSARY = fileURLToPath(new URL('./adversary.ts', import.meta.url));

/** Time that a daemon has to show routes, and to act on a message. */
const PATIENCE = 10_000;
const REACTION = 1000;

/** Time that a busy daemon has to say which routes it has, or to be found dead. */
const ANSWER = 60_000;

/** Outcomes by number of the case. A daemon that dies of a case is started again for the others. */
export async function runCases(
  daemon: DaemonUnderTest,
  cases: readonly number[] = CASES.map((_, index) => index),
): Promise<ReadonlyMap<number, Outcome>> {
  const outcomes = await runOnce(daemon, cases);
  if (outcomes !== undefined) return outcomes;
  if (cases.length === 1) return new Map([[cases[0] ?? 0, { text: 'crash', agrees: false }]]);
  const middle = cases.length >> 1;
  const first = await runCases(daemon, cases.slice(0, middle));
  return new Map([...first, ...(await runCases(daemon, cases.slice(middle)))]);
}

/** Undefined when the daemon has died. */
async function runOnce(
  daemon: DaemonUnderTest,
  cases: readonly number[],
): Promise<ReadonlyMap<number, Outcome> | undefined> {
  const lab = new Lab();
  try {
    const theirs = await lab.node(daemon.name.toLowerCase());
    const ours = await lab.node('adversary');
    await lab.connect(
      {
        node: theirs,
        interface: 'eth1',
        addresses: [`${DAEMON.address}/16`, `${DAEMON.address6}/64`],
      },
      {
        node: ours,
        interface: 'eth1',
        addresses: [...cases.map((index) => `${addressOf(index)}/16`), `${ADVERSARY_ADDRESS6}/64`],
      },
    );
    const running = await daemon.start(theirs, cases);
    const adversary = new Adversary(ours);
    try {
      return await play(running, adversary, cases);
    } finally {
      adversary.end();
    }
  } finally {
    await lab.destroy();
  }
}

async function play(
  daemon: RunningDaemon,
  adversary: Adversary,
  cases: readonly number[],
): Promise<ReadonlyMap<number, Outcome> | undefined> {
  const inSession = cases.filter((index) => (CASES[index]?.stage ?? 'established') === 'established');
  await adversary.order({ step: 'establish', cases });
  await untilShown(daemon, () => inSession.flatMap((index) => Object.values(prefixesOf(index)).slice(0, 3)));
  await adversary.order({ step: 'strike', cases });
  await sleep(REACTION);
  if (!daemon.process.running) return undefined;
  await adversary.order({ step: 'control', cases });
  const reports = (): Promise<readonly SessionReport[]> => adversary.order({ step: 'report', cases });
  const routes = await untilShown(daemon, async () =>
    (await reports())
      .filter(({ index, closed }) => !closed && inSession.includes(index))
      .flatMap(({ index }) => [prefixesOf(index).control, prefixesOf(index).control6]),
  );
  if (!daemon.process.running) return undefined;
  const outcomes = new Map<number, Outcome>();
  for (const report of await reports()) {
    const one = CASES[report.index];
    if (one !== undefined) outcomes.set(report.index, judge(one, report.index, report, routes));
  }
  return outcomes;
}

/** The routes of the daemon, once it shows all of these or has had time enough. */
async function untilShown(
  daemon: RunningDaemon,
  prefixes: () => readonly string[] | Promise<readonly string[]>,
): Promise<ReadonlyMap<string, PeerRoute>> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const routes = await routesOf(daemon);
    const byPrefix = new Map(routes.map((route) => [route.prefix, route]));
    const missing = (await prefixes()).filter((prefix) => !byPrefix.has(prefix));
    if (missing.length === 0 || Date.now() > deadline || !daemon.process.running) return byPrefix;
    await sleep(300);
  }
}

/** Its routes; none when it has died. @throws Error when it lives and does not answer */
async function routesOf(daemon: RunningDaemon): Promise<readonly PeerRoute[]> {
  const deadline = Date.now() + ANSWER;
  while (daemon.process.running) {
    try {
      return await daemon.routes();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(1000);
    }
  }
  return [];
}

/** The process of `adversary.ts`. */
class Adversary {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(node: LabNode) {
    const args = ['netns', 'exec', node.namespace, process.execPath, ADVERSARY];
    this.#child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] }) as ChildProcessByStdio<
      Writable,
      Readable,
      null
    >;
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async order(order: Order): Promise<readonly SessionReport[]> {
    this.#child.stdin.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the adversary has ended');
    return JSON.parse(value) as readonly SessionReport[];
  }

  end(): void {
    this.#child.stdin.end();
    this.#child.kill('SIGKILL');
  }
}
