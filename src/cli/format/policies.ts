/** Policies in force: a line for each, or one with its terms and who has it. */
import type { PolicyCondition, PolicyStatus, PolicyTermStatus, PolicyUse } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { tableLines } from './table.ts';

/** Values of sets in a line; of more, the number is said. */
const SHOWN_VALUES = 4;

/** Text of `bellhop policy show`. */
export function formatPolicies(policies: readonly PolicyStatus[], paint: Paint): string {
  if (policies.length === 0) return 'There are no policies.\n';
  const users = (policy: PolicyStatus, direction: PolicyUse['direction']): string => {
    const names = policy.uses.filter((use) => use.direction === direction).map(({ neighbor }) => neighbor);
    const more = names.length > SHOWN_VALUES ? ` and ${names.length - SHOWN_VALUES} more` : '';
    return names.slice(0, SHOWN_VALUES).join(', ') + more || '-';
  };
  const lines = tableLines(
    policies,
    [
      { title: 'Policy', text: ({ name }) => name },
      {
        title: 'Terms',
        text: ({ kind, terms }) => (kind === 'function' ? 'function' : String(terms.length)),
        align: 'right',
      },
      { title: 'Import of', text: (policy) => users(policy, 'import') },
      { title: 'Export to', text: (policy) => users(policy, 'export') },
      { title: 'Written in', text: placeOf },
    ],
    paint,
  );
  return `${lines.join('\n')}\n`;
}

/** Text of `bellhop policy show NAME`. */
export function formatPolicy(policy: PolicyStatus, paint: Paint): string {
  const lines = [paint.heading(`${policy.name} (${placeOf(policy)})`)];
  if (policy.kind === 'function') lines.push('  a function of the program decides');
  for (const term of policy.terms) lines.push(...termLines(term));
  lines.push(`  end: ${endText(policy)}`, '', ...useLines(policy, paint));
  return `${lines.join('\n')}\n`;
}

function placeOf({ kind, file, line }: PolicyStatus): string {
  if (file !== undefined) return `${file}:${line}`;
  return kind === 'function' ? 'the program' : kind;
}

function termLines({ number, name, file, line, match, set, verdict }: PolicyTermStatus): string[] {
  const place = file === undefined ? '' : ` (${file}:${line})`;
  return [
    `  ${number}. ${name ?? `term ${number}`}${place}`,
    ...(match.length === 0 ? ['     every route'] : match.flatMap(conditionLines)),
    ...set.map((action) => `     set    ${action}`),
    `     then   ${verdict}`,
  ];
}

/** A set is named with what is in it, a list in the file speaks for itself. */
function conditionLines({ text, values, valueCount }: PolicyCondition): string[] {
  const line = `     match  ${text}`;
  if (values.slice(0, SHOWN_VALUES).every((value) => text.includes(value))) return [line];
  const more = valueCount > SHOWN_VALUES ? ` and ${valueCount - SHOWN_VALUES} more` : '';
  return [line, `              ${values.slice(0, SHOWN_VALUES).join(', ')}${more}`];
}

function endText({ end, kind }: PolicyStatus): string {
  if (end !== 'next') return kind === 'built-in' ? end : `${end} (\`default\`)`;
  return 'the next policy of the chain; behind the last one, reject';
}

function useLines({ uses }: PolicyStatus, paint: Paint): string[] {
  if (uses.length === 0) return [paint.warning('Nobody has it.')];
  return tableLines(
    uses,
    [
      { title: 'Direction', text: ({ direction }) => direction },
      { title: 'Neighbor', text: ({ neighbor }) => neighbor },
      { title: 'Peer group', text: ({ peerGroup }) => peerGroup ?? '-' },
      { title: 'Sessions', text: ({ sessions }) => String(sessions), align: 'right' },
      { title: 'Policies in turn', text: ({ chain }) => chain.join(', ') },
    ],
    paint,
  );
}
