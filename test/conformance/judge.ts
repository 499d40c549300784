/** From what was seen of a daemon to one word for the table, and whether that is what the RFC wants. */
import type { PeerRoute } from '../interop/lab/peer.ts';
import type { SessionReport } from './adversary.ts';
import { OLD_AS } from './build.ts';
import type { ConformanceCase, Shown, Verdict } from './case.ts';
import { prefixesOf } from './ground.ts';

/** What a daemon did with a case. */
export interface Outcome {
  /**
   * The cell of the table: `accept`, `discard`, `withdraw`, `no effect`, `disable`, `reset 3/5`, `close`, and in
   * parentheses what else is odd.
   */
  readonly text: string;
  readonly agrees: boolean;
}

/** `routes` by prefix. */
export function judge(
  one: ConformanceCase,
  index: number,
  session: SessionReport,
  routes: ReadonlyMap<string, PeerRoute>,
): Outcome {
  if (one.needs !== undefined && session.failure === undefined && !session.capabilities.includes(one.needs))
    return { text: 'not offered', agrees: true };
  const text = describe(one, index, session, routes);
  return { text, agrees: [one.verdict, ...(one.or ?? [])].some((verdict) => text === wordOf(verdict)) };
}

/** The word in the table for what the RFC wants. */
export function wordOf(verdict: Verdict): string {
  if (verdict.startsWith('session-reset')) return verdict.replace('session-reset', 'reset');
  if (verdict === 'attribute-discard') return 'discard';
  if (verdict === 'AFI/SAFI-disable') return 'disable';
  if (verdict === 'treat-as-withdraw' || verdict === 'exclude') return 'withdraw';
  return verdict;
}

function describe(
  one: ConformanceCase,
  index: number,
  session: SessionReport,
  routes: ReadonlyMap<string, PeerRoute>,
): string {
  if (session.failure !== undefined) return `no session: ${session.failure}`;
  if (session.notification !== undefined) return `reset ${session.notification}`;
  if (session.closed) return 'close';
  const stage = one.stage ?? 'established';
  if (stage === 'open-sent') return session.accepted ? 'accept' : 'no effect';
  if (stage === 'open-confirm') return 'no effect';

  const prefixes = prefixesOf(index);
  const route = routes.get(one.family === 6 ? prefixes.touched6 : prefixes.touched);
  const open = [prefixes.control, prefixes.control6].filter((prefix) => routes.has(prefix)).length;
  if (open === 0 || (open === 1 && route !== undefined)) return 'stuck';
  if (open === 1) return 'disable';
  const word = describeRoute(one, route);
  const other = routes.has(prefixes.other) ? 'kept' : 'gone';
  const expected = one.other ?? 'kept';
  if (other === expected) return word;
  return `${word} (${other === 'gone' ? 'other route lost' : 'withdrawal lost'})`;
}

function describeRoute(one: ConformanceCase, route: PeerRoute | undefined): string {
  if (route === undefined) return 'withdraw';
  if (route.asPath.includes(OLD_AS)) return 'no effect';
  const wantsDiscard = [one.verdict, ...(one.or ?? [])].includes('attribute-discard');
  const wrong = difference(one.shows ?? {}, route);
  if (wrong !== undefined) return wantsDiscard ? 'accept' : `accept (${wrong})`;
  const { absent } = one;
  const shown =
    typeof absent === 'number'
      ? route.present?.others?.includes(absent) === true
      : absent !== undefined && route.present?.[absent] === true;
  const visible = one.hides !== undefined && difference(one.hides, route) === undefined;
  return wantsDiscard && !shown && !visible ? 'discard' : 'accept';
}

/** The first part of `wanted` that the route shows otherwise. */
function difference(wanted: Shown, route: PeerRoute): string | undefined {
  for (const [key, value] of Object.entries(wanted)) {
    const shown = route[key as keyof Shown];
    if (JSON.stringify(shown) !== JSON.stringify(value)) return `${key} ${String(shown)}`;
  }
  return undefined;
}
