/**
 * The JSON form under fuzz. Any octets have one; it is plain JSON, and the octets it is written as mean the same. JSON
 * that somebody has changed is either written or refused with a {@link BellhopError}, and what is written holds all
 * the same promises. Throws a {@link Finding} where one is broken.
 */
import { toHex } from '../../src/base/bytes.ts';
import { BellhopError } from '../../src/base/errors.ts';
import type { FuzzContext } from '../../src/fuzz/context.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { dispositionName } from '../../src/wire/disposition-name.ts';
import { decodeMessage, encodeMessage } from '../../src/wire/json.ts';
import type { JsonValue, MessageInput, MessageJson } from '../../src/wire/json-types.ts';
import { maximumLength } from '../../src/wire/message.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { must, mustEqual } from './finding.ts';

const DISPOSITIONS: readonly string[] = Object.values(Disposition)
  .sort((a, b) => a - b)
  .map(dispositionName);

/** Characters of a refusal: it names what is wrong and does not repeat all of it. */
const LONGEST_REFUSAL = 1000;

/** The JSON form of `bytes`, which are any octets. */
export function checkJson(bytes: Uint8Array, context: WireContext): void {
  const json = decodeMessage(bytes, context);
  mustEqual(JSON.parse(JSON.stringify(json)), json, 'JSON that is more than JSON');
  checkErrors(json, bytes.length);
  // Longer than agreed is read, and said to be, but not written.
  if (json.type !== 'INVALID' && bytes.length > maximumLength(bytes[18]!, context.extendedMessage)) return;
  const written = encodedOrTooLong(json, context);
  if (written === undefined) return;
  const hex = toHex(written);
  if (hex === toHex(bytes)) return;
  const again = decodeMessage(written, context);
  // Names in an OPEN come back as they are shown, and are longer then: they may need the long form.
  const form = json.type === 'OPEN' && written.length > bytes.length ? { extended: undefined } : {};
  mustEqual({ ...meaningOf(again), ...form }, { ...meaningOf(json), ...form }, 'written and read again');
  mustEqual(toHex(encodeMessage(again, context)), hex, 'the normal form of a message');
}

/** Written; undefined for an OPEN that has grown beyond all bounds, because names in it come back as they are shown. */
function encodedOrTooLong(json: MessageJson, context: WireContext): Uint8Array | undefined {
  try {
    return encodeMessage(json, context);
  } catch (error) {
    const hasReplaced = json.type === 'OPEN' && JSON.stringify(json).includes('\ufffd');
    if (hasReplaced && /has \d+ octets/.test(String(error))) return undefined;
    throw error;
  }
}

function checkErrors({ disposition, errors }: MessageJson, length: number): void {
  must(DISPOSITIONS.includes(disposition), `no disposition: ${disposition}`);
  const worst = Math.max(0, ...errors.map((error) => DISPOSITIONS.indexOf(error.disposition)));
  must(
    DISPOSITIONS[worst] === disposition,
    () => `${disposition}, but the faults say ${DISPOSITIONS[worst]}`,
  );
  for (const { offset, text, rfc, code } of errors) {
    must(offset >= 0 && offset <= length, `a fault at ${offset} of ${length} octets`);
    must(text !== '' && /^RFC \d+/.test(rfc) && code > 0, 'a fault without words');
  }
}

/** What a message says: all but the places and octets of what is wrong with it. */
function meaningOf({ length: _length, errors, ...rest }: MessageJson): object {
  const faults = errors.map(({ code, subcode, attribute, rfc, disposition, text }) => [
    code,
    subcode,
    attribute,
    rfc,
    disposition,
    text,
  ]);
  return { ...rest, faults };
}

/** JSON from anybody: refused properly (false), or written as a message that holds all promises (true). */
export function checkInput(json: JsonValue, context: FuzzContext): boolean {
  const written = encodedOrRefused(json, context);
  if (written === undefined) return false;
  const { type } = json as { type: string };
  const read = decodeMessage(written, context);
  // Octets that were given as such may be anything.
  const isRaw = type === 'INVALID' || ['body', 'unreadable'].some((key) => key in (json as object));
  must(isRaw || read.type === type, () => `${type} written as ${read.type}`);
  checkJson(written, context);
  return true;
}

function encodedOrRefused(json: JsonValue, context: FuzzContext): Uint8Array | undefined {
  try {
    return encodeMessage(json as unknown as MessageInput, context);
  } catch (error) {
    must(error instanceof BellhopError, () => `thrown instead of a BellhopError: ${error}`);
    must(error.code === 'INVALID_ARGUMENT', `refused with ${error.code}`);
    const { length } = error.message;
    must(length > 0 && length <= LONGEST_REFUSAL, `a refusal of ${length} characters`);
    return undefined;
  }
}
