/**
 * The canonical blob: one form for the same route, whichever session and wire form it came in.
 *
 * Over 300 lines: a case for each difference in form.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { toHex } from '../../src/base/bytes.ts';
import { narrowAggregator, narrowAsPath, writeAs4PathFrom } from '../../src/wire/as4.ts';
import type { AsPathSegment } from '../../src/wire/attributes/as-path-segments.ts';
import { writeSegments } from '../../src/wire/attributes/as-path-segments.ts';
import {
  beginAttribute,
  endAttribute,
  findAttribute,
  forEachAttribute,
  writeAttribute,
  writeCanonicalBlob,
} from '../../src/wire/attributes/blob.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { arbitrarySegments } from './attributes/vectors.ts';
import {
  AS_PATH,
  attribute,
  HOP6,
  LINK_LOCAL,
  MANDATORY,
  MED,
  MP_REACH,
  MP_UNREACH,
  NEXT_HOP,
  NLRI,
  NLRI6,
  ORIGIN,
  scanned,
  updateBody,
} from './update-frame-fixtures.ts';

const COMMUNITY = attribute(0xc0, 8, 'fde90001');

/** The blob of an UPDATE with these attributes, in hexadecimal. */
function blob(attributes: string, context: Partial<WireContext> = {}, multiprotocol = false): string {
  const parts = { attributes, nlri: multiprotocol ? '' : NLRI };
  const { frame, bytes, context: full } = scanned(updateBody(parts), context);
  expect(frame.disposition).toBeLessThan(2);
  const out = new ByteWriter(1);
  writeCanonicalBlob(frame, bytes, full, multiprotocol, out);
  return toHex(out.take());
}

function rewrites(attributes: string, context: Partial<WireContext> = {}): boolean {
  return scanned(updateBody({ attributes, nlri: NLRI }), context).frame.rewrite;
}

/** An attribute with the shortest length form. */
function shortest(flags: number, code: number, value: Uint8Array): string {
  return attribute(value.length > 255 ? flags | 0x10 : flags, code, toHex(value));
}

function written(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter();
  write(out);
  return out.take();
}

describe('IPv4 of a 4-octet session', () => {
  test('is byte for byte what was received when the frame asks for no rewriting', () => {
    const extras = [
      MED,
      COMMUNITY,
      attribute(0xe0, 99, 'ff'),
      attribute(0x40, 6, ''),
      attribute(0xc0, 16, '00'.repeat(8)),
    ];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(extras),
        fc.shuffledSubarray([ORIGIN, AS_PATH, NEXT_HOP], { minLength: 3 }),
        (some, all) => {
          const attributes = [...all, ...some].join('');
          expect(rewrites(attributes)).toBe(false);
          expect(blob(attributes)).toBe(attributes);
        },
      ),
    );
  });

  test.each([
    [
      'an unknown transitive attribute gets the Partial bit (RFC 4271 5)',
      attribute(0xc0, 99, '01'),
      attribute(0xe0, 99, '01'),
    ],
    ['an unknown non-transitive one is dropped (RFC 4271 5)', attribute(0x80, 99, '01'), ''],
    ['... with the Partial bit too', attribute(0xa0, 99, '01'), ''],
    ['a repeated attribute is dropped (RFC 7606 3 g)', MED + attribute(0x80, 4, '00000065'), MED],
    ['a malformed ATOMIC_AGGREGATE is dropped (RFC 7606 7.6)', attribute(0x40, 6, '00'), ''],
    ['LOCAL_PREF from an external peer is dropped (RFC 7606 7.5)', attribute(0x40, 5, '00000064') + MED, MED],
    ['AS4_PATH between 4-octet speakers is dropped (RFC 6793 4.1)', attribute(0xc0, 17, '0201 0000fde9'), ''],
    [
      'repeated large communities are dropped (RFC 8092 3)',
      attribute(0xc0, 32, '000000010000000200000003'.repeat(3)),
      attribute(0xc0, 32, '000000010000000200000003'),
    ],
    [
      '... also when one octet of length is enough only then',
      attribute(0xd0, 32, '000000010000000200000003'.repeat(30)),
      attribute(0xc0, 32, '000000010000000200000003'),
    ],
    ['unused flag bits are cleared (RFC 4271 4.3)', attribute(0x8f, 4, '00000064'), MED],
    ['Partial on a non-transitive attribute is cleared (RFC 4271 4.3)', attribute(0xa0, 4, '00000064'), MED],
    [
      'Partial on a well-known attribute is cleared (RFC 4271 4.3)',
      attribute(0x60, 6, ''),
      attribute(0x40, 6, ''),
    ],
    [
      'Partial on an optional transitive attribute stays',
      attribute(0xe0, 8, 'fde90001') + attribute(0x80, 99, ''),
      attribute(0xe0, 8, 'fde90001'),
    ],
  ])('%s', (_why, received, kept) => {
    expect(rewrites(MANDATORY + received)).toBe(true);
    expect(blob(MANDATORY + received)).toBe(MANDATORY + kept);
  });
});

