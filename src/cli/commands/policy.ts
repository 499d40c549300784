/** `bellhop policy test` runs the tests of a configuration's policies, `bellhop policy show` has those in force. */
import type { Command } from 'commander';
import { requests } from '../../api/client.ts';
import { formatDiagnostic } from '../../config/diagnostic.ts';
import { loadConfig } from '../../config/load.ts';
import { chainOf } from '../../config/policy-chain.ts';
import type { Config } from '../../config/types.ts';
import { runPolicyTest, type TestResult } from '../../policy/test-run.ts';
import type { ExplainedStep, RouteExplanation } from '../../rib/transform.ts';
import { type CommandContext, EXIT, type QueryOptions, query } from '../context.ts';
import { formatPolicies, formatPolicy } from '../format/policies.ts';
import { count } from '../format/quantities.ts';
import { addQueryOptions } from '../options.ts';
import { type Paint, paintFor } from '../terminal.ts';

interface TestOptions {
  readonly json?: boolean;
  readonly only?: string;
  readonly explain?: boolean;
}

/** Adds the command to `program`. */
export function addPolicyCommand(program: Command, context: CommandContext): void {
  const policy = program.command('policy').description('policies: those in force, and their tests');
  policy
    .command('test')
    .description('run the `tests` of a configuration file (exit code 1 when one fails)')
    .argument('<file>', 'the YAML file')
    .option('--only <text>', 'the tests with this text in their name')
    .option('--explain', 'show for every test which terms were looked at')
    .option('--json', 'print the results as JSON')
    .action((file: string, options: TestOptions) => {
      context.exitCode = test(file, options, context);
    });
  addQueryOptions(
    policy
      .command('show')
      .description('the policies in force in the running daemon: terms, where they are written, who has them')
      .argument('[policy]', 'name of one, to see its terms'),
  ).action((name: string | undefined, options: QueryOptions) =>
    name === undefined
      ? query(context, options, requests.policies(), formatPolicies)
      : query(context, options, requests.policy(name), formatPolicy),
  );
}

function load(file: string, { terminal }: CommandContext): Config | undefined {
  const result = loadConfig(file);
  if (result.ok) return result.config;
  for (const error of result.errors) terminal.stderr.write(`${formatDiagnostic(error, 'error')}\n\n`);
  terminal.stderr.write(`${file}: ${count(result.errors.length, 'error')}\n`);
  return undefined;
}

function test(file: string, { json, only = '', explain }: TestOptions, context: CommandContext): number {
  const { terminal } = context;
  const config = load(file, context);
  if (config === undefined) return EXIT.usage;
  const results = config.policyTests
    .filter(({ name }) => name.includes(only))
    .map((one) => runPolicyTest(one, chainOf(one.policies, config.policies), config.as));
  const failed = results.filter(({ differences }) => differences.length > 0);
  if (json === true) terminal.stdout.write(`${JSON.stringify(results.map(resultJson), undefined, 2)}\n`);
  else {
    const paint = paintFor(terminal.stdout, terminal.environment);
    for (const result of results) terminal.stdout.write(formatResult(result, explain === true, paint));
    const summary = `${count(results.length, 'test')}, ${failed.length} failed`;
    terminal.stdout.write(`${failed.length > 0 ? paint.bad(summary) : summary}\n`);
  }
  if (results.length > 0) return failed.length > 0 ? EXIT.failure : EXIT.ok;
  // Nothing tested is nothing proven: a script must not take it for success.
  terminal.stderr.write(
    `${file}: ${only === '' ? 'there are no `tests`' : `no test has \`${only}\` in its name`}\n`,
  );
  return EXIT.failure;
}

function resultJson({ test: { name, place }, differences, explanation }: TestResult): object {
  return { name, place, passed: differences.length === 0, differences, explanation };
}

function formatResult(
  { test: one, differences, explanation }: TestResult,
  explain: boolean,
  paint: Paint,
): string {
  const { name, place } = one;
  if (differences.length === 0)
    return `${paint.good('ok  ')} ${name}\n${explain ? formatExplanation(explanation) : ''}`;
  const lines = differences.flatMap(({ what, expected, actual }) => [
    `     ${what}`,
    `       ${paint.good(`+ expected ${expected}`)}`,
    `       ${paint.bad(`- actual   ${actual}`)}`,
  ]);
  return (
    [`${paint.bad('FAIL')} ${name} (${place.file}:${place.line})`, ...lines, ''].join('\n') +
    formatExplanation(explanation)
  );
}

/** What every term made of the route. */
function formatExplanation({ verdict, reason, steps }: RouteExplanation): string {
  return [...steps.map(formatStep), `     => ${verdict}: ${reason}`, ''].join('\n');
}

function formatStep({ policy, term, place, failed, verdict, changes }: ExplainedStep): string {
  const at = place === undefined ? '' : ` (${place})`;
  const outcome = failed === undefined ? `matches, ${verdict}` : `no match: ${failed}`;
  const changed = changes.map(
    ({ attribute, before, after }) => `\n         ${attribute}: ${before ?? 'none'} -> ${after ?? 'none'}`,
  );
  return `     ${policy} / ${term}${at}: ${outcome}${changed.join('')}`;
}
