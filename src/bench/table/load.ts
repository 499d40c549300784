/**
 * One run: all peers connect to a daemon, the phases of the scenario happen one after the other, and the clock stops
 * when the last monitor has what it must have.
 *
 * Over 300 lines: the phases share the peers and the clock.
 */
import { Random } from '../random.ts';
import { announcements, type MessageStream, withdrawals } from './messages.ts';
import { type Goal, Monitor } from './monitor.ts';
import { LoadPeer, peerAs, peerNextHop, type Target } from './peer.ts';
import type { RouteSource } from './route-source.ts';
import { peerCount, type Scenario } from './scenarios.ts';
import { type Usage, usageOf } from './usage.ts';

export interface RunRequest {
  readonly target: Target;
  /** The processes of the daemon, to ask what they use. */
  readonly pids: readonly number[];
  /** Longest time of a phase. */
  readonly timeoutSeconds: number;
  /** Times that load and withdrawal happen; what is reported of them is the last one. */
  readonly cycles: number;
}

export interface PhaseResult {
  readonly name: 'load' | 'reannounce' | 'withdraw';
  /** From the first octet sent until the last monitor was done; until the time was up when `missing` is not 0. */
  readonly seconds: number;
  /** Of the daemon, until it was quiet again. */
  readonly cpuSeconds: number;
  /** Of this process meanwhile: when it comes near `seconds`, it was the load generator that was measured. */
  readonly generatorCpuSeconds: number;
  /** Monitors that did not reach their goal. */
  readonly missing: number;
  /** VmHWM of the daemon after the phase. */
  readonly peakMegabytes: number;
  /** VmRSS of the daemon after the phase. */
  readonly residentMegabytes: number;
}

export interface LatencyResult {
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly maximumMilliseconds: number;
  readonly probes: number;
  /** Probes without an answer in two seconds. */
  readonly lost: number;
}

export interface RunResult {
  readonly prefixes: number;
  /** Of all cycles, in order. */
  readonly phases: readonly PhaseResult[];
  readonly latency: LatencyResult | undefined;
  /** Sessions that the daemon ended, with the reason. */
  readonly lostSessions: readonly string[];
  /** UPDATEs that the monitors heard, and those of them with a fault. */
  readonly updatesHeard: number;
  readonly faults: number;
  /** Prefixes heard that nobody had sent. */
  readonly strangers: number;
}

const ESTABLISH_MILLISECONDS = 60_000;
/** Peers that connect together: some daemons have short queues. */
const AT_A_TIME = 16;
/** What a daemon does by itself after a session comes up shall be over. */
const REST_MILLISECONDS = 1000;
/** Silence after which a phase counts as over. */
const QUIET_MILLISECONDS = 500;
/** Silence after which nothing more is expected, although something is missing. */
const STALL_MILLISECONDS = 20_000;
const PROBE_MILLISECONDS = 2000;
const PROBE_PAUSE_MILLISECONDS = 2;
const DEFAULT_HOLD_SECONDS = 90;

/** A scenario with its messages, ready to be run against daemons. */
export class Load {
  readonly #scenario: Scenario;
  readonly #source: RouteSource;
  readonly #seed: number;
  readonly #orders: Uint32Array[];
  readonly #streams: MessageStream[];

  constructor(scenario: Scenario, source: RouteSource, seed: number) {
    this.#scenario = scenario;
    this.#source = source;
    this.#seed = seed;
    this.#orders = ordersOf(scenario, source.prefixes.count);
    this.#streams = this.#orders.map((order, sender) => this.#announce(order, sender, 0));
    this.#warmUp();
  }