test('large communities: rewritten only when one may be repeated (RFC 8092 3)', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 12 }), (numbers) => {
      const value = (list: number[]) =>
        attribute(
          0xc0,
          32,
          list.map((n) => `0000000100000002000000${n.toString(16).padStart(2, '0')}`).join(''),
        );
      const distinct = [...new Set(numbers)];
      const attributes = MANDATORY + value(numbers);
      if (numbers.length <= 8) expect(rewrites(attributes)).toBe(distinct.length < numbers.length);
      expect(blob(attributes)).toBe(MANDATORY + value(distinct));
    }),
  );
});

describe('multiprotocol routes', () => {
  const kept = attribute(0x40, 3, HOP6);

  test('the next hop moves to NEXT_HOP in the place of MP_REACH_NLRI; MP_UNREACH_NLRI goes', () => {
    expect(blob(MP_REACH + ORIGIN + AS_PATH + MP_UNREACH, {}, true)).toBe(kept + ORIGIN + AS_PATH);
  });

  test('the prefixes do not count: two UPDATEs with the same attributes make one blob', () => {
    const other = attribute(0x90, 14, `000201 10 ${HOP6} 00 ${NLRI6}3020010db80001`);
    expect(blob(other + ORIGIN + AS_PATH, {}, true)).toBe(blob(MP_REACH + ORIGIN + AS_PATH, {}, true));
  });

  test('the link-local next hop stays beside the global one (RFC 2545)', () => {
    const reach = attribute(0x80, 14, `000201 20 ${HOP6}${LINK_LOCAL} 00 ${NLRI6}`);
    expect(blob(ORIGIN + AS_PATH + reach, {}, true)).toBe(
      ORIGIN + AS_PATH + attribute(0x40, 3, HOP6 + LINK_LOCAL),
    );
  });

  test('NEXT_HOP beside MP_REACH_NLRI is ignored (RFC 4760 3)', () => {
    expect(blob(ORIGIN + AS_PATH + NEXT_HOP + MP_REACH, {}, true)).toBe(ORIGIN + AS_PATH + kept);
  });

  test('one UPDATE with both kinds of routes makes a blob for each', () => {
    const { frame, bytes, context } = scanned(updateBody({ attributes: MANDATORY + MP_REACH, nlri: NLRI }));
    const of = (multiprotocol: boolean) =>
      toHex(written((out) => writeCanonicalBlob(frame, bytes, context, multiprotocol, out)));
    expect(of(false)).toBe(MANDATORY);
    expect(of(true)).toBe(ORIGIN + AS_PATH + kept);
  });

  test('IPv4 in MP_REACH_NLRI makes the blob of plain IPv4', () => {
    const reach = attribute(0x80, 14, '000101 04 c0000201 00 080a');
    expect(blob(ORIGIN + AS_PATH + reach + MED, {}, true)).toBe(blob(MANDATORY + MED));
  });
});

