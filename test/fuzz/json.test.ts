/** How JSON is damaged, and that a find in it is made small. */
import { expect, test } from 'vitest';
import { randomContext } from '../../src/fuzz/context.ts';
import { Random } from '../../src/fuzz/random.ts';
import { ATTRIBUTES } from '../../src/wire/attributes/index.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';
import { decodeMessage } from '../../src/wire/json.ts';
import type { JsonValue } from '../../src/wire/json-types.ts';
import { damageJson } from './damage-json.ts';
import { checkInput } from './json.ts';
import { simpleMessage } from './simple-message.ts';
import { smallerJson } from './vectors.ts';

const NUMBERS = Array.from({ length: 3000 }, (_, number) => number);

test('simpleMessage: each attribute and each family comes, alone', () => {
  const seen = new Set<string>();
  for (const number of NUMBERS) {
    const random = new Random(1, number);
    const context = randomContext(random);
    const json = decodeMessage(simpleMessage(random, context), context);
    if (json.type !== 'UPDATE') continue;
    const names = Object.keys(json.attributes);
    expect(names.length).toBeLessThan(3);
    for (const name of [...names, ...Object.keys(json.reach), ...Object.keys(json.withdrawn)]) seen.add(name);
  }
  for (const { name } of [...ATTRIBUTES, ...FAMILIES]) expect([...seen]).toContain(name);
});

test('damageJson: the same seed does the same; some of it can be written, more cannot', () => {
  let written = 0;
  for (const number of NUMBERS) {
    const make = () => {
      const random = new Random(2, number);
      const context = randomContext(random);
      return { context, json: damageJson(decodeMessage(simpleMessage(random, context), context), random) };
    };
    const { context, json } = make();
    expect(JSON.stringify(make().json)).toBe(JSON.stringify(json));
    if (checkInput(json, context)) written++;
  }
  expect(written).toBeGreaterThan(300);
  expect(written).toBeLessThan(2000);
});

test('smallerJson: keeps what a find needs', () => {
  const json: JsonValue = { type: 'UPDATE', reach: { a: [1, { hex: 'zz', x: [2] }, 3] }, order: [1, 2] };
  const fails = (one: JsonValue) => JSON.stringify(one).includes('"hex":"zz"');
  expect(smallerJson(json, fails)).toEqual({ reach: { a: [{ hex: 'zz' }] } });
});