  /** @param afterCycle is waited for when everything is withdrawn again */
  async run(request: RunRequest, afterCycle?: () => Promise<void>): Promise<RunResult> {
    const { prefixes } = this.#source;
    const holdTimeSeconds = this.#scenario.holdTimeSeconds ?? DEFAULT_HOLD_SECONDS;
    const peers = Array.from({ length: peerCount(this.#scenario) }, (_, index) =>
      this.#peer(index, holdTimeSeconds),
    );
    try {
      for (let i = 0; i < peers.length; i += AT_A_TIME)
        await Promise.all(
          peers.slice(i, i + AT_A_TIME).map((peer) => peer.establish(request.target, ESTABLISH_MILLISECONDS)),
        );
      await sleep(REST_MILLISECONDS);
      const { phases, latency } = await this.#phases(peers, request, afterCycle);
      return {
        prefixes: prefixes.count,
        phases,
        latency,
        lostSessions: peers.flatMap(({ lost }) => (lost === undefined ? [] : [lost])),
        updatesHeard: sum(peers, ({ updates }) => updates),
        faults: sum(peers, ({ monitor }) => monitor.faults),
        strangers: sum(peers, ({ monitor }) => monitor.strangers),
      };
    } finally {
      for (const peer of peers) peer.close();
    }
  }

  async #phases(
    peers: readonly LoadPeer<Monitor>[],
    request: RunRequest,
    afterCycle: (() => Promise<void>) | undefined,
  ): Promise<{ phases: PhaseResult[]; latency: LatencyResult | undefined }> {
    const { reannounce, withdraw, probes } = this.#scenario;
    const phases: PhaseResult[] = [];
    const whole = (): boolean => phases.at(-1)!.missing === 0;
    for (let cycle = 0; cycle < request.cycles; cycle++) {
      phases.push(await phase('load', peers, this.#streams, (peer) => this.#loadGoal(peer), request));
      if (reannounce === true && whole()) phases.push(await this.#reannounce(peers, request, cycle + 1));
      if (withdraw === true && whole()) {
        const streams = this.#orders.map((order) => withdrawals(this.#source.prefixes, order));
        const goal = (peer: number): Goal | undefined =>
          this.#loadGoal(peer) === undefined ? undefined : { kind: 'hold', count: 0 };
        phases.push(await phase('withdraw', peers, streams, goal, request));
      }
      if (!whole()) break;
      await afterCycle?.();
    }
    const latency =
      probes !== undefined && whole() ? await this.#latency(peers[0]!, peers.at(-1)!, probes) : undefined;
    return { phases, latency };
  }

  /** Reads a stream as a monitor would: the daemon that comes first shall not pay for our compiler. */
  #warmUp(): void {
    const peer = this.#peer(0, DEFAULT_HOLD_SECONDS);
    for (const { bytes } of this.#streams.slice(0, 1)) peer.take(bytes);
  }

  #peer(index: number, holdTimeSeconds: number): LoadPeer<Monitor> {
    const { prefixes } = this.#source;
    return new LoadPeer(
      { index, holdTimeSeconds, addressOctets: prefixes.addressOctets },
      new Monitor(prefixes),
    );
  }

  /** What a peer must hold in the end: everything but its own; senders of the same routes are not asked. */
  #loadGoal(peer: number): Goal | undefined {
    const { senders, disjoint } = this.#scenario;
    const { count } = this.#source.prefixes;
    if (peer >= senders) return { kind: 'hold', count };
    return disjoint === true ? { kind: 'hold', count: count - this.#orders[peer]!.length } : undefined;
  }

  async #reannounce(
    peers: readonly LoadPeer<Monitor>[],
    request: RunRequest,
    round: number,
  ): Promise<PhaseResult> {
    const order = pick(this.#orders[0]!, Math.ceil(this.#orders[0]!.length / 10), this.#seed);
    const streams = [this.#announce(order, 0, round)];
    const goal = (peer: number): Goal | undefined =>
      peer < this.#scenario.senders ? undefined : { kind: 'hear', count: order.length };
    return await phase('reannounce', peers, streams, goal, request);
  }

  /** One prefix with new attributes at a time, from its write to its arrival. */
  async #latency(
    sender: LoadPeer<Monitor>,
    monitor: LoadPeer<Monitor>,
    probes: number,
  ): Promise<LatencyResult> {
    const order = pick(this.#orders[0]!, Math.min(probes, this.#orders[0]!.length), this.#seed);
    const times: number[] = [];
    let lost = 0;
    for (const [i, id] of order.entries()) {
      const stream = this.#announce(Uint32Array.of(id), 0, i + 1);
      const { promise, resolve } = Promise.withResolvers<number>();
      const timer = setTimeout(() => resolve(Number.NaN), PROBE_MILLISECONDS);
      const begun = performance.now();
      monitor.monitor.begin({ kind: 'prefix', id }, () => resolve(performance.now() - begun));
      sender.sendNow(stream.bytes);
      const time = await promise;
      clearTimeout(timer);
      if (Number.isNaN(time)) lost++;
      else times.push(time);
      await sleep(PROBE_PAUSE_MILLISECONDS);
    }
    times.sort((a, b) => a - b);
    const at = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
    return {
      p50Milliseconds: at(0.5),
      p99Milliseconds: at(0.99),
      maximumMilliseconds: at(1),
      probes: order.length,
      lost,
    };
  }

  #announce(order: Uint32Array, sender: number, round: number): MessageStream {
    const nextHop = peerNextHop(sender, this.#source.prefixes.addressOctets);
    return announcements(this.#source, order, { sender, as: peerAs(sender), nextHop, round });
  }
}

/** Sends stream i from peer i and waits for the goals. */
async function phase(
  name: PhaseResult['name'],
  peers: readonly LoadPeer<Monitor>[],
  streams: readonly MessageStream[],
  goalOf: (peer: number) => Goal | undefined,
  { pids, timeoutSeconds }: RunRequest,
): Promise<PhaseResult> {
  const before = usageOf(pids);
  const ownBefore = process.cpuUsage();
  let missing = 0;
  let doneAt = 0;
  const done = (): void => {
    missing--;
    doneAt = performance.now();
  };
  const begun = performance.now();
  for (const peer of peers) {
    const goal = goalOf(peer.index);
    if (goal === undefined) continue;
    missing++;
    peer.monitor.begin(goal, done);
  }
  let sending = streams.length;
  for (const [i, stream] of streams.entries()) void peers[i]!.send(stream).then(() => sending--);
  const lastAt = (): number => Math.max(begun, ...peers.map(({ lastUpdateAt }) => lastUpdateAt));
  const end = begun + timeoutSeconds * 1000;
  for (;;) {
    await sleep(20);
    const now = performance.now();
    const quiet = now - lastAt();
    if (missing === 0 && sending === 0 && quiet > QUIET_MILLISECONDS) break;
    if (now > end || (sending === 0 && quiet > STALL_MILLISECONDS)) break;
    if (peers.some(({ lost }) => lost !== undefined)) break;
  }
  const after = usageOf(pids);
  const own = process.cpuUsage(ownBefore);
  return {
    name,
    seconds: ((missing === 0 ? doneAt : lastAt()) - begun) / 1000,
    missing,
    generatorCpuSeconds: (own.user + own.system) / 1e6,
    ...used(before, after),
  };
}

function used(before: Usage, after: Usage) {
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    peakMegabytes: after.peakMegabytes,
    residentMegabytes: after.residentMegabytes,
  };
}

/** What each sender announces. */
function ordersOf({ senders, disjoint }: Scenario, count: number): Uint32Array[] {
  return Array.from({ length: senders }, (_, sender) => {
    const from = disjoint === true ? Math.floor((count * sender) / senders) : 0;
    const to = disjoint === true ? Math.floor((count * (sender + 1)) / senders) : count;
    return Uint32Array.from({ length: to - from }, (_, i) => from + i);
  });
}

/** `count` of the ids, by the seed; in their order. */
function pick(ids: Uint32Array, count: number, seed: number): Uint32Array {
  const random = new Random(seed);
  const all = ids.slice();
  for (let i = 0; i < count; i++) {
    const j = i + random.below(all.length - i);
    const id = all[i]!;
    all[i] = all[j]!;
    all[j] = id;
  }
  return all.subarray(0, count).sort();
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
