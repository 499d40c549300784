/**
 * `policies` of a file to plain policies, and the names by which neighbors use them.
 */
import { BUILTIN_POLICIES } from '../policy/builtin.ts';
import { termName } from '../policy/evaluate.ts';
import type { Policy, Term } from '../policy/types.ts';
import type { Report } from './diagnostic.ts';
import type { KeyPath } from './key-path.ts';
import { resolveActions } from './policy-actions.ts';
import { type MatchContext, resolveMatch } from './policy-match.ts';
import { itemsOf, resolveSets } from './policy-sets.ts';
import type { FileInput, TermInput } from './schema.ts';
import { suggest } from './suggest.ts';

/** Every policy of the file; built-in ones are not among them. Sets without a user are reported. */
export function resolvePolicies(file: FileInput, report: Report): Policy[] {
  const sets = resolveSets(file, report);
  const context: MatchContext = { sets, groups: Object.keys(file['peer-groups'] ?? {}), report };
  const policies = Object.entries(file.policies ?? {}).map(([name, terms]) =>
    resolvePolicy(name, terms, context),
  );
  for (const kind of [sets.prefixes, sets.asPaths, sets.asns, sets.communities]) kind.warnUnused();
  return policies;
}

function resolvePolicy(name: string, inputs: readonly TermInput[], context: MatchContext): Policy {
  const { report } = context;
  const path: KeyPath = ['policies', name];
  if (BUILTIN_POLICIES.has(name))
    report.error(path, `the policy \`${name}\` is built in`, 'give yours another name', 'key');
  if (inputs.length === 0 && !report.isReported(path))
    report.error(path, `the policy \`${name}\` has no terms`, 'write `- then: accept`', 'key');
  const terms: Term[] = [];
  let end: Policy['end'] = 'next';
  for (const [index, input] of inputs.entries()) {
    const at = [...path, index];
    if (input.default === undefined) {
      terms.push(resolveTerm(input, at, context));
      continue;
    }
    end = input.default;
    if (index < inputs.length - 1)
      report.error(
        [...at, 'default'],
        '`default` is not the last entry of the policy',
        'move it to the end',
        'key',
      );
    const other = Object.keys(input).find(
      (key) => key !== 'default' && input[key as keyof TermInput] !== undefined,
    );
    if (other !== undefined)
      report.error(
        [...at, other],
        `\`${other}\` does not go together with \`default\``,
        'use two entries',
        'key',
      );
  }
  warnUnreachable(terms, path, report);
  return { name, terms, end, place: report.locate(path) };
}

function resolveTerm(input: TermInput, path: KeyPath, context: MatchContext): Term {
  const { report } = context;
  const match = resolveMatch(input.match, [...path, 'match'], context);
  const set = resolveActions(input.set, [...path, 'set'], context.sets, report);
  const decides = input['then'];
  if (decides === undefined && input.set === undefined && !explained(path, report))
    report.error(
      path,
      'the term neither changes nor decides anything',
      'add `then: accept`, `reject` or `next`',
      'key',
    );
  if (decides === 'reject' && input.set !== undefined)
    report.warning([...path, 'set'], '`set` has no effect on a route that is rejected', 'remove it', 'key');
  return { name: input.name, match, set, verdict: decides ?? 'next', place: report.locate(path) };
}

/** Whether a mistake in the term itself has been reported. */
function explained(path: KeyPath, report: Report): boolean {
  return (
    ['then', 'set', 'default'].some((key) => report.isReported([...path, key])) || report.isReported(path)
  );
}

/** Terms behind one that decides about every route. */
function warnUnreachable(terms: readonly Term[], path: KeyPath, report: Report): void {
  const last = terms.findIndex(({ match, verdict }) => match.length === 0 && verdict !== 'next');
  if (last < 0 || last === terms.length - 1) return;
  // A match that could not be read looks like none.
  if (report.errors.length > 0) return;
  const place = report.placeOf([...path, last], [...path, last + 1]);
  report.warning(
    [...path, last + 1],
    `this term can never match: ${termName(terms[last]!, last)} in ${place} decides about every route`,
    'move it up, or give the other one a `match`',
    'key',
  );
}

/** The names under `import` or `export`; an unknown one is reported. */
export function resolvePolicyNames(
  value: string | readonly string[] | undefined,
  path: KeyPath,
  file: FileInput,
  report: Report,
): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const known = [...BUILTIN_POLICIES.keys(), ...Object.keys(file.policies ?? {})];
  const items = itemsOf(value, path);
  for (const { value: name, path: at } of items) {
    if (known.includes(String(name)) || report.isReported(['policies'])) continue;
    const meant = suggest(String(name), known);
    report.error(
      at,
      `unknown policy \`${name}\``,
      meant === undefined ? `known: ${known.join(', ')}` : `did you mean \`${meant}\`?`,
    );
  }
  return items.map(({ value: name }) => String(name));
}
