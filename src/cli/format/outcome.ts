/** What a configuration changes: a line for each key, the most disturbing first, then the routes. */
import type { ChangeClass, ConfigOutcome, PlannedChange } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { count } from './quantities.ts';
import { tableLines } from './table.ts';

const ORDER: readonly ChangeClass[] = ['restart', 'session reset', 'refresh', 'soft', 'hot'];

/** Prefixes listed by name; of more, the number is said. */
const LISTED_ROUTES = 20;

/** Text of a plan, or of what was done. */
export function formatOutcome(outcome: ConfigOutcome, paint: Paint): string {
  const { changes, routes, applied, confirmWithinSeconds } = outcome;
  if (changes.length === 0) return 'Nothing changes.\n';
  const sorted = ORDER.flatMap((kind) => changes.filter((change) => change.class === kind));
  const style = (kind: ChangeClass) =>
    kind === 'hot' || kind === 'soft' ? paint.good : kind === 'refresh' ? paint.warning : paint.bad;
  const lines = tableLines(
    sorted,
    [
      { title: 'Class', text: (change) => change.class, style: (change) => style(change.class) },
      { title: 'What', text: (change) => change.subject },
      { title: 'Change', text: changeText },
      { title: 'Effect', text: (change) => change.effect },
    ],
    paint,
  );
  const counts = ORDER.map(
    (kind) => [kind, changes.filter((change) => change.class === kind).length] as const,
  );
  const summary = counts.filter(([, number]) => number > 0).map(([kind, number]) => `${number} ${kind}`);
  lines.push(
    '',
    ...routeLines('announced', routes.announced),
    ...routeLines('changed or taken over', routes.changed),
  );
  lines.push(...routeLines('withdrawn', routes.withdrawn));
  lines.push(
    `${applied ? 'Applied' : 'Would apply'} ${count(changes.length, 'change')}: ${summary.join(', ')}.`,
  );
  if (confirmWithinSeconds !== undefined)
    lines.push(
      paint.warning(`All of it is undone in ${confirmWithinSeconds} s unless you run \`bellhop confirm\`.`),
    );
  return `${lines.join('\n')}\n`;
}

function changeText({ key, from, to }: PlannedChange): string {
  return key === undefined ? '' : `${key}: ${from ?? '?'} -> ${to ?? '?'}`;
}

function routeLines(verb: string, prefixes: readonly string[]): string[] {
  if (prefixes.length === 0) return [];
  const named = prefixes.slice(0, LISTED_ROUTES).join(' ');
  const more = prefixes.length > LISTED_ROUTES ? ` and ${prefixes.length - LISTED_ROUTES} more` : '';
  return [`${count(prefixes.length, 'route')} of our own ${verb}: ${named}${more}`];
}
