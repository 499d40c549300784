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
  const lines = [paint.heading(headline(explanation, to === undefined))];
  if (to === undefined || from !== undefined || !found) {
    for (const text of waiting) lines.push(`  ${paint.warning(text)}`);
    for (const path of paths) lines.push('', ...pathLines(path, paint));
    lines.push(...absentLines(absent, paint));
  }
  const isAboutExport =
    found || exports.some(({ sent, pending, cause }) => sent ?? pending ?? cause === 'default-originate');
  if ((from === undefined || to !== undefined) && (isAboutExport || to !== undefined))
    for (const told of exports) lines.push('', ...exportLines(told, paint));
  return `${lines.join('\n')}\n`;
}

function headline({ prefix, found, longestMatch, paths, exports }: Explanation, isAboutAll: boolean): string {
  if (!found) {
    const nearest =
      longestMatch === undefined ? 'nothing around it is either' : `the longest match is ${longestMatch}`;
    return `${prefix} is not in the table; ${nearest}`;
  }
  const best = paths.find((path) => path.best);
  const sent = exports.filter((told) => told.sent !== undefined).length;
  const told = isAboutAll ? `, told to ${sent} of ${count(exports.length, 'neighbor')}` : '';
  const choice = best === undefined ? '' : `, best from ${best.peer}`;
  return `${prefix}: ${count(paths.length, 'path')}${choice}${told}`;
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
  lines.push(...changeLines(changes, policy));
  if (pending !== undefined) lines.push(`  pending    ${paint.warning(pending)}`);
  return lines;
}

/** Those with something to say one by one, the rest in a line. */
function absentLines(absent: readonly ExplainedAbsence[], paint: Paint): string[] {
  const isSilent = ({ cause, faults }: ExplainedAbsence) => cause === 'not-announced' && faults.length === 0;
  const silent = absent.filter(isSilent).map(({ peer }) => peer);
  const lines = absent
    .filter((absence) => !isSilent(absence))
    .flatMap((absence) => ['', ...absenceLines(absence, paint)]);
  if (silent.length > 0)
    lines.push('', `Not announced, or withdrawn since, in the session with: ${silent.join(' ')}`);
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

function exportLines(told: ExplainedExport, paint: Paint): string[] {
  const { peer, cause, reason, policy, sent, changes, pending } = told;
  const lines = [
    `${paint.heading(`To ${peer}`)}: ${stateText(told, paint)}${cause === 'sent' ? '' : `: ${reason}`}`,
  ];
  // A policy that rejects is the reason already.
  if (policy !== undefined)
    lines.push(
      ...(policy.reason === reason ? [] : [`  export     ${verdictText(policy, paint)}`]),
      ...policyLines(policy),
    );
  if (sent !== undefined) lines.push(`  as sent    ${attributesText(sent)}`);
  if (pending !== undefined) {
    lines.push(`  pending    ${paint.warning(pending.reason)}`);
    if (pending.wanted !== undefined) lines.push(`  to send    ${attributesText(pending.wanted)}`);
  }
  return [...lines, ...changeLines(changes, policy)];
}

/** With what is still to come; its reason is in a line of its own. */
function stateText({ sent, pending }: ExplainedExport, paint: Paint): string {
  if (pending === undefined) return sent === undefined ? paint.bad('not sent') : paint.good('sent');
  if (sent === undefined) return paint.warning('not sent yet');
  return paint.warning(pending.wanted === undefined ? 'sent, not withdrawn yet' : 'sent, not as it is now');
}

function verdictText({ verdict, reason }: ExplainedPolicy, paint: Paint): string {
  return `${verdict === 'accept' ? paint.good('accepted') : paint.bad('rejected')}: ${reason}`;
}

function policyLines({ steps }: ExplainedPolicy): string[] {
  return steps.flatMap(({ policy, term, place, failed, verdict, changes }) => [
    `    ${policy} / ${term}${place === undefined ? '' : ` (${place})`}: ${failed === undefined ? `matches, ${verdict}` : `no match: ${failed}`}`,
    ...changes.map(
      ({ attribute, before, after }) => `      ${attribute}: ${before || 'none'} -> ${after || 'none'}`,
    ),
  ]);
}

/** What is different in the end, but for what a term of `policy` is said to have done. */
function changeLines(changes: ExplainedPath['changes'], policy: ExplainedPolicy | undefined): string[] {
  const explained = policy?.steps.flatMap((step) => step.changes) ?? [];
  return changes
    .filter(
      (change) => !explained.some((one) => one.attribute === change.attribute && one.after === change.after),
    )
    .map(
      ({ attribute, before, after }) =>
        `  changed    ${attribute}: ${before || 'none'} -> ${after || 'none'}`,
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
