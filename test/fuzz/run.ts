/**
 * `npm run fuzz -- --seconds N --seed S`: a long fuzz run with coverage. Exit code 1 when a promise was broken, or
 * when a long run left a spec or an error branch of the codec unentered.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BranchCoverage, SpecCoverage } from './coverage.ts';
import { type FuzzFailure, fuzz } from './fuzzer.ts';
import { writeVector } from './vectors.ts';

/** Messages of the codec after which nothing may be left out; a shorter run may miss what is rare. */
const COVERAGE_MESSAGES = 50_000;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '30' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
if (!(seconds > 0) || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run fuzz -- [--seconds NUMBER] [--seed WHOLE NUMBER]\n');
  process.exit(2);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const specs = new SpecCoverage();
const branches = new BranchCoverage();
specs.install();
branches.start();
process.stdout.write(`seed ${seed}, ${seconds} s\n`);
const result = await fuzz({ seed, seconds, collectGarbage });
const holes = [...specs.missing, ...branches.take()];
specs.restore();

const total = result.codec + result.engine + result.speaker;
const heap = result.heapBytes.map((bytes) => (bytes / 2 ** 20).toFixed(0));
process.stdout.write(`${specs.table}

codec    ${result.codec} messages
json     ${result.json} damaged, ${result.jsonWritten} of them written and ${result.json - result.jsonWritten} refused
engine   ${result.engine} messages, ${result.engineResets} sessions reset, ${result.engineDisabled} families closed
speaker  ${result.speaker} messages, ${result.speakerSessions} sessions, closed ${result.speakerCloses} times
total    ${total} messages in ${result.seconds.toFixed(1)} s, ${Math.round(total / result.seconds)} a second
slowest  ${result.slowestMilliseconds.toFixed(1)} ms
heap     ${heap.slice(0, 3).join(' ')} ... ${heap.slice(-3).join(' ')} MiB after collection
`);
if (holes.length === 0) process.stdout.write('coverage every spec and every error branch entered\n');
else process.stdout.write(`coverage never entered:\n${holes.map((hole) => `  ${hole}\n`).join('')}`);
if (result.failure !== undefined) report(result.failure);
if (holes.length > 0 && result.codec > COVERAGE_MESSAGES) process.exitCode = 1;

function report({ target, number, error, vector }: FuzzFailure): void {
  process.exitCode = 1;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stdout.write(`\nFAILED: ${target}, seed ${seed}, message ${number}\n${text}\n`);
  if (vector === undefined) return;
  const path = writeVector(`${target}-${seed}-${number}`, vector);
  if (vector.target === 'json') process.stdout.write(`  ${JSON.stringify(vector.json).slice(0, 2000)}\n`);
  else
    for (const { hex } of vector.target === 'codec' ? [vector] : vector.messages)
      process.stdout.write(`  ${hex}\n`);
  process.stdout.write(`kept as ${path}\n`);
}
