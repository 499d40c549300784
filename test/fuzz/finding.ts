/** What a fuzz run finds: a broken promise, said in one sentence. */
import { isDeepStrictEqual } from 'node:util';
import { toHex } from '../../src/base/bytes.ts';

export class Finding extends Error {
  override readonly name = 'Finding';
}

/** Characters; the whole message is in the vector. */
const LONGEST_FINDING = 2000;

/** Ends the run with `what` unless `holds`. */
export function must(holds: boolean, what: string | (() => string)): asserts holds {
  if (!holds) throw new Finding((typeof what === 'string' ? what : what()).slice(0, LONGEST_FINDING));
}

/** Both plain values mean the same. */
export function mustEqual(actual: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, expected))
    throw new Finding(`${what}: ${show(actual)} instead of ${show(expected)}`);
}

function show(value: unknown): string {
  const text =
    JSON.stringify(value, (_key, part) => (part instanceof Uint8Array ? toHex(part) : part)) ?? 'undefined';
  return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}
