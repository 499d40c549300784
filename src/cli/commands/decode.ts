/** `bellhop decode`: says what messages are, from hexadecimal text, octets or a capture. Needs no daemon. */
import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { BellhopError } from '../../base/errors.ts';
import { MAX_DECODE_INPUT_BYTES } from '../../base/limits.ts';
import type { CaptureSummary } from '../../pcap/connections.ts';
import { FAMILIES, familyByName } from '../../wire/families/index.ts';
import { type CommandContext, EXIT } from '../context.ts';
import {
  detectFormat,
  INPUT_FORMATS,
  type InputFormat,
  readHex,
  readPcap,
  readRaw,
} from '../decode/input.ts';
import { type DecodeRecord, recordLine } from '../decode/records.ts';
import { contextOf, type SessionOptions, Sessions } from '../decode/session.ts';
import { formatRecord } from '../format/message.ts';
import { count } from '../format/quantities.ts';
import { paintFor } from '../terminal.ts';

interface DecodeOptions {
  readonly json?: boolean;
  readonly format?: InputFormat;
  readonly twoOctetAs?: boolean;
  readonly addPath?: number;
  readonly extendedMessages?: boolean;
  readonly session?: 'ebgp' | 'ibgp';
  readonly port: number;
}

/** Adds the command to `program`. */
export function addDecodeCommand(program: Command, context: CommandContext): void {
  program
    .command('decode')
    .description('say what BGP messages are (exit code 1 when something in the input is no BGP)')
    .argument('[file]', 'hexadecimal lines, octets, pcap or pcapng; - is the standard input', '-')
    .option('--json', 'print one JSON object per message, each on a line')
    .addOption(
      new Option('--format <name>', 'what the input is (default: by its look)').choices(INPUT_FORMATS),
    )
    .option('--two-octet-as', 'AS numbers have 2 octets (default: as the OPENs say, else 4)')
    .option(
      '--add-path <family>',
      'routes of this family, or of all, have path identifiers; may be repeated (default: as the OPENs say, else none)',
      addFamily,
    )
    .option('--extended-messages', 'messages of more than 4096 octets are legal (default: as the OPENs say)')
    .addOption(
      new Option(
        '--session <kind>',
        'which attributes to expect (default: as the OPENs say, else all)',
      ).choices(['ebgp', 'ibgp']),
    )
    .option('--port <number>', 'TCP port of BGP in a capture', portNumber, 179)
    .action(async (file: string, options: DecodeOptions) => {
      const input = await readInput(file, context);
      decode(input, options, context);
    });
}

function addFamily(name: string, families = 0): number {
  if (name === 'all') return ~0;
  const family = familyByName(name) ?? familyByName(`${name}-unicast`);
  if (family === undefined)
    throw new InvalidArgumentError(`It must be one of all, ${FAMILIES.map((one) => one.name).join(', ')}.`);
  return families | (1 << family.index);
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new InvalidArgumentError('It must be a port number.');
  return port;
}

async function readInput(file: string, { terminal }: CommandContext): Promise<Uint8Array> {
  if (file !== '-')
    try {
      return readFileSync(file);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new BellhopError('NOT_FOUND', `cannot read ${file}: ${reason}`, { cause: error });
    }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of terminal.stdin ?? []) {
    length += chunk.length;
    if (length > MAX_DECODE_INPUT_BYTES)
      throw new BellhopError(
        'LIMIT_REACHED',
        `the standard input has more than ${MAX_DECODE_INPUT_BYTES} octets`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function decode(input: Uint8Array, options: DecodeOptions, context: CommandContext): void {
  const { stdout, stderr, environment } = context.terminal;
  const paint = paintFor(stdout, environment);
  const sink = (record: DecodeRecord): void => {
    if (record.kind === 'unreadable' || record.message.type === 'INVALID') context.exitCode = EXIT.failure;
    stdout.write(options.json === true ? `${recordLine(record)}\n` : formatRecord(record, paint));
  };
  const session: SessionOptions = {
    twoOctetAs: options.twoOctetAs,
    addPath: options.addPath,
    extendedMessages: options.extendedMessages,
    external: options.session === undefined ? undefined : options.session === 'ebgp',
  };
  const format = options.format ?? detectFormat(input);
  if (format === 'raw') readRaw(input, contextOf(session), sink);
  else if (format === 'hex') readHex(new TextDecoder().decode(input), contextOf(session), sink);
  else {
    const summary = readPcap(input, options.port, new Sessions(session), sink);
    for (const note of captureNotes(summary, options.port)) stderr.write(`${note}\n`);
    if (summary.connections === 0) context.exitCode = EXIT.failure;
  }
}

/** What is worth knowing of a capture besides its messages. */
function captureNotes({ packets, connections, skipped }: CaptureSummary, port: number): string[] {
  const notes: string[] = [];
  if (connections === 0)
    notes.push(`${count(packets, 'packet')}, none of TCP port ${port}; --port chooses another`);
  const fragments = skipped.get('fragment') ?? 0;
  if (fragments > 0) notes.push(`${count(fragments, 'IP fragment')} passed over`);
  const malformed = skipped.get('malformed') ?? 0;
  if (malformed > 0) notes.push(`${count(malformed, 'packet')} with headers that are cut off or wrong`);
  const links = skipped.get('link type') ?? 0;
  if (links > 0) notes.push(`${count(links, 'packet')} of a link type that bellhop does not know`);
  return notes;
}
