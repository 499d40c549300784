/**
 * Values of specs as JSON and back: one rule for all of them, and a short table for those people know as text.
 *
 * Numbers, texts, booleans, lists and objects stand for themselves; keys without a value are left out. Octets become
 * `{ "hex": "0a0b" }` and 64-bit integers `{ "decimal": "184..." }`, which is what brings them back. So a new
 * attribute or capability has a JSON form the day it is listed.
 */

import { canonicalAddress } from '../base/address.ts';
import { fromHex, toHex } from '../base/bytes.ts';
import { BellhopError } from '../base/errors.ts';
import { formatPrefix, parsePrefix } from '../base/prefix.ts';
import {
  type ExtendedCommunity,
  formatCommunity,
  formatExtendedCommunity,
  formatLargeCommunity,
  type LargeCommunity,
  parseCommunity,
  parseExtendedCommunity,
  parseLargeCommunity,
} from './community-text.ts';

/** What JSON can say. */
export type JsonValue = string | number | boolean | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object with keys in the order in which they are printed. */
export type JsonObject = { [key: string]: JsonValue };

/** The JSON of any value a spec reads. */
export function toJson(value: unknown): JsonValue {
  if (typeof value === 'bigint') return { decimal: String(value) };
  if (typeof value !== 'object' || value === null) return value as string | number | boolean;
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  if (Array.isArray(value)) return value.map(toJson);
  const object: JsonObject = {};
  for (const [key, part] of Object.entries(value)) if (part !== undefined) object[key] = toJson(part);
  return object;
}

/** The value that {@link toJson} made `json` from. @throws RangeError when `hex` is no hexadecimal text */
export function fromJson(json: JsonValue): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const keys = Object.keys(json);
  const { hex, decimal } = json;
  if (keys.length === 1 && typeof hex === 'string') return fromHex(hex);
  if (keys.length === 1 && typeof decimal === 'string' && /^\d+$/.test(decimal)) return BigInt(decimal);
  return Object.fromEntries(keys.map((key) => [key, fromJson(json[key]!)]));
}

/** A JSON form of its own, for values that people know as text. */
interface TextForm {
  readonly toJson: (value: never) => JsonValue;
  readonly fromJson: (json: JsonValue) => unknown;
}

/** The attributes whose JSON is not that of {@link toJson}, by name. */
const TEXT_FORMS: Readonly<Record<string, TextForm>> = {
  nextHop: {
    toJson: ({ address }: { readonly address: string }) => address,
    fromJson: (json) => ({ address: textOf(json), linkLocal: undefined }),
  },
  communities: texts<number>(formatCommunity, parseCommunity),
  largeCommunities: texts<LargeCommunity>(formatLargeCommunity, parseLargeCommunity),
  extendedCommunities: texts<ExtendedCommunity>(formatExtendedCommunity, parseExtendedCommunity),
};

/** The JSON of the value of the attribute with this name. */
export function attributeToJson(name: string, value: unknown): JsonValue {
  const form = TEXT_FORMS[name];
  return form === undefined ? toJson(value) : form.toJson(value as never);
}

/** The value behind the JSON of the attribute with this name. @throws when the JSON is not of that form */
export function attributeFromJson(name: string, json: JsonValue): unknown {
  const form = TEXT_FORMS[name];
  return form === undefined ? fromJson(json) : form.fromJson(json);
}

function texts<Value>(
  format: (value: Value) => string,
  parse: (text: string) => Value | undefined,
): TextForm {
  return {
    toJson: (values: readonly Value[]) => values.map(format),
    fromJson: (json) =>
      listOf(json).map((text) => {
        const value = parse(textOf(text));
        if (value === undefined) throw new BellhopError('INVALID_ARGUMENT', `not a community: ${text}`);
        return value;
      }),
  };
}

/** `json` as a text. @throws BellhopError INVALID_ARGUMENT */
export function textOf(json: JsonValue | undefined): string {
  if (typeof json === 'string') return json;
  throw new BellhopError('INVALID_ARGUMENT', `expected a text instead of ${JSON.stringify(json)}`);
}

/** `json` as a list; nothing is an empty one. @throws BellhopError INVALID_ARGUMENT */
export function listOf(json: JsonValue | undefined): readonly JsonValue[] {
  if (json === undefined) return [];
  if (Array.isArray(json)) return json;
  throw new BellhopError('INVALID_ARGUMENT', `expected a list instead of ${JSON.stringify(json)}`);
}

/** Octets of hexadecimal text; nothing is none. @throws BellhopError INVALID_ARGUMENT */
export function octetsOf(json: JsonValue | undefined): Uint8Array {
  try {
    return fromHex(json === undefined ? '' : textOf(json));
  } catch {
    throw new BellhopError('INVALID_ARGUMENT', `not hexadecimal: ${JSON.stringify(json)}`);
  }
}

/** `json` as a whole number from 0 to `maximum`. @throws BellhopError INVALID_ARGUMENT */
export function numberOf(json: JsonValue | undefined, maximum: number): number {
  if (typeof json === 'number' && Number.isInteger(json) && json >= 0 && json <= maximum) return json;
  throw new BellhopError(
    'INVALID_ARGUMENT',
    `expected a number from 0 to ${maximum}, not ${JSON.stringify(json)}`,
  );
}

/** The same meaning: everything is equal, but for the spelling of addresses and prefixes and the case of letters. */
export function sameMeaning(given: unknown, carried: unknown): boolean {
  if (typeof given === 'string' && typeof carried === 'string')
    return given === carried || spelling(given) === spelling(carried);
  if (typeof given !== 'object' || typeof carried !== 'object' || given === null || carried === null)
    return given === carried;
  if (Array.isArray(given) && Array.isArray(carried))
    return given.length === carried.length && given.every((one, i) => sameMeaning(one, carried[i]));
  const part = (object: object, key: string): unknown => (object as Record<string, unknown>)[key];
  // A key without a value is no key.
  for (const key in given) if (!sameMeaning(part(given, key), part(carried, key))) return false;
  for (const key in carried)
    if (part(given, key) === undefined && part(carried, key) !== undefined) return false;
  return true;
}

/** One spelling for all that mean the same. */
function spelling(text: string): string {
  const slash = text.indexOf('/');
  if (slash < 0) return canonicalAddress(text) ?? text.toLowerCase();
  const prefix = parsePrefix(text);
  return prefix === undefined ? text.toLowerCase() : formatPrefix(prefix.bytes, prefix.length);
}
