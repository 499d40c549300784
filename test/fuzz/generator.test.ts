/** What the generators make: well-formed messages are accepted, damaged ones mostly are not, and all of it repeats. */
import { describe, expect, test } from 'vitest';
import { readU16, toHex } from '../../src/base/bytes.ts';
import { randomContext } from '../../src/fuzz/context.ts';
import { randomFuzzMessage } from '../../src/fuzz/generator.ts';
import { attributePlaces } from '../../src/fuzz/layout.ts';
import { MESSAGE_KINDS, randomMessage, randomUpdateOf } from '../../src/fuzz/messages.ts';
import { MUTATOR_NAMES, MUTATORS } from '../../src/fuzz/mutate.ts';
import { Random } from '../../src/fuzz/random.ts';
import { attributeByCode } from '../../src/wire/attributes/index.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { Framer } from '../../src/wire/framer.ts';
import { HEADER_LENGTH } from '../../src/wire/message.ts';
import { readOpen } from '../../src/wire/open.ts';
import { readRouteRefresh } from '../../src/wire/route-refresh.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';

const NUMBERS = Array.from({ length: 3000 }, (_, number) => number);

describe('Random', () => {
  test('a stream is a function of seed and number', () => {
    const take = (seed: number, stream: number) => new Random(seed, stream).bytes(16).join();
    expect(take(1, 2)).toBe(take(1, 2));
    expect(new Set([take(1, 2), take(2, 1), take(1, 1), take(2, 2), take(0, 0)]).size).toBe(5);
  });

  test('below, between, size: inside their bounds, and each value comes', () => {
    const random = new Random(1);
    const below = new Set(NUMBERS.map(() => random.below(7)));
    expect([...below].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(new Set(NUMBERS.map(() => random.between(-1, 1)))).toEqual(new Set([-1, 0, 1]));
    for (const _ of NUMBERS) expect(random.size(9)).toBeLessThanOrEqual(9);
    expect([random.below(0), random.below(1)]).toEqual([0, 0]);
  });
});

describe('well-formed messages', () => {
  test.each(MESSAGE_KINDS)('%s: has a legal header', (kind) => {
    for (const number of NUMBERS.slice(0, 500)) {
      const random = new Random(1, number);
      const context = randomContext(random);
      const bytes = randomMessage(kind, random, context);
      let messages = 0;
      const framer = new Framer({ message: () => void messages++ });
      framer.extendedMessage = context.extendedMessage;
      expect([framer.push(bytes), messages, framer.pendingBytes]).toEqual([undefined, 1, 0]);
    }
  });

  test('update: accepted, or discarded only because an attribute is unexpected on the session', () => {
    const frame = new UpdateFrame();
    for (const number of NUMBERS) {
      const random = new Random(2, number);
      const context = { ...randomContext(random), rejectAsSet: false };
      const bytes = randomMessage('update', random, context);
      const disposition = frame.scan(bytes, HEADER_LENGTH, bytes.length, context);
      if (disposition === Disposition.accept) continue;
      const { faultyAttribute: code } = frame;
      const unexpected = attributeByCode[code]?.discardFromExternal ?? code === 17;
      const long = bytes.length > 20_000 || frame.faultyAttribute === 18;
      expect([unexpected || long, toHex(bytes)]).toEqual([true, toHex(bytes)]);
    }
  });

  test('open and route-refresh: are read', () => {
    for (const number of NUMBERS) {
      const random = new Random(3, number);
      const context = randomContext(random);
      const open = randomMessage('open', random, context);
      expect(readOpen(open, HEADER_LENGTH, open.length)).toMatchObject({ ok: true });
      const refresh = randomMessage('route-refresh', random, context);
      expect(readRouteRefresh(refresh, HEADER_LENGTH, refresh.length)).toMatchObject({ ok: true });
    }
  });
});

test.each(['tlvs', 'routes'] as const)(
  '%s: damages the inside of an attribute and no length around it',
  (name) => {
    let changed = 0;
    for (const number of NUMBERS.slice(0, 1000)) {
      const random = new Random(5, number);
      const context = randomContext(random);
      const make = () => randomMessage('update', random, context);
      const whole = randomUpdateOf(name === 'tlvs' ? 23 : 14, random, context);
      const damaged = MUTATORS[name](whole.slice(), random, make);
      if (toHex(damaged) !== toHex(whole)) changed++;
      expect(readU16(damaged, 16)).toBe(damaged.length);
      const [first] = attributePlaces(damaged);
      const length = attributePlaces(damaged).reduce((sum, { bytes }) => sum + bytes.length, 0);
      if (first !== undefined) expect(readU16(damaged, first.start - 2)).toBe(length);
    }
    expect(changed).toBeGreaterThan(700);
  },
);

test('randomFuzzMessage: every mutator is used, no message is too long, one in three is whole', () => {
  const used = new Set<string>();
  let whole = 0;
  for (const number of NUMBERS) {
    const random = new Random(4, number);
    const { bytes, mutations } = randomFuzzMessage(random, randomContext(random));
    for (const name of mutations) used.add(name);
    if (mutations.length === 0) whole++;
    expect(bytes.length).toBeGreaterThanOrEqual(HEADER_LENGTH);
    expect(bytes.length).toBeLessThanOrEqual(0xffff);
  }
  expect([...used].sort()).toEqual([...MUTATOR_NAMES].sort());
  expect(whole / NUMBERS.length).toBeCloseTo(1 / 3, 1);
});
