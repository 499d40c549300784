/** `show vips`, and what `drain` says: one line for each VIP, then what needs attention. */
import type { VipStatus } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { formatDuration } from './quantities.ts';
import { tableLines } from './table.ts';

const ANNOUNCED = {
  withdrawn: 'no',
  up: 'yes',
  degraded: 'as down',
  draining: 'draining',
} as const;

/** Text of `show vips`; `now` (milliseconds since 1970) dates states. */
export function formatVips(vips: readonly VipStatus[], paint: Paint, now = Date.now()): string {
  if (vips.length === 0) return 'No VIPs.\n';
  const lines = tableLines(
    vips,
    [
      { title: 'VIP', text: ({ name }) => name },
      { title: 'State', text: ({ state }) => state, style: (vip) => stateStyle(vip, paint) },
      {
        title: 'Since',
        align: 'right',
        text: ({ since }) => formatDuration((now - Date.parse(since)) / 1000),
      },
      { title: 'Announced', text: ({ announced }) => ANNOUNCED[announced] },
      { title: 'Checks', text: checksText },
      { title: 'Prefixes', text: ({ prefixes }) => prefixes.join(' ') },
      { title: 'Reason', text: reasonText },
    ],
    paint,
  );
  const problems = vips.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [paint.bad(`! ${name}: ${problem}`)],
  );
  return `${[...lines, ...(problems.length > 0 ? ['', ...problems] : [])].join('\n')}\n`;
}

/** Style of the state of a VIP: what is neither up nor down waits. */
export function stateStyle({ state }: Pick<VipStatus, 'state'>, paint: Paint): (text: string) => string {
  if (state === 'UP') return paint.good;
  return state === 'DOWN' ? paint.bad : paint.warning;
}

/** A drain goes before what the checks say: it is why a healthy VIP is not announced. */
function reasonText({ name, drain, reason }: VipStatus): string {
  if (drain === undefined) return reason;
  return `${drain.stage === 'announced' ? 'being drained' : 'drained'}; \`bellhop undrain ${name}\` ends that`;
}

function checksText({ checks }: VipStatus): string {
  const healthy = checks.filter(({ state }) => state === 'UP' || state === 'FALLING').length;
  return checks.length === 0 ? '-' : `${healthy}/${checks.length}`;
}

/**
 * What became of drains, with their times.
 * @param metallb of the services of MetalLB manifests: null when there are none, undefined when they are not drained.
 */
export function formatDrains(vips: readonly VipStatus[], metallb: VipStatus['drain'] | null): string {
  const lines = vips.map((vip) => `${vip.name}: ${drainText(vip)}\n`);
  if (metallb !== null)
    lines.push(`MetalLB: ${metallb === undefined ? 'not drained' : stagesText(metallb)}\n`);
  return lines.length === 0 ? 'No VIPs.\n' : lines.join('');
}

function drainText({ drain, announced, state }: VipStatus): string {
  if (drain === undefined)
    return `not drained; ${state}, ${announced === 'withdrawn' ? notYet(state) : 'announced'}`;
  return stagesText(drain);
}

function stagesText(drain: NonNullable<VipStatus['drain']>): string {
  const parts: string[] = [];
  if (drain.announcedMilliseconds !== undefined)
    parts.push(`GRACEFUL_SHUTDOWN with all peers after ${drain.announcedMilliseconds} ms`);
  if (drain.withdrawnMilliseconds !== undefined)
    parts.push(`withdrawn, with all peers after ${drain.withdrawnMilliseconds} ms`);
  else
    parts.push(
      drain.stage === 'announced' ? `withdrawn in at most ${drain.graceSeconds} s` : 'being withdrawn',
    );
  return parts.join('; ');
}

/** The interface address goes before the announcement. */
function notYet(state: VipStatus['state']): string {
  return state === 'UP' || state === 'FALLING' ? 'about to be announced' : 'not announced';
}
