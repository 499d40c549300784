/**
 * One battery for all path attributes: vectors, round trips, truncation at every length, every byte changed, and no
 * read outside the value. A new attribute is covered the day it is listed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../../src/base/bytes.ts';
import {
  ATTRIBUTES,
  attributeByCode,
  attributeByName,
  DISCARD_FROM_EXTERNAL,
  dispositionOf,
  EXPECTED_FLAGS,
  NEVER_IN_BLOB,
  UNKNOWN_FLAGS,
} from '../../../src/wire/attributes/index.ts';
import { type AttributeSpec, Disposition, UpdateError } from '../../../src/wire/attributes/spec.ts';
import type { WireContext } from '../../../src/wire/session-context.ts';
import { guarded } from '../guarded.ts';
import { VECTORS } from './vectors.ts';
import { INTERNAL, type Vectors } from './vectors-spec.ts';

const CONTEXTS: readonly WireContext[] = [true, false].flatMap((as4) =>
  [true, false].map((external) => ({ ...INTERNAL, as4, external })),
);

function write(spec: AttributeSpec, value: unknown, context: WireContext): Uint8Array {
  const out = new ByteWriter(1);
  spec.write(value, out, context);
  return out.take();
}

function read(spec: AttributeSpec, value: Uint8Array, context: WireContext): unknown {
  const { bytes, start, end } = guarded(value);
  return spec.read(bytes, start, end, context);
}

function check(spec: AttributeSpec, value: Uint8Array, context: WireContext): number {
  const { bytes, start, end } = guarded(value);
  return spec.check(bytes, start, end, context);
}

/** Any bytes: check answers, and what it accepts is carried unchanged, or settles after one rewrite. */
function probe(
  spec: AttributeSpec,
  value: Uint8Array,
  isNormalForm: (bytes: Uint8Array) => boolean,
  context: WireContext,
): void {
  const subcode = check(spec, value, context);
  if (subcode !== 0) {
    if (!(subcode >= 1 && subcode <= 11)) throw new Error(`${spec.name}: subcode ${subcode}`);
    return;
  }
  const plain = read(spec, value, context);
  if (typeof spec.format(plain) !== 'string') throw new Error(`${spec.name}: no text`);
  const written = write(spec, plain, context);
  const expected = isNormalForm(value) ? value : write(spec, read(spec, written, context), context);
  if (toHex(written) !== toHex(expected)) expect(toHex(written)).toBe(toHex(expected));
}

describe.each(ATTRIBUTES.map((spec) => [spec.name, spec] as const))('%s', (name, spec: AttributeSpec) => {
  const vectors: Vectors<unknown> = VECTORS[name];
  const isNormalForm = vectors.isNormalForm ?? (() => true);

  test.each(vectors.valid)('reads, writes and prints $hex', ({ hex, value, text, context }) => {
    const session = { ...INTERNAL, ...context };
    const bytes = fromHex(hex);
    expect(check(spec, bytes, session)).toBe(0);
    expect(read(spec, bytes, session)).toEqual(value);
    expect(toHex(write(spec, value, session))).toBe(toHex(bytes));
    expect(spec.format(value)).toBe(text);
  });

  test.each(vectors.malformed)('refuses $why', ({ hex, subcode, context }) => {
    expect(check(spec, fromHex(hex), { ...INTERNAL, ...context })).toBe(subcode);
  });

  test('gives back every value it writes', () => {
    const session = { ...INTERNAL, ...vectors.context };
    fc.assert(
      fc.property(vectors.arbitrary, (value) => {
        const bytes = write(spec, value, session);
        expect(check(spec, bytes, session)).toBe(0);
        expect(read(spec, bytes, session)).toEqual(value);
      }),
    );
  });

  test('stays inside the value when it is cut at any length', () => {
    for (const { hex } of [...vectors.valid, ...vectors.malformed]) {
      const bytes = fromHex(hex);
      for (const context of CONTEXTS)
        for (let length = 0; length <= bytes.length; length++)
          probe(spec, bytes.slice(0, length), isNormalForm, context);
    }
  });

  test('stays inside the value when any byte has any value', () => {
    for (const { hex } of vectors.valid) {
      const bytes = fromHex(hex);
      for (let at = 0; at < bytes.length; at++)
        for (let byte = 0; byte < 256; byte++) {
          const mutated = bytes.with(at, byte);
          for (const context of CONTEXTS) probe(spec, mutated, isNormalForm, context);
        }
    }
  });

  test('stays inside the value for arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(...CONTEXTS), (bytes, context) => {
        probe(spec, bytes, isNormalForm, context);
      }),
      { numRuns: 500 },
    );
  });
});

function expectedDisposition(spec: AttributeSpec | undefined, subcode: number): Disposition {
  const general: Readonly<Record<number, Disposition>> = {
    [UpdateError.unrecognizedWellKnown]: Disposition.sessionReset,
    [UpdateError.attributeFlags]: Disposition.treatAsWithdraw,
    [UpdateError.malformedAttributeList]: Disposition.attributeDiscard,
  };
  return spec?.faults?.[subcode] ?? general[subcode] ?? spec?.onMalformed ?? Disposition.accept;
}

describe('the list', () => {
  const folder = new URL('../../../src/wire/attributes/', import.meta.url);

  test('has the files whose name starts with a code, ascending and each once', () => {
    const codes = readdirSync(folder)
      .filter((name) => /^\d+-.*\.ts$/.test(name))
      .map((name) => Number.parseInt(name, 10))
      .sort((a, b) => a - b);
    expect(ATTRIBUTES.map((spec) => spec.code)).toEqual(codes);
    expect(new Set(ATTRIBUTES.map((spec) => spec.name)).size).toBe(ATTRIBUTES.length);
  });

  test('has a README row with code, key, file and disposition for each attribute', () => {
    const readme = readFileSync(new URL('README.md', folder), 'utf8').replaceAll(/ +/g, ' ');
    const words = ['accept', 'discard', 'withdraw', 'disable', 'reset'];
    for (const spec of ATTRIBUTES) {
      const row = readme.split('\n').find((line) => line.startsWith(`| ${spec.code} | \`${spec.name}\` |`));
      expect(row, spec.name).toMatch(
        new RegExp(`\\| \`0?${spec.code}-[a-z0-9-]+\\.ts\` \\| ${words[spec.onMalformed]} \\|`),
      );
      expect(row?.includes('iBGP only'), spec.name).toBe(spec.discardFromExternal === true);
    }
  });

  test('tables: agree with the specs, and say so where a code is unknown', () => {
    for (let code = 0; code < 256; code++) {
      const spec = attributeByCode[code];
      expect(spec).toBe(ATTRIBUTES.find((candidate) => candidate.code === code));
      expect(EXPECTED_FLAGS[code]).toBe(spec?.flags ?? UNKNOWN_FLAGS);
      for (const subcode of Object.values(UpdateError))
        expect(dispositionOf(code, subcode), `${code}/${subcode}`).toBe(expectedDisposition(spec, subcode));
      expect(NEVER_IN_BLOB[code]).toBe(spec?.neverInBlob ? 1 : 0);
      expect(DISCARD_FROM_EXTERNAL[code]).toBe(spec?.discardFromExternal ? 1 : 0);
    }
    expect(attributeByName('localPref')?.code).toBe(5);
    expect(attributeByName('local-pref')).toBeUndefined();
  });
});
