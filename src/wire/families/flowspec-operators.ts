/**
 * Flow specification operators as text (RFC 8955 sections 4.2.1.1 and 4.2.1.2).
 *
 * A list of conditions: `&` joins those that must hold together, a space begins an alternative. Numbers:
 * `=80 >=1024&<=2048`, `true`, `false`. Bit masks: `0x12` any of the bits, `=0x12` all of them, `!0x12` and `!=0x12`
 * their opposites; bits with names are said by them, `=syn+ack`.
 *
 * Normal form: values in as few octets as hold them, reserved bits 0, no AND bit on the first condition. Reading is
 * HOT in {@link operatorsEnd} only.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { BellhopError } from '../../base/errors.ts';

const END_OF_LIST = 0x80;
const AND = 0x40;
const NUMERIC = ['false', '=', '>', '>=', '<', '<=', '!=', 'true'] as const;
const BITMASK = ['', '=', '!', '!='] as const;
const NUMERIC_BITS = 0x07;
const BITMASK_BITS = 0x03;

/** Names of the bits of a mask, lowest bit first; undefined where a bit has none. */
export type BitNames = readonly (string | undefined)[];

/** HOT. Where the list of operators and values at `start` ends, or -1 when it has no end before `end`. */
export function operatorsEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const operator = bytes[at]!;
    at += 1 + (1 << ((operator >>> 4) & 3));
    if ((operator & END_OF_LIST) !== 0) return at <= end ? at : -1;
  }
  return -1;
}

/** Text of the well-formed list at `bytes[start..end)`; `names` makes it one of bit masks. */
export function readOperators(bytes: Uint8Array, start: number, end: number, names?: BitNames): string {
  let text = '';
  for (let at = start; at < end; ) {
    const operator = bytes[at++]!;
    const octets = 1 << ((operator >>> 4) & 3);
    let value = 0n;
    for (let i = 0; i < octets; i++) value = (value << 8n) | BigInt(bytes[at++]!);
    if (text !== '') text += (operator & AND) === 0 ? ' ' : '&';
    text += names === undefined ? numericText(operator, value) : maskText(operator, value, names);
  }
  return text;
}

function numericText(operator: number, value: bigint): string {
  const sign = NUMERIC[operator & NUMERIC_BITS]!;
  return sign === 'true' || sign === 'false' ? sign : `${sign}${value}`;
}

function maskText(operator: number, value: bigint, names: BitNames): string {
  const sign = BITMASK[operator & BITMASK_BITS]!;
  const words: string[] = [];
  let rest = value;
  for (const [bit, name] of names.entries())
    if (name !== undefined && (value & (1n << BigInt(bit))) !== 0n) {
      words.push(name);
      rest &= ~(1n << BigInt(bit));
    }
  return rest === 0n && words.length > 0 ? `${sign}${words.join('+')}` : `${sign}0x${value.toString(16)}`;
}

/** Appends the list that `text` stands for. @throws BellhopError INVALID_ARGUMENT when it is none */
export function writeOperators(text: string, out: ByteWriter, names?: BitNames): void {
  const conditions = [...text.matchAll(/(^|[ &])([^ &]+)/g)];
  if (conditions.length === 0 || conditions.map(([whole]) => whole).join('') !== text) refuse(text);
  for (const [i, [, joint, condition]] of conditions.entries()) {
    const { bits, value } =
      names === undefined ? numericOf(condition!, text) : maskOf(condition!, text, names);
    const size = value <= 0xffn ? 0 : value <= 0xffffn ? 1 : value <= 0xffffffffn ? 2 : 3;
    const last = i === conditions.length - 1 ? END_OF_LIST : 0;
    out.u8(last | (joint === '&' ? AND : 0) | (size << 4) | bits);
    for (let shift = (1 << size) * 8 - 8; shift >= 0; shift -= 8)
      out.u8(Number((value >> BigInt(shift)) & 0xffn));
  }
}

function numericOf(condition: string, text: string): { bits: number; value: bigint } {
  if (condition === 'true' || condition === 'false') return { bits: NUMERIC.indexOf(condition), value: 0n };
  const match = /^(>=|<=|!=|=|>|<)(\d{1,20})$/.exec(condition);
  if (match === null) return refuse(text);
  return { bits: NUMERIC.indexOf(match[1] as (typeof NUMERIC)[number]), value: within(match[2]!, text) };
}

function maskOf(condition: string, text: string, names: BitNames): { bits: number; value: bigint } {
  const match = /^(!=|!|=|)(0x[0-9a-f]{1,16}|[a-z][a-z+-]*)$/i.exec(condition);
  if (match === null) return refuse(text);
  const bits = BITMASK.indexOf(match[1] as (typeof BITMASK)[number]);
  if (/^0x/i.test(match[2]!)) return { bits, value: BigInt(match[2]!) };
  let value = 0n;
  for (const word of match[2]!.toLowerCase().split('+')) {
    const bit = names.indexOf(word);
    if (bit < 0) refuse(text);
    value |= 1n << BigInt(bit);
  }
  return { bits, value };
}

function within(digits: string, text: string): bigint {
  const value = BigInt(digits);
  return value <= 0xffffffffffffffffn ? value : refuse(text);
}

function refuse(text: string): never {
  throw new BellhopError('INVALID_ARGUMENT', `no flow specification operators: ${text.slice(0, 60)}`);
}
