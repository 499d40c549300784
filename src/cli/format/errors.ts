/**
 * `show errors`: malformed messages as a table, and for one neighbor each in detail, its bytes with the fault marked.
 */
import type { ErrorEntry } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';
import { count } from './quantities.ts';
import { fieldLines, tableLines } from './table.ts';

/** Bytes in a line of a hex dump. */
const LINE_BYTES = 16;
/** Lines of a dump shown on either side of the fault; `--json` has all of them. */
const LINES_AROUND = 8;

/** Text of `show errors`. */
export function formatErrors(entries: readonly ErrorEntry[], paint: Paint): string {
  if (entries.length === 0) return 'No malformed messages.\n';
  const lines = tableLines(
    entries,
    [
      { title: 'Time', text: ({ time }) => time },
      { title: 'Neighbor', text: ({ peer }) => peer },
      { title: 'Message', text: ({ type }) => type ?? '-' },
      { title: 'Bytes', align: 'right', text: ({ length }) => String(length) },
      { title: 'At', align: 'right', text: ({ offset }) => String(offset) },
      { title: 'Handling', text: ({ disposition }) => disposition, style: (entry) => severity(entry, paint) },
      { title: 'What', text: ({ reason }) => reason },
      { title: 'Clause', text: ({ rfc }) => rfc },
    ],
    paint,
  );
  return `${lines.join('\n')}\n`;
}

/** Text of `show errors ADDRESS`. */
export function formatErrorDetails(entries: readonly ErrorEntry[], paint: Paint): string {
  if (entries.length === 0) return 'No malformed messages.\n';
  return entries.map((entry) => `${detailLines(entry, paint).join('\n')}\n`).join('\n');
}

function severity({ disposition }: ErrorEntry, paint: Paint): (text: string) => string {
  const ends = disposition === 'session-reset' || disposition === 'connection-closed';
  return ends ? paint.bad : paint.warning;
}

function detailLines(entry: ErrorEntry, paint: Paint): string[] {
  const { context, truncated, length, bytes } = entry;
  const kept = truncated ? `, the first ${bytes.length / 2} kept` : '';
  return [
    paint.heading(`${entry.type ?? 'No message'} from ${entry.peer} at ${entry.time}`),
    ...fieldLines([
      ['What', entry.reason],
      ['Handling', severity(entry, paint)(entry.disposition)],
      ['Clause', entry.rfc],
      ['Code', `${entry.code}, subcode ${entry.subcode}`],
      ['Attribute', attributeText(entry)],
      ['Length', `${count(length, 'byte')}${kept}`],
      ['Fault at', placeText(entry)],
      ['Session', context === undefined ? 'none yet' : sessionText(context)],
    ]),
    ...dumpLines(entry, paint),
  ];
}

function placeText({ offset, length, bytes }: ErrorEntry): string {
  if (offset >= length) return 'the end: something is missing';
  return offset < bytes.length / 2 ? `byte ${offset}` : `byte ${offset}, behind what is kept`;
}

function attributeText({ attribute, attributeCode }: ErrorEntry): string | undefined {
  if (attribute === undefined || attributeCode === undefined) return undefined;
  return attribute.endsWith(` ${attributeCode}`) ? attribute : `${attribute} (${attributeCode})`;
}

function sessionText(context: NonNullable<ErrorEntry['context']>): string {
  return [
    context.external ? 'external' : 'internal',
    `${context.as4 ? 4 : 2}-octet AS numbers`,
    ...(context.extendedMessage ? ['extended messages'] : []),
    ...context.families,
  ].join(', ');
}

/** The bytes around the fault, which the line below it points at. */
function dumpLines({ bytes, offset }: ErrorEntry, paint: Paint): string[] {
  const octets = bytes.match(/../g) ?? [];
  const total = Math.ceil(octets.length / LINE_BYTES);
  const fault = Math.min(Math.floor(offset / LINE_BYTES), total);
  const first = Math.max(0, fault - LINES_AROUND);
  const last = Math.min(total, fault + LINES_AROUND + 1);
  const lines: string[] = first > 0 ? ['  ...'] : [];
  for (let line = first; line < last || line === fault; line++) {
    const start = line * LINE_BYTES;
    const row = octets.slice(start, start + LINE_BYTES);
    if (row.length > 0) lines.push(`  ${String(start).padStart(5)}  ${row.join(' ')}`);
    if (line === fault && offset <= octets.length)
      lines.push(`${' '.repeat(9 + (offset % LINE_BYTES) * 3)}${paint.bad('^^')}`);
  }
  if (last < total) lines.push('  ...');
  return lines;
}
