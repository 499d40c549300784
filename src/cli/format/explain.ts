/**
 * `explain` as text: one paragraph for the paths, one for each neighbor that could have announced the route and did not,
 * and one line for each neighbor that is told of it or not, with what decided behind it.
 */
import type {
  ExplainedAbsence,
  ExplainedExport,
  ExplainedFault,
  ExplainedPath,
  ExplainedPolicy,
  Explanation,
  RouteEntry,
} from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { count } from './quantities.ts';

/** What was asked for; a part that was not asked for is left out. */
export interface ExplainView {
  readonly from?: string;
  readonly to?: string;
}

/** Text of `explain`. */
export function formatExplanation(
  explanation: Explanation,
  paint: Paint,
  { from, to }: ExplainView = {},
): string {
  const { paths, absent, waiting, exports, found } = explanation;
  const lines = [paint.heading(headline(explanation))];
  if (to === undefined || from !== undefined || !found) {
    for (const text of waiting) lines.push(`  ${paint.warning(text)}`);
    for (const path of paths) lines.push('', ...pathLines(path, paint));
    for (const absence of absent) lines.push('', ...absenceLines(absence, paint));
  }
  const isAboutExport =
    found || exports.some(({ sent, pending, cause }) => sent ?? pending ?? cause === 'default-originate');
  if ((from === undefined || to !== undefined) && (isAboutExport || to !== undefined))
    for (const told of exports) lines.push('', ...exportLines(told, paint));
  return `${lines.join('\n')}\n`;
}

function headline({ prefix, found, longestMatch, paths, exports }: Explanation): string {
  if (!found) {
    const nearest =
      longestMatch === undefined ? 'nothing around it is either' : `the longest match is ${longestMatch}`;
    return `${prefix} is not in the table; ${nearest}`;
  }
  const best = paths.find((path) => path.best);
  const told = exports.filter(({ sent }) => sent !== undefined).length;
  const choice = best === undefined ? '' : `, best from ${best.peer}`;
  return `${prefix}: ${count(paths.length, 'path')}${choice}, told to ${told} of ${count(exports.length, 'neighbor')}`;
}

function pathLines(path: ExplainedPath, paint: Paint): string[] {
  const { peer, owner, since, best, accepted, rule, lostBy, pending, faults, policy, changes, received } =
    path;
  const mark = best ? paint.good('best') : accepted ? 'not best' : paint.bad('not accepted');
  const origin = owner === undefined ? `From ${peer}` : `Our own, of ${owner}`;
  const lines = [
    `${paint.heading(origin)}: ${mark}${lostBy !== undefined && accepted ? `, lost by ${lostBy}` : ''}`,
  ];
  if (since !== undefined)
    lines.push(
      owner === undefined ? `  heard in the session that began at ${since}` : `  announced since ${since}`,
    );
  lines.push(...faults.map((fault) => faultLine(fault, paint)), `  received   ${attributesText(received)}`);
  if (rule !== undefined) lines.push(`  import     ${paint.bad('refused')}: ${rule}`);
  if (policy !== undefined) lines.push(`  import     ${verdictText(policy, paint)}`, ...policyLines(policy));
  lines.push(...changeLines('changed   ', changes));
  if (pending !== undefined) lines.push(`  pending    ${paint.warning(pending)}`);
  return lines;
}

function absenceLines({ peer, reason, since, faults }: ExplainedAbsence, paint: Paint): string[] {
  const session = since === undefined ? [] : [`  session since ${since}`];
  return [
    `${paint.heading(`From ${peer}`)}: nothing: ${reason}`,
    ...session,
    ...faults.map((one) => faultLine(one, paint)),
  ];
}

function exportLines(
  { peer, cause, reason, policy, sent, changes, pending }: ExplainedExport,
  paint: Paint,
): string[] {
  const passes = cause === 'sent' || cause === 'default-originate';
  const state = sent === undefined ? paint.bad('not sent') : paint.good('sent');
  const lines = [
    `${paint.heading(`To ${peer}`)}: ${state}${passes && pending === undefined && cause === 'sent' ? '' : `: ${reason}`}`,
  ];
  if (policy !== undefined) lines.push(`  export     ${verdictText(policy, paint)}`, ...policyLines(policy));
  if (sent !== undefined) lines.push(`  as sent    ${attributesText(sent)}`);
  if (pending !== undefined) {
    const wanted = pending.wanted === undefined ? '' : `: ${attributesText(pending.wanted)}`;
    lines.push(`  pending    ${paint.warning(pending.reason)}${wanted}`);
  }
  return [...lines, ...changeLines('changed   ', changes)];
}

function verdictText({ verdict, reason }: ExplainedPolicy, paint: Paint): string {
  return `${verdict === 'accept' ? paint.good('accepted') : paint.bad('rejected')} by ${reason}`.replace(
    'by no policy is',
    'as no policy is',
  );
}

function policyLines({ steps }: ExplainedPolicy): string[] {
  return steps.flatMap(({ policy, term, place, failed, verdict, changes }) => [
    `    ${policy} / ${term}${place === undefined ? '' : ` (${place})`}: ${failed === undefined ? `matches, ${verdict}` : `no match: ${failed}`}`,
    ...changes.map(
      ({ attribute, before, after }) => `      ${attribute}: ${before || 'none'} -> ${after || 'none'}`,
    ),
  ]);
}

function changeLines(label: string, changes: ExplainedPath['changes']): string[] {
  return changes.map(
    ({ attribute, before, after }) => `  ${label} ${attribute}: ${before || 'none'} -> ${after || 'none'}`,
  );
}

function faultLine(
  { time, disposition, attribute, reason, rfc, sequence }: ExplainedFault,
  paint: Paint,
): string {
  const what = attribute === undefined || reason.includes(attribute) ? reason : `${reason} (${attribute})`;
  return `  ${paint.warning(`malformed at ${time}: ${what}, ${disposition} (${rfc})`)}, error ${sequence}`;
}

/** The attributes in one line. */
function attributesText(route: RouteEntry): string {
  const parts: readonly (readonly [string, string | number | undefined])[] = [
    ['next hop', route.nextHop],
    ['path', route.asPath === '' ? 'empty' : route.asPath],
    ['origin', route.origin],
    ['MED', route.med],
    ['LOCAL_PREF', route.localPref],
    ['communities', route.communities.join(' ')],
    ['large communities', route.largeCommunities.join(' ')],
    ['extended communities', route.extendedCommunities.join(' ')],
    ['originator', route.originatorId],
    ['clusters', route.clusterList.join(' ')],
    ['aggregator', route.aggregator],
  ];
  return parts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([label, value]) => `${label} ${value}`)
    .join(', ');
}
