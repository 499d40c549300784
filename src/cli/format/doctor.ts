/** `doctor`: one line for each link of the chain, an arrow at the first broken one. */
import type { Diagnosis, DoctorLink } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { stateStyle } from './vips.ts';

const MARKS = { ok: 'ok', broken: 'BROKEN', warning: 'warning', skipped: '-' } as const;
const MARK_WIDTH = 7;

/** Text of `doctor`; `details`: with the history of checks and the routes as sent. */
export function formatDoctor(diagnoses: readonly Diagnosis[], paint: Paint, details = true): string {
  if (diagnoses.length === 0) return 'No VIPs.\n';
  return diagnoses.map((diagnosis) => vipText(diagnosis, paint, details)).join('\n');
}

function vipText({ vip, state, firstBroken, links }: Diagnosis, paint: Paint, details: boolean): string {
  const heading = `${paint.heading(`VIP ${vip}`)}: ${stateStyle({ state }, paint)(state)}`;
  const width = Math.max(...links.map(({ link }) => link.length));
  const lines = links.flatMap((link, i) => {
    const isFirst = i === firstBroken;
    const mark = style(link, paint)(MARKS[link.status].padEnd(MARK_WIDTH));
    const line = `${isFirst ? '=>' : '  '} ${mark} ${link.link.padEnd(width)}  ${link.detail}`;
    const more = details ? link.more.map((text) => paint.faint(`${' '.repeat(MARK_WIDTH + 4)}${text}`)) : [];
    return [line, ...more];
  });
  return `${[heading, ...lines].join('\n')}\n`;
}

function style({ status }: DoctorLink, paint: Paint): (text: string) => string {
  return { ok: paint.good, broken: paint.bad, warning: paint.warning, skipped: paint.faint }[status];
}
