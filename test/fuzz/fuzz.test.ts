/** A short fuzz run with a fixed seed, the finds of long ones, and proof that a run finds what is wrong. */
import { afterEach, describe, expect, test } from 'vitest';
import { ATTRIBUTES, attributeByName } from '../../src/wire/attributes/index.ts';
import { SpecCoverage } from './coverage.ts';
import { fuzz } from './fuzzer.ts';
import { readVectors, replay } from './vectors.ts';

const CODEC_ONLY = { codec: 1, engine: 0, speaker: 0 };

test('fuzz: five seconds of codec, engine and speaker', { timeout: 60_000 }, async () => {
  const result = await fuzz({ seed: 20_261_121, seconds: 5 });
  expect(result.failure).toBeUndefined();
  for (const count of [result.codec, result.json, result.engine, result.speaker])
    expect(count).toBeGreaterThan(99);
});

test('fuzz: the same seed makes the same messages', async () => {
  const specs = [new SpecCoverage(), new SpecCoverage()];
  const { checkCodec } = await import('./codec.ts');
  const { randomContext } = await import('../../src/fuzz/context.ts');
  const { randomFuzzMessage } = await import('../../src/fuzz/generator.ts');
  const { Random } = await import('../../src/fuzz/random.ts');
  for (const spec of specs) {
    spec.install();
    for (let number = 1; number <= 300; number++) {
      const random = new Random(5, number);
      const context = randomContext(random);
      checkCodec(randomFuzzMessage(random, context).bytes, context);
    }
    spec.restore();
  }
  expect(specs[0]!.table).toBe(specs[1]!.table);
});

describe('vectors', () => {
  test.each(readVectors())('%s: does not break its promise any more', (_name, vector) => {
    replay(vector);
  });
});

describe('a run finds', () => {
  const originals = ATTRIBUTES.map((spec) => ({ ...spec }));

  afterEach(() => {
    for (const [index, original] of originals.entries()) Object.assign(ATTRIBUTES[index]!, original);
  });

  const find = async () => {
    const { failure } = await fuzz({ seed: 1, seconds: 10, shares: CODEC_ONLY });
    return failure;
  };

  test('a reader that throws', async () => {
    attributeByName('med')!.read = () => {
      throw new RangeError('broken on purpose');
    };
    const failure = await find();
    expect(String(failure?.error)).toContain('broken on purpose');
    expect(failure?.vector).toMatchObject({ target: 'codec', hex: expect.stringMatching(/^ffff/) });
  });

  test('a writer that loses something', async () => {
    const communities = attributeByName('communities')!;
    const { write } = communities;
    communities.write = (value, out, context) => write((value as number[]).slice(0, 2), out, context);
    expect(String((await find())?.error)).toContain('communities written and read again');
  });

  test('a check that looks beyond the message', async () => {
    const localPref = attributeByName('localPref')!;
    const { check } = localPref;
    localPref.check = (bytes, start, end, context) =>
      check(bytes, start, end, context) || (bytes[end] === 0xff ? 5 : 0);
    expect(String((await find())?.error)).toContain('octets outside the message count');
  });
});
