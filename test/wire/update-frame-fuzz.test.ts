/** Hostile bytes: the walk never throws, never looks outside the body, and says only what stands in it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { forEachAttribute, writeCanonicalBlob } from '../../src/wire/attributes/blob.ts';
import { attributeByCode } from '../../src/wire/attributes/index.ts';
import { Disposition, UpdateError } from '../../src/wire/attributes/spec.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';
import {
  AS_PATH,
  attribute,
  MANDATORY,
  MARGIN,
  MED,
  MP_REACH,
  MP_UNREACH,
  NLRI,
  ORIGIN,
  scanned,
  updateBody,
} from './update-frame-fixtures.ts';

const context: fc.Arbitrary<Partial<WireContext>> = fc.record({
  as4: fc.boolean(),
  external: fc.boolean(),
  families: fc.nat(3),
  extendedNextHop: fc.nat(1),
});

const SEEDS = [
  updateBody({ attributes: MANDATORY, nlri: NLRI }),
  updateBody({ withdrawn: NLRI, attributes: MANDATORY + MED + MP_REACH + MP_UNREACH, nlri: NLRI }),
  updateBody({ attributes: ORIGIN + AS_PATH + MP_REACH }),
  updateBody({
    attributes:
      ORIGIN +
      attribute(0x50, 2, '0202 fde9 5ba0') +
      attribute(0xc0, 7, '5ba0 c0000201') +
      attribute(0xc0, 17, '0201 fa56ea00') +
      attribute(0xc0, 18, 'fa56ea00 c0000201') +
      attribute(0xc0, 32, '000000010000000200000003'.repeat(2)) +
      attribute(0xc0, 99, 'ff'),
    nlri: NLRI,
  }),
];

/** A well-formed body with some octets changed, and perhaps cut. */
const mutated = fc
  .record({
    seed: fc.constantFrom(...SEEDS),
    changes: fc.array(fc.tuple(fc.nat(200), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 4, 0x10, 0xff))), {
      maxLength: 4,
    }),
    cut: fc.oneof(fc.constant(0), fc.nat(40)),
  })
  .map(({ seed, changes, cut }) => {
    const body = seed.slice(0, Math.max(0, seed.length - cut));
    for (const [at, value] of changes) if (at < body.length) body[at] = value;
    return body;
  });

/** Attributes of any code with values of any bytes, in a list whose end may be missing. */
const assembled = fc
  .record({
    attributes: fc.array(
      fc.tuple(
        fc.constantFrom(0x40, 0x80, 0xc0, 0xd0, 0xe0, 0x50),
        fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(32, 99)),
        fc.uint8Array({ maxLength: 24 }),
      ),
      { maxLength: 6 },
    ),
    cut: fc.oneof(fc.constant(0), fc.nat(8)),
    withRoutes: fc.boolean(),
  })
  .map(({ attributes, cut, withRoutes }) => {
    const list =
      MANDATORY + attributes.map(([flags, code, value]) => attribute(flags, code, toHex(value))).join('');
    return updateBody({ attributes: list.slice(0, list.length - cut * 2), nlri: withRoutes ? NLRI : '' });
  });

const body = fc.oneof(fc.uint8Array({ maxLength: 80 }), mutated, assembled);

const PLACES = [
  ['withdrawnStart', 'withdrawnEnd'],
  ['attributesStart', 'attributesEnd'],
  ['nlriStart', 'nlriEnd'],
  ['reachStart', 'reachEnd'],
  ['unreachStart', 'unreachEnd'],
  ['faultStart', 'faultEnd'],
  ['asPathStart', 'asPathEnd'],
  ['as4PathStart', 'as4PathEnd'],
] as const;

function fieldsOf(frame: UpdateFrame): Record<string, unknown> {
  const discarded = Array.from({ length: 256 }, (_, code) => code).filter((code) => frame.isDiscarded(code));
  return { ...frame, discarded };
}

