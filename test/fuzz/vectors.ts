/**
 * Finds as files: what was sent, in the fewest messages and octets that still broke the promise. Each is replayed by
 * a test for ever.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import type { FuzzContext } from '../../src/fuzz/context.ts';
import { attributePlaces, replaceAttributes } from '../../src/fuzz/layout.ts';
import type { JsonValue } from '../../src/wire/json-types.ts';
import { checkCodec } from './codec.ts';
import { EngineFuzz } from './engine.ts';
import { checkInput } from './json.ts';

export const VECTOR_FOLDER = join(import.meta.dirname, '../vectors/fuzz');

/** A find of the codec: one stream of octets on a session of some kind. */
export interface CodecVector {
  readonly target: 'codec';
  /** The promise that was broken. */
  readonly about: string;
  readonly context: FuzzContext;
  readonly hex: string;
}

/** A find of the JSON form: what somebody wanted to have written on a session of some kind. */
export interface JsonVector {
  readonly target: 'json';
  readonly about: string;
  readonly context: FuzzContext;
  readonly json: JsonValue;
}

/** What the engine does behind a message: nothing yet, one slice, or all there is. */
export type Work = 'none' | 'slice' | 'all';

/** A find of the engine: what its attackers sent, in order; at the end they leave. */
export interface EngineVector {
  readonly target: 'engine';
  readonly about: string;
  readonly messages: readonly EngineMessage[];
}

export interface EngineMessage {
  readonly peer: number;
  readonly hex: string;
  readonly work: Work;
}

export type Vector = CodecVector | JsonVector | EngineVector;

/** Throws what was found, as long as it is not mended. */
export function replay(vector: Vector): void {
  if (vector.target === 'codec') {
    checkCodec(fromHex(vector.hex), vector.context);
    return;
  }
  if (vector.target === 'json') {
    checkInput(vector.json, vector.context);
    return;
  }
  const engine = new EngineFuzz();
  for (const { peer, hex, work } of vector.messages) {
    engine.send(peer, fromHex(hex));
    engine.work(work);
  }
  engine.flush();
}

/** All vectors with the names of their files. */
export function readVectors(): (readonly [string, Vector])[] {
  return readdirSync(VECTOR_FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(join(VECTOR_FOLDER, name), 'utf8')) as Vector]);
}

/** Writes a vector and returns its path. */
export function writeVector(name: string, vector: Vector): string {
  mkdirSync(VECTOR_FOLDER, { recursive: true });
  const path = join(VECTOR_FOLDER, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(vector, undefined, 2)}\n`);
  return path;
}

/** What was thrown, without the numbers and octets in it: two failures with the same words are the same. */
export function wordsOf(error: unknown): string {
  return String(error)
    .replace(/[0-9a-f]{6,}|\d+/g, '#')
    .slice(0, 60);
}

/** The vector with everything left out that is not needed; the same vector when it does not fail by itself. */
export function minimised(vector: Vector, milliseconds = 20_000): Vector {
  const words = failure(vector);
  if (words === undefined) return vector;
  const deadline = performance.now() + milliseconds;
  const stillFails = (one: Vector) => performance.now() < deadline && failure(one) === words;
  if (vector.target === 'codec') {
    const fails = (bytes: Uint8Array) => stillFails({ ...vector, hex: toHex(bytes) });
    return { ...vector, hex: toHex(shorter(fromHex(vector.hex), fails)) };
  }
  if (vector.target === 'json')
    return { ...vector, json: smallerJson(vector.json, (json) => stillFails({ ...vector, json })) };
  let messages = [...vector.messages];
  for (let size = messages.length >>> 1; size > 0; size >>>= 1)
    for (let at = 0; at < messages.length; ) {
      const fewer = messages.toSpliced(at, size);
      if (fewer.length > 0 && stillFails({ ...vector, messages: fewer })) messages = fewer;
      else at += size;
    }
  for (const [index, message] of messages.entries()) {
    const fails = (bytes: Uint8Array) =>
      stillFails({ ...vector, messages: messages.with(index, { ...message, hex: toHex(bytes) }) });
    messages[index] = { ...message, hex: toHex(shorter(fromHex(message.hex), fails)) };
  }
  return { ...vector, messages };
}

function failure(vector: Vector): string | undefined {
  try {
    replay(vector);
    return undefined;
  } catch (error) {
    return wordsOf(error);
  }
}

/** Fewer attributes, less at the end, then zeros, as long as it `fails`. */
function shorter(message: Uint8Array, fails: (bytes: Uint8Array) => boolean): Uint8Array {
  let best = message;
  for (let index = attributePlaces(best).length - 1; index >= 0; index--) {
    const list = attributePlaces(best).map((place) => place.bytes);
    const without = replaceAttributes(best.slice(), list.toSpliced(index, 1));
    if (without.length < best.length && fails(without)) best = without;
  }
  for (let cut = best.length >>> 1; cut > 0; ) {
    const length = best.length - cut;
    const tail = length < 19 ? best : best.slice(0, length);
    if (tail !== best) {
      tail[16] = length >>> 8;
      tail[17] = length & 0xff;
    }
    if (tail !== best && fails(tail)) best = tail;
    else cut >>>= 1;
  }
  for (let at = 19; at < best.length && best.length < 2000; at++)
    if (best[at] !== 0 && fails(best.with(at, 0))) best = best.with(at, 0);
  return best;
}

/** Without the keys and elements that are not needed for it to fail; then the same inside those that are. */
export function smallerJson(json: JsonValue, fails: (json: JsonValue) => boolean): JsonValue {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) {
    let list = json;
    for (let size = list.length; size > 0; size >>>= 1)
      for (let at = 0; at < list.length; ) {
        const fewer = list.toSpliced(at, size);
        if (fails(fewer)) list = fewer;
        else at += size;
      }
    for (let i = 0; i < list.length; i++)
      list = list.with(
        i,
        smallerJson(list[i]!, (one) => fails(list.with(i, one))),
      );
    return list;
  }
  let entries = Object.entries(json);
  for (let at = 0; at < entries.length; ) {
    const fewer = entries.toSpliced(at, 1);
    if (fails(Object.fromEntries(fewer))) entries = fewer;
    else at++;
  }
  for (const [i, [key, value]] of entries.entries()) {
    const one = smallerJson(value, (other) => fails(Object.fromEntries(entries.with(i, [key, other]))));
    entries = entries.with(i, [key, one]);
  }
  return Object.fromEntries(entries);
}
