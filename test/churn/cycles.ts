/** Load and withdrawal of a whole table, again and again: memory must come to rest, and nothing may be left behind. */
import { TARGET_ADDRESS } from '../../src/bench/table/daemons.ts';
import { Load } from '../../src/bench/table/load.ts';
import type { Scenario } from '../../src/bench/table/scenarios.ts';
import { syntheticTable } from '../../src/bench/table/synthetic.ts';
import { usageOf } from '../../src/bench/table/usage.ts';
import { startDaemon, statusOf } from './daemon.ts';

export interface CyclesOptions {
  readonly cycles: number;
  readonly prefixes: number;
  readonly seed: number;
  readonly progress?: (text: string) => void;
}

/** The daemon when all prefixes of a cycle are withdrawn again. */
export interface CycleState {
  /** VmRSS and VmHWM in MB. */
  readonly residentMegabytes: number;
  readonly peakMegabytes: number;
  /** What its tables still hold, of all families together. */
  readonly prefixes: number;
  readonly paths: number;
}

const SCENARIO: Scenario = {
  name: 'cycles',
  title: 'load and withdrawal',
  addressOctets: 4,
  senders: 1,
  monitors: 1,
  share: 1,
  withdraw: true,
};

/** Runs the cycles over one pair of sessions. @throws Error when the monitor misses something */
export async function cycle({ cycles, prefixes, seed, progress }: CyclesOptions): Promise<CycleState[]> {
  const load = new Load(SCENARIO, syntheticTable(4, prefixes, seed), seed);
  await using daemon = await startDaemon(2);
  const states: CycleState[] = [];
  const request = {
    target: { address: TARGET_ADDRESS, port: daemon.port },
    pids: daemon.pids,
    timeoutSeconds: 150,
    cycles,
  };
  const result = await load.run(request, async () => {
    const { families } = await statusOf(daemon);
    const { residentMegabytes, peakMegabytes } = usageOf(daemon.pids);
    const sum = (of: 'prefixes' | 'paths'): number =>
      families.reduce((total, family) => total + family[of], 0);
    const state = { residentMegabytes, peakMegabytes, prefixes: sum('prefixes'), paths: sum('paths') };
    states.push(state);
    progress?.(
      `cycle ${states.length}: ${residentMegabytes.toFixed(0)} MB (most so far ${peakMegabytes.toFixed(0)}), ` +
        `${state.prefixes} prefixes and ${state.paths} paths left\n`,
    );
  });
  const missing = result.phases.find((phase) => phase.missing > 0);
  if (missing !== undefined || result.lostSessions.length > 0)
    throw new Error(
      `cycle ${states.length + 1}: ${missing?.name ?? 'session'} not complete ${result.lostSessions.join(', ')}`,
    );
  return states;
}
