/**
 * `npm run conformance`: all cases against all five daemons, the table to `docs/conformance.md`. Needs root and the
 * daemons. `npm run conformance -- BIRD FRR` prints what these do and writes nothing.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { labProblem } from '../interop/lab/namespaces.ts';
import { missingPrograms } from '../interop/lab/peer.ts';
import { runCases } from './battery.ts';
import { CASES } from './cases/index.ts';
import { DAEMONS } from './daemons.ts';
import { type DaemonResult, report } from './report.ts';

const FILE = fileURLToPath(new URL('../../docs/conformance.md', import.meta.url));

const wanted = process.argv.slice(2);
const daemons = DAEMONS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const missing = missingPrograms(daemons.flatMap(({ programs }) => programs));
const problem = labProblem() ?? (missing.length > 0 ? `not installed: ${missing.join(', ')}` : undefined);
if (problem !== undefined) {
  process.stderr.write(`The conformance table cannot be made: ${problem}.\n`);
  process.exit(1);
}

const results: DaemonResult[] = [];
for (const daemon of daemons) {
  const begun = performance.now();
  const outcomes = await runCases(daemon);
  const version = await daemon.version();
  results.push({ name: daemon.name, version, outcomes });
  const agreed = [...outcomes.values()].filter(({ agrees }) => agrees).length;
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stdout.write(
    `${daemon.name} ${version}: ${agreed} of ${CASES.length} as the RFC says (${seconds} s)\n`,
  );
  if (wanted.length > 0)
    for (const [index, one] of CASES.entries())
      process.stdout.write(`  ${one.area}: ${one.name}: ${outcomes.get(index)?.text}\n`);
}
if (wanted.length === 0) {
  writeFileSync(FILE, report(results, new Date().toISOString().slice(0, 10)));
  process.stdout.write('Written: docs/conformance.md\n');
}
process.exit(0);
