/**
 * Churn: many peers announce, change and withdraw for a long time; in the end every one of them must have heard
 * exactly what the model says, and the daemon must not have grown.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TARGET_ADDRESS } from '../../src/bench/table/daemons.ts';
import { LoadPeer, TARGET_AS } from '../../src/bench/table/peer.ts';
import { syntheticTable } from '../../src/bench/table/synthetic.ts';
import { usageOf } from '../../src/bench/table/usage.ts';
import { Changes } from './changes.ts';
import { type EventLoopDelay, eventLoopDelayOf, startDaemon, statusOf } from './daemon.ts';
import { ABSENT, ChurnModel, heardAttributes, routeOf } from './model.ts';
import { AttributeNames, ReceiverTable } from './table.ts';

export interface ChurnOptions {
  readonly seconds: number;
  readonly peers: number;
  /** Prefixes; each is announced by two peers. */
  readonly routes: number;
  /** Prefixes that change in a second. */
  readonly rate: number;
  readonly seed: number;
  readonly progress?: (text: string) => void;
}

export interface ChurnResult {
  /** Prefixes that changed. */
  readonly changes: number;
  readonly seconds: number;
  /** Routes that all receivers were compared in. */
  readonly compared: number;
  /** Receivers and prefixes that differ from the model, the first few in words. */
  readonly differences: number;
  readonly examples: readonly string[];
  readonly faults: number;
  readonly lostSessions: readonly string[];
  /** VmRSS in MB, once a second from the first change on. */
  readonly residentMegabytes: readonly number[];
  /** CPU seconds of the daemon during the changes. */
  readonly cpuSeconds: number;
  /** From the write of a change to its arrival at another peer, in milliseconds. */
  readonly arrival: { readonly p50: number; readonly p99: number; readonly maximum: number };
  readonly eventLoopDelay: EventLoopDelay | undefined;
}

const ESTABLISH_MILLISECONDS = 30_000;
const TICK_MILLISECONDS = 20;
const QUIET_MILLISECONDS = 1000;
const LONGEST_WAIT_MILLISECONDS = 60_000;
const EXAMPLES = 5;

type Peer = LoadPeer<ReceiverTable>;

/** Runs the daemon through it. */
export async function churn(options: ChurnOptions): Promise<ChurnResult> {
  const { peers: count, routes, seed } = options;
  const { prefixes } = syntheticTable(4, routes, seed);
  const model = new ChurnModel(routes, count);
  const changes = new Changes(prefixes, model, count, seed);
  const names = new AttributeNames();
  await using daemon = await startDaemon(count);
  const peers = Array.from(
    { length: count },
    (_, index): Peer =>
      new LoadPeer({ index, holdTimeSeconds: 90, addressOctets: 4 }, new ReceiverTable(prefixes, names)),
  );
  try {
    const target = { address: TARGET_ADDRESS, port: daemon.port };
    await Promise.all(peers.map((peer) => peer.establish(target, ESTABLISH_MILLISECONDS)));
    for (const peer of peers) peer.sendNow(changes.initial(peer.index));
    await quiet(peers);
    const before = usageOf(daemon.pids);
    const run = await change(options, peers, changes, () => usageOf(daemon.pids).residentMegabytes);
    await quiet(peers);
    const after = usageOf(daemon.pids);
    const comparison = compare(prefixes.count, peers, model, names);
    const status = await statusOf(daemon);
    return {
      ...run,
      ...comparison,
      faults: peers.reduce((sum, { monitor }) => sum + monitor.faults + monitor.strangers, 0),
      lostSessions: peers.flatMap(({ lost }) => (lost === undefined ? [] : [lost])),
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      eventLoopDelay: eventLoopDelayOf(status),
    };
  } finally {
    for (const peer of peers) peer.close();
  }
}

/** Sends changes at the rate until the time is over. */
async function change(
  { seconds, rate, progress }: ChurnOptions,
  peers: readonly Peer[],
  changes: Changes,
  resident: () => number,
) {
  const arrivals = new Arrivals(peers, changes);
  const residentMegabytes: number[] = [];
  const begun = performance.now();
  let done = 0;
  while (done < seconds * rate) {
    const elapsed = (performance.now() - begun) / 1000;
    // All that is due by now, however long the last pause was.
    const due = Math.min(elapsed, seconds) * rate;
    while (done < due) {
      const { peer, bytes, prefixes } = changes.next(Math.ceil(due - done));
      peers[peer]!.sendNow(bytes);
      done += prefixes;
    }
    if (residentMegabytes.length <= elapsed) {
      residentMegabytes.push(resident());
      arrivals.probe();
      if (residentMegabytes.length % 30 === 0)
        progress?.(`${elapsed.toFixed(0)} s: ${done} changes, ${residentMegabytes.at(-1)!.toFixed(0)} MB\n`);
    }
    await sleep(TICK_MILLISECONDS);
  }
  return { changes: done, seconds, residentMegabytes, arrival: arrivals.summary() };
}

/** Once a second one change is timed from its write to its arrival at another peer. */
class Arrivals {
  readonly #peers: readonly Peer[];
  readonly #changes: Changes;
  readonly #milliseconds: number[] = [];
  readonly #prefix: number;

  constructor(peers: readonly Peer[], changes: Changes) {
    this.#peers = peers;
    this.#changes = changes;
    this.#prefix = changes.probe;
  }

  probe(): void {
    const { monitor } = this.#peers.at(-1)!;
    const bytes = this.#changes.announce(0, [this.#prefix]);
    const begun = performance.now();
    monitor.onAnnounced = (prefix) => {
      if (prefix !== this.#prefix) return;
      this.#milliseconds.push(performance.now() - begun);
      monitor.onAnnounced = undefined;
    };
    this.#peers[0]!.sendNow(bytes);
  }

  summary(): ChurnResult['arrival'] {
    const sorted = this.#milliseconds.sort((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    return { p50: at(0.5), p99: at(0.99), maximum: at(1) };
  }
}

/** Waits until nothing more arrives. */
async function quiet(peers: readonly Peer[]): Promise<void> {
  const begun = performance.now();
  for (;;) {
    await sleep(50);
    const now = performance.now();
    const last = Math.max(begun, ...peers.map(({ lastUpdateAt }) => lastUpdateAt));
    if (now - last > QUIET_MILLISECONDS || now - begun > LONGEST_WAIT_MILLISECONDS) return;
  }
}

/** Every receiver against the model: the best route of somebody else, with the attributes that it must have. */
function compare(count: number, peers: readonly Peer[], model: ChurnModel, names: AttributeNames) {
  let compared = 0;
  let differences = 0;
  const examples: string[] = [];
  for (let prefix = 0; prefix < count; prefix++) {
    const best = model.best(prefix);
    const heard = best === ABSENT ? 0 : names.of(heardAttributes(routeOf(best, model.version(prefix, best))));
    for (const { index, monitor } of peers) {
      const wanted = index === best ? 0 : heard;
      const found = monitor.routes[prefix]!;
      if (wanted !== 0) compared++;
      if (wanted === found) continue;
      differences++;
      if (examples.length < EXAMPLES)
        examples.push(
          `prefix ${prefix} at peer ${index}, best from ${best} by AS ${TARGET_AS}: ` +
            `heard ${names.describe(found)}, should be ${names.describe(wanted)}`,
        );
    }
  }
  return { compared, differences, examples };
}