describe('2-octet sessions (RFC 6793)', () => {
  const old = { as4: false };
  const asn = fc.oneof(
    fc.integer({ min: 1, max: 0xffff }).filter((as) => as !== 23456),
    fc.integer({ min: 0x10000, max: 0xffffffff }),
  );
  const address = 'c0000201';

  /** The attributes of a route as a NEW speaker sends them to a NEW and to an OLD one. */
  function bothForms(
    path: readonly AsPathSegment[],
    aggregator: number | undefined,
  ): { wide: string; narrow: string } {
    const canonical = written((out) => writeSegments(path, 4, out));
    let lossy = false;
    const narrowed = written((out) => {
      lossy = narrowAsPath(canonical, 0, canonical.length, out);
    });
    const as4Path = written((out) => writeAs4PathFrom(canonical, 0, canonical.length, out));
    let wide = ORIGIN + shortest(0x40, 2, canonical) + NEXT_HOP;
    let narrow = ORIGIN + shortest(0x40, 2, narrowed) + NEXT_HOP;
    if (aggregator !== undefined) {
      const value = written((out) => {
        out.u32(aggregator);
        out.u32(0xc0000201);
      });
      const short = written((out) => {
        narrowAggregator(value, 0, out);
      });
      wide += shortest(0xc0, 7, value);
      narrow += shortest(0xc0, 7, short);
      if (aggregator > 0xffff) narrow += shortest(0xc0, 18, value);
    }
    if (lossy) narrow += shortest(0xc0, 17, as4Path);
    return { wide, narrow };
  }

  test('the same route makes the same blob as on a 4-octet session', () => {
    const aggregator = fc.option(asn, { nil: undefined });
    fc.assert(
      fc.property(arbitrarySegments(asn, ['sequence', 'set']), aggregator, (segments, as) => {
        // An AGGREGATOR that is not AS_TRANS says that AS4_PATH is another route's; neighbouring sequences merge.
        const path = segments.filter(
          (s, i) => i === 0 || s.type === 'set' || segments[i - 1]!.type === 'set',
        );
        const lossy = path.some((segment) => segment.asns.some((n) => n > 0xffff));
        const { wide, narrow } = bothForms(path, as !== undefined && lossy ? undefined : as);
        expect(blob(narrow, old)).toBe(blob(wide));
      }),
      { numRuns: 500 },
    );
  });

  test.each([63, 64, 127, 128])('a path of %i numbers has the same length form from both', (count) => {
    const path: AsPathSegment[] = [{ type: 'sequence', asns: new Array<number>(count).fill(65001) }];
    const { wide, narrow } = bothForms(path, undefined);
    expect(blob(narrow, old)).toBe(blob(wide));
  });

  test('AGGREGATOR with AS_TRANS takes its number from AS4_AGGREGATOR', () => {
    const narrow = attribute(0xc0, 7, `5ba0 ${address}`) + attribute(0xc0, 18, `fa56ea00 ${address}`);
    expect(blob(ORIGIN + attribute(0x40, 2, '0201 fde9') + NEXT_HOP + narrow, old)).toBe(
      MANDATORY + attribute(0xc0, 7, `fa56ea00 ${address}`),
    );
  });

  test("AGGREGATOR with another number: both AS4 attributes are another route's and ignored (4.2.3)", () => {
    const narrow =
      attribute(0xc0, 7, `fdea ${address}`) +
      attribute(0xc0, 18, `fa56ea00 ${address}`) +
      attribute(0xc0, 17, '0201 fa56ea00');
    expect(blob(ORIGIN + attribute(0x40, 2, '0201 fde9') + NEXT_HOP + narrow, old)).toBe(
      MANDATORY + attribute(0xc0, 7, `0000fdea ${address}`),
    );
  });

  test('AS4_AGGREGATOR without AGGREGATOR is dropped', () => {
    expect(
      blob(
        ORIGIN + attribute(0x40, 2, '0201 fde9') + NEXT_HOP + attribute(0xc0, 18, `fa56ea00 ${address}`),
        old,
      ),
    ).toBe(MANDATORY);
  });

  test('a malformed AS4_PATH is dropped, the path is what AS_PATH says (6)', () => {
    expect(
      blob(ORIGIN + attribute(0x40, 2, '0201 fde9') + NEXT_HOP + attribute(0xc0, 17, '0202 fa56ea00'), old),
    ).toBe(MANDATORY);
  });
});

describe('writing and finding attributes', () => {
  test('writeAttribute, beginAttribute, endAttribute: the shortest length form, whatever was expected', () => {
    fc.assert(
      fc.property(
        fc.nat(600),
        fc.constantFrom(0, 255, 256, 9999),
        fc.constantFrom(0xc0, 0xd0),
        (length, expected, flags) => {
          const value = Uint8Array.from({ length }, (_, i) => i);
          const out = new ByteWriter(1);
          out.u8(0xa5);
          const at = beginAttribute(out, flags, 8, expected);
          out.copy(value);
          endAttribute(out, at);
          out.u8(0xa5);
          expect(toHex(out.take())).toBe(`a5${shortest(0xc0, 8, value)}a5`);
          expect(toHex(written((direct) => writeAttribute(direct, flags, 8, value)))).toBe(
            shortest(0xc0, 8, value),
          );
        },
      ),
    );
  });

  test('forEachAttribute and findAttribute: code, flags and value of both length forms', () => {
    const bytes = Buffer.from(`ff${ORIGIN}${attribute(0x90, 4, '00000064')}${COMMUNITY}`, 'hex');
    const seen: string[] = [];
    forEachAttribute(bytes, 1, bytes.length, (code, flags, start, end) => {
      seen.push(`${code} ${flags.toString(16)} ${toHex(bytes, start, end)}`);
      expect(findAttribute(bytes, 1, bytes.length, code)).toEqual({ flags, start, end });
    });
    expect(seen).toEqual(['1 40 00', '4 90 00000064', '8 c0 fde90001']);
    expect(findAttribute(bytes, 1, bytes.length, 5)).toBeUndefined();
  });
});
