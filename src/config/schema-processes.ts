/** The part of the schema about `processes`: programs that announce routes with ExaBGP's process API. */
import { z } from 'zod';
import { MAX_ROUTE_TTL_MILLISECONDS } from '../base/limits.ts';
import { PROCESS_EVENTS } from './process-types.ts';
import { Complaint, duration, flag, parsed, quoted, text } from './schema-types.ts';
import { vipName } from './schema-vip-types.ts';

/** Words of a command line: blanks separate, quotes and backslashes keep them; nothing else has a meaning. */
function wordsOf(line: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)(?=\s|$)\s*/gy;
  let end = 0;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    words.push(
      match[1]!.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, escaped, double, single) =>
        String(escaped ?? double?.replace(/\\(["\\])/g, '$1') ?? single),
      ),
    );
    end = pattern.lastIndex;
  }
  return end === line.length && words.length > 0 ? words : undefined;
}

const command = parsed(
  z.union([z.string(), z.array(z.string()).min(1)]),
  (value): readonly string[] | Complaint => {
    if (Array.isArray(value))
      return value[0] === '' ? new Complaint('the name of the program is empty') : value;
    return (
      wordsOf(value) ??
      new Complaint(`${quoted(value)} is not a command line`, 'write a list: `[program, argument]`')
    );
  },
).meta({ title: 'command line, or list of program and arguments' });

export const processShape = {
  name: vipName.meta({ description: 'Name in `bellhop show processes` and logs.', examples: ['watch-web'] }),
  run: command.meta({
    description:
      'The program. It runs without a shell: of a command line, blanks separate the words, and quotes keep them together.',
    examples: ['/usr/sbin/exabgp healthcheck --config /etc/exabgp/web.conf'],
  }),
  encoder: z
    .enum(['text', 'json'])
    .optional()
    .meta({ description: 'How events are written to its standard input.', default: 'text' }),
  version: z
    .union([z.literal(4), z.literal(5)])
    .optional()
    .meta({
      description: 'Which ExaBGP it is written for: with 5 and JSON, acknowledgements are JSON too.',
      default: 4,
      title: '`4` or `5`',
    }),
  respawn: flag.optional().meta({
    description:
      'Start it again when it ends: after a second, then after twice as long each time up to a minute.',
    default: true,
  }),
  'keep-routes-for': duration({ minimum: 0, maximum: MAX_ROUTE_TTL_MILLISECONDS / 1000 })
    .optional()
    .meta({
      description:
        'How long its routes stay when it ends without withdrawing them; those it announces again in that time stay.',
      default: 0,
      'x-unit': 'seconds',
    }),
  acks: flag.optional().meta({
    description: 'Answer each command with `done` or `error`, until the process says otherwise.',
    default: true,
  }),
  receive: z
    .array(z.enum(PROCESS_EVENTS))
    .optional()
    .meta({
      description: `Events that it hears: ${PROCESS_EVENTS.map((word) => `\`${word}\``).join(', ')}. Default: none.`,
      examples: [['neighbor-changes', 'update']],
      title: 'list of kinds of events',
    }),
  neighbors: z
    .array(text)
    .optional()
    .meta({
      description:
        'The only neighbors that it announces to and hears of: address, `description` or peer group. Default: all.',
      examples: [['tor-1']],
      title: 'list of neighbors',
    }),
};

/** One entry of `processes`. */
export const processSchema = z.strictObject(processShape);
