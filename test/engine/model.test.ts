/**
 * The engine against the naive speaker of test/model under random commands: the Adj-RIB-Out of every peer as its
 * own ears have it, the best routes, the counters, and that nothing is left when everything is gone.
 *
 * A failure prints seed and path; `BELLHOP_SEED` and `BELLHOP_RUNS` repeat or lengthen a run.
 */
import fc from 'fast-check';
import { test } from 'vitest';
import { commandsFor } from '../model/commands.ts';
import { ModelRun, PEERS } from '../model/run.ts';

const SEED = Number(process.env['BELLHOP_SEED'] ?? 4271);
const RUNS = Number(process.env['BELLHOP_RUNS'] ?? 550);

test('Engine: tells every peer what the naive speaker would, whatever happens', { timeout: 120_000 }, () => {
  const commands = fc.array(commandsFor(PEERS.length), { minLength: 1, maxLength: 400, size: 'max' });
  fc.assert(
    fc.property(commands, (list) => {
      const run = new ModelRun();
      // Everybody is there from the start: sessions that never come up prove little.
      for (const peer of PEERS.keys()) run.run({ kind: 'toggle', peer });
      for (const command of list) run.run(command);
      run.finish();
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
