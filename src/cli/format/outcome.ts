/** What a configuration changes: a line for each key, the most disturbing first, then the routes. */
import type {
  ChangeClass,
  ConfigOutcome,
  PeerPlan,
  PlannedChange,
  PlannedPrefixes,
} from '../../api/types.ts';
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
  if (outcome.peers !== undefined) {
    if (lines.at(-1) !== '') lines.push('');
    lines.push(...peerLines(outcome.peers, paint), ...(outcome.notes ?? []));
  }
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

/** What each session would hear, and then the prefixes by name. */
function peerLines(peers: readonly PeerPlan[], paint: Paint): string[] {
  if (peers.length === 0) return ['No peer is told anything else.', ''];
  const number = (count: number, { session }: PeerPlan): string =>
    session === 'stays' ? String(count) : '-';
  const lines = tableLines(
    peers,
    [
      { title: 'Peer', text: ({ peer }) => peer },
      { title: 'Session', text: ({ session }) => session },
      { title: 'Announced', text: (plan) => number(plan.announced.count, plan), align: 'right' },
      { title: 'Withdrawn', text: (plan) => number(plan.withdrawn.count, plan), align: 'right' },
      { title: 'Changed', text: (plan) => number(plan.changed.count, plan), align: 'right' },
      { title: 'Repeated', text: (plan) => number(plan.repeated, plan), align: 'right' },
      { title: 'Its routes', text: receivedText },
    ],
    paint,
  );
  const named = peers.flatMap(({ peer, announced, withdrawn, changed }) => [
    ...namedLines(`announced to ${peer}`, announced),
    ...namedLines(`withdrawn from ${peer}`, withdrawn),
    ...namedLines(`changed for ${peer}`, changed),
  ]);
  return [...lines, '', ...named];
}

function receivedText({ session, received: { accepted, rejected, changed } }: PeerPlan): string {
  if (session !== 'stays') return '-';
  const parts = [
    accepted > 0 && `${accepted} accepted`,
    rejected > 0 && `${rejected} rejected`,
    changed > 0 && `${changed} changed`,
  ];
  return parts.filter(Boolean).join(', ') || 'the same';
}

function namedLines(verb: string, { count: all, first }: PlannedPrefixes): string[] {
  if (all === 0) return [];
  const more = all > first.length ? ` and ${all - first.length} more` : '';
  return [`${verb}: ${first.join(' ')}${more}`];
}
