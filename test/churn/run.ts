/**
 * `npm run churn`: a long churn run against the daemon as a process, or with `--cycles N` loads and withdrawals of a
 * whole table. Exit code 1 when a receiver differs from the model, a session was lost, or memory grew.
 */
import { parseArgs } from 'node:util';
import { type ChurnResult, churn } from './churn.ts';
import { type CycleState, cycle } from './cycles.ts';
import { growth } from './growth.ts';

/** Growth of the resident set that is still noise of the collector. */
const TOLERATED_GROWTH = 0.1;

const USAGE =
  'usage: npm run churn -- [--minutes M] [--peers 20] [--routes 100000] [--rate 1000] [--seed 1]\n' +
  '       npm run churn -- --cycles N [--routes 1000000] [--seed 1]\n';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    peers: { type: 'string', default: '20' },
    routes: { type: 'string' },
    rate: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    cycles: { type: 'string' },
  },
});
const cycles = values.cycles === undefined ? undefined : Number(values.cycles);
const minutes = Number(values.minutes);
const peers = Number(values.peers);
const routes = Number(values.routes ?? (cycles === undefined ? 100_000 : 1_000_000));
const rate = Number(values.rate);
const seed = Number(values.seed);
const whole = [peers, routes, rate, seed, cycles ?? 3].every(Number.isInteger);
if (!whole || !(minutes > 0) || peers < 3 || routes < peers || rate < 1 || (cycles ?? 3) < 3) {
  process.stderr.write(`${USAGE}At least 3 peers, 3 cycles and as many routes as peers.\n`);
  process.exit(2);
}

const progress = (text: string): void => void process.stderr.write(text);
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
if (cycles === undefined) report(await churn({ seconds: minutes * 60, peers, routes, rate, seed, progress }));
else reportCycles(await cycle({ cycles, prefixes: routes, seed, progress }));
process.exit();

function report(result: ChurnResult): void {
  const { residentMegabytes: memory, arrival, eventLoopDelay: delay } = result;
  const grown = growth(memory);
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  process.stdout.write(`changes       ${result.changes} prefixes in ${result.seconds} s, seed ${seed}
receivers     ${peers} with ${result.compared} routes together, ${result.differences} of them not as the model says
sessions      ${result.lostSessions.length} lost
faults        ${result.faults}
CPU           ${((result.cpuSeconds / result.seconds) * 100).toFixed(1)} % of one core
arrival       p50 ${ms(arrival.p50)}, p99 ${ms(arrival.p99)}, most ${ms(arrival.maximum)}
event loop    ${delay === undefined ? 'the daemon does not tell' : `p50 ${ms(delay.p50Ms)}, p99 ${ms(delay.p99Ms)}, most ${ms(delay.maxMs)}`}
memory        ${memory[0]?.toFixed(0)} MB at first, ${memory.at(-1)?.toFixed(0)} MB at last, ${(grown * 100).toFixed(1)} % from the second fifth to the last
`);
  for (const example of result.examples) process.stdout.write(`  ${example}\n`);
  const failed = result.differences + result.faults + result.lostSessions.length > 0;
  if (failed || grown > TOLERATED_GROWTH) process.exitCode = 1;
}

function reportCycles(states: readonly CycleState[]): void {
  const lines = states.map(
    ({ residentMegabytes, peakMegabytes, prefixes, paths }, i) =>
      `| ${i + 1} | ${residentMegabytes.toFixed(0)} | ${peakMegabytes.toFixed(0)} | ${prefixes} | ${paths} |\n`,
  );
  const grown = growth(states.map(({ residentMegabytes }) => residentMegabytes));
  process.stdout.write(
    `| cycle | MB after it | most MB so far | prefixes left | paths left |\n| ---: | ---: | ---: | ---: | ---: |\n` +
      `${lines.join('')}\nmemory ${(grown * 100).toFixed(1)} % from the second fifth to the last\n`,
  );
  const left = states.some(({ prefixes, paths }) => prefixes + paths > 0);
  if (left || grown > TOLERATED_GROWTH) process.exitCode = 1;
}
