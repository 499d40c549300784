/** Messages and contexts of the tests of the JSON form. */
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { DEFAULT_CONTEXT } from '../../src/wire/json.ts';
import { HEADER_LENGTH } from '../../src/wire/message.ts';
import type { WireContext } from '../../src/wire/session-context.ts';

export const CONTEXT: WireContext = { ...DEFAULT_CONTEXT, extendedMessage: true };
export const MARKER = 'ff'.repeat(16);

/** A message of this type with this body. */
export function message(type: number, body: string): Uint8Array {
  const octets = fromHex(body);
  const length = (HEADER_LENGTH + octets.length).toString(16).padStart(4, '0');
  return fromHex(`${MARKER}${length}${type.toString(16).padStart(2, '0')}${toHex(octets)}`);
}

/** An UPDATE with these attributes and IPv4 routes. */
export function update(attributes: string, nlri = '18c63364', withdrawn = ''): Uint8Array {
  const length = (hex: string) => (fromHex(hex).length & 0xffff).toString(16).padStart(4, '0');
  return message(2, `${length(withdrawn)}${withdrawn}${length(attributes)}${attributes}${nlri}`);
}

export const ORIGIN = '40010100';
export const AS_PATH = '400206 0201 0000fde9';
export const NEXT_HOP = '400304 c0000201';
export const GOOD = ORIGIN + AS_PATH + NEXT_HOP;

/** What comes out of a file. */
export function throughText<Json>(json: Json): Json {
  return JSON.parse(JSON.stringify(json)) as Json;
}