describe('any bytes', () => {
  test('every place lies inside the body, starts before it ends, or is not set', () => {
    const frame = new UpdateFrame();
    fc.assert(
      fc.property(body, context, (bytes, partial) => {
        scanned(bytes, partial, 0xff, frame);
        const inside = (at: number) => at >= MARGIN && at <= MARGIN + bytes.length;
        for (const [start, end] of PLACES) {
          if (frame[start] === 0 && frame[end] === 0) continue;
          // Places of an MP attribute are meaningful while its family is.
          if (start === 'reachStart' && frame.reachFamily < 0) continue;
          if (start === 'unreachStart' && frame.unreachFamily < 0) continue;
          expect([start, inside(frame[start]), inside(frame[end]), frame[start] <= frame[end]]).toEqual([
            start,
            true,
            true,
            true,
          ]);
        }
        if (frame.reachFamily >= 0)
          expect(inside(frame.reachNextHopStart + frame.reachNextHopLength)).toBe(true);
        if (frame.aggregatorStart !== 0)
          expect(inside(frame.aggregatorStart + (partial.as4 ? 8 : 6))).toBe(true);
        if (frame.as4AggregatorStart !== 0) expect(inside(frame.as4AggregatorStart + 8)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('nothing outside the body counts', () => {
    fc.assert(
      fc.property(body, context, (bytes, partial) => {
        const first = fieldsOf(scanned(bytes, partial, 0x00).frame);
        for (const poison of [0x10, 0xa5, 0xff])
          expect(fieldsOf(scanned(bytes, partial, poison).frame)).toEqual(first);
      }),
      { numRuns: 2000 },
    );
  });

  test('a frame that was used before finds the same', () => {
    const used = new UpdateFrame();
    fc.assert(
      fc.property(body, context, (bytes, partial) => {
        const { generation: _, ...fresh } = fieldsOf(scanned(bytes, partial).frame);
        expect(fieldsOf(scanned(bytes, partial, 0xa5, used).frame)).toEqual(fresh);
      }),
      { numRuns: 1000 },
    );
  });

  test('a fault has a subcode, and none has none', () => {
    fc.assert(
      fc.property(body, context, (bytes, partial) => {
        const { frame } = scanned(bytes, partial);
        expect(frame.subcode !== 0).toBe(frame.disposition !== Disposition.accept);
        if (frame.disposition === Disposition.treatAsWithdraw) expect(frame.announces).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the canonical blob of any UPDATE that is kept', () => {
  test('is a row of whole attributes, each once, each well-formed between 4-octet speakers', () => {
    fc.assert(
      fc.property(body, context, (raw, partial) => {
        const { frame, bytes, context: full } = scanned(raw, partial);
        if (frame.disposition >= Disposition.treatAsWithdraw || !frame.announces) return;
        for (const multiprotocol of [false, true]) {
          if (multiprotocol ? frame.reachFamily < 0 : frame.nlriEnd === frame.nlriStart) continue;
          const out = new ByteWriter(1);
          writeCanonicalBlob(frame, bytes, full, multiprotocol, out);
          const codes = checkedCodes(out.take(), full);
          expect(codes).toEqual(expect.arrayContaining([1, 2, 3]));
          expect(codes.filter((code) => [14, 15, 17, 18].includes(code))).toEqual([]);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('keeps its lengths when AS4_PATH would not fit behind a long AS_PATH', () => {
    const narrow = `02ff${'fde9'.repeat(255)}`.repeat(58);
    const sets = `01ff${'fa56ea00'.repeat(255)}`.repeat(32);
    const attributes =
      ORIGIN + attribute(0x50, 2, narrow) + attribute(0x40, 3, 'c0000201') + attribute(0xd0, 17, sets);
    const {
      frame,
      bytes,
      context: full,
    } = scanned(updateBody({ attributes, nlri: '080a' }), {
      as4: false,
      extendedMessage: true,
    });
    expect(frame.nlriEnd - frame.withdrawnStart).toBeLessThan(65_535);
    expect(frame.disposition).toBe(Disposition.attributeDiscard);
    expect([frame.faultyAttribute, frame.subcode]).toEqual([17, UpdateError.optionalAttribute]);
    const out = new ByteWriter();
    writeCanonicalBlob(frame, bytes, full, false, out);
    expect(checkedCodes(out.take(), full)).toEqual([1, 2, 3]);
    expect(toHex(out.bytes, 8, 14)).toBe(toHex(fromHex('02ff 0000fde9')));
  });
});

/** The codes of a blob; fails when an attribute is cut, repeated or malformed. */
function checkedCodes(blob: Uint8Array, context: WireContext): number[] {
  const codes: number[] = [];
  let last = 0;
  forEachAttribute(blob, 0, blob.length, (code, flags, start, end) => {
    expect(end).toBeLessThanOrEqual(blob.length);
    expect(codes).not.toContain(code);
    expect(flags & 0x0f, 'unused flag bits').toBe(0);
    if (code !== 3)
      expect(
        attributeByCode[code]?.check(blob, start, end, { ...context, as4: true }) ?? 0,
        `code ${code}`,
      ).toBe(0);
    else expect([4, 16, 32]).toContain(end - start);
    codes.push(code);
    last = end;
  });
  expect(last).toBe(blob.length);
  return codes;
}
