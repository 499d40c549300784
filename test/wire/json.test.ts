/**
 * Messages as JSON and back: both promises with random messages, and what hostile octets come to.
 *
 * Over 300 lines: both directions of one form share the random messages.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { BellhopError } from '../../src/base/errors.ts';
import { ATTRIBUTES, attributeByCode } from '../../src/wire/attributes/index.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { dispositionName } from '../../src/wire/disposition-name.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';
import { decodeMessage, encodeMessage } from '../../src/wire/json.ts';
import type { JsonObject, JsonValue, MessageJson, UpdateJson } from '../../src/wire/json-types.ts';
import { attributeFromJson, attributeToJson, toJson } from '../../src/wire/json-value.ts';
import { HEADER_LENGTH } from '../../src/wire/message.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';
import { VECTORS } from './attributes/vectors.ts';
import { VECTORS as FAMILY_VECTORS, type FamilyVectors } from './families/vectors.ts';
import { AS_PATH, CONTEXT, GOOD, NEXT_HOP, ORIGIN, throughText, update } from './json-fixtures.ts';

const withoutMultiprotocol = ATTRIBUTES.filter(({ name }) => name !== 'mpReach' && name !== 'mpUnreach');
const vectorsOf = (name: string) => (VECTORS as Readonly<Record<string, SomeVectors>>)[name]!;

/** What is needed of the vectors of an attribute. */
interface SomeVectors {
  readonly arbitrary: fc.Arbitrary<unknown>;
  readonly context?: Partial<WireContext>;
}

describe.each(withoutMultiprotocol.map((spec) => spec.name))('%s', (name) => {
  test('its values survive JSON', () => {
    fc.assert(
      fc.property(vectorsOf(name).arbitrary, (value) => {
        const json = throughText(attributeToJson(name, value));
        expect(attributeFromJson(name, json)).toEqual(value);
      }),
    );
  });
});

/** Attributes, in the JSON form, of a session with or without 4-octet AS numbers. */
function arbitraryAttributes(as4: boolean): fc.Arbitrary<Record<string, JsonValue>> {
  const specs = withoutMultiprotocol.filter(({ name }) => {
    const needed = vectorsOf(name).context?.as4;
    return needed === undefined || needed === as4;
  });
  const entries = specs.map(
    ({ name }) => [name, vectorsOf(name).arbitrary.map((value) => attributeToJson(name, value))] as const,
  );
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] }) as fc.Arbitrary<
    Record<string, JsonValue>
  >;
}

const unknownAttribute = fc.record({
  code: fc.nat(255).filter((code) => attributeByCode[code] === undefined),
  flags: fc.constantFrom(0x80, 0xc0, 0xe0),
  hex: fc.uint8Array({ maxLength: 20 }).map((bytes) => toHex(bytes)),
});

/** NLRI of one family with the head of its MP_REACH_NLRI. */
const multiprotocol = fc
  .constantFrom(...FAMILIES)
  .chain((family) => {
    const { arbitrary } = (FAMILY_VECTORS as unknown as Record<string, FamilyVectors<object>>)[family.name]!;
    const lengths: readonly number[] = family.nextHopLengths === 'ignored' ? [0] : family.nextHopLengths;
    return fc.record({
      family: fc.constant(family),
      nextHopLength: fc.constantFrom(...lengths),
      routes: fc.array(arbitrary, { minLength: 1, maxLength: 6 }),
      pathId: fc.nat(0xffffffff),
      addPath: fc.boolean(),
    });
  })
  .map(({ family, nextHopLength, routes, pathId, addPath }) => {
    const nextHop = '20'.repeat(nextHopLength);
    const head = [family.afi >>> 8, family.afi, family.safi, nextHopLength];
    const octets = Uint8Array.of(...head, ...fromHex(nextHop), 0);
    const value = attributeByCode[14]!.read(octets, 0, octets.length, CONTEXT) as Record<string, JsonValue>;
    const { nlri: _nlri, afi: _afi, safi: _safi, ...rest } = value;
    const list = routes.map((route) => (addPath ? { ...route, pathId } : route));
    return {
      family: family.name,
      addPath: addPath ? 1 << family.index : 0,
      mpReach: toJson(rest) as JsonObject,
      routes: list.map((route) => routeJson(toJson(route) as JsonObject)),
    };
  });

function routeJson(route: JsonObject): JsonValue {
  return Object.keys(route).length === 1 && typeof route['prefix'] === 'string' ? route['prefix'] : route;
}

interface Sample {
  readonly context: WireContext;
  readonly json: UpdateJson;
}

/** An UPDATE in JSON and a session that can carry it, apart from AS numbers that may be too large. */
const updateSample: fc.Arbitrary<Sample> = fc.boolean().chain((as4) =>
  fc
    .record({
      attributes: arbitraryAttributes(as4),
      unknown: fc.uniqueArray(unknownAttribute, { maxLength: 2, selector: ({ code }) => code }),
      reach: fc.option(multiprotocol, { nil: undefined }),
      unreach: fc.option(multiprotocol, { nil: undefined }),
      shuffle: fc.infiniteStream(fc.nat(1000)),
    })
    .map(({ attributes, unknown, reach, unreach: other, shuffle }) => {
      // One family has path identifiers or not, in both directions of an UPDATE.
      const clashes = reach?.family === other?.family && reach?.addPath !== other?.addPath;
      const unreach = clashes ? undefined : other;
      const all: Record<string, JsonValue> = { ...attributes };
      if (reach !== undefined) all['mpReach'] = reach.mpReach;
      if (unreach !== undefined) all['mpUnreach'] = { family: unreach.family };
      if (unknown.length > 0) all['unknown'] = unknown;
      const codes = [
        ...ATTRIBUTES.filter(({ name }) => name in all).map(({ code }) => code),
        ...unknown.map(({ code }) => code),
      ]
        .map((code) => [shuffle.next().value, code] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, code]) => code);
      const addPath = (reach?.addPath ?? 0) | (unreach?.addPath ?? 0);
      const json: UpdateJson = {
        type: 'UPDATE',
        length: 0,
        disposition: '',
        errors: [],
        attributes: all,
        order: codes,
        reach: reach === undefined ? {} : { [reach.family]: reach.routes },
        withdrawn: unreach === undefined ? {} : { [unreach.family]: unreach.routes },
      };
      return { context: { ...CONTEXT, as4, addPath }, json };
    }),
);

/** The parts of an UPDATE that say something, in one order. */
function contents(json: MessageJson) {
  if (json.type !== 'UPDATE') throw new Error(`${json.type} instead of UPDATE`);
  const { attributes, reach, withdrawn, flags, unreadable } = json;
  const { unknown, ...rest } = attributes;
  const byCode = (a: JsonValue, b: JsonValue) =>
    Number((a as JsonObject)['code']) - Number((b as JsonObject)['code']);
  const sorted = unknown === undefined ? undefined : [...(unknown as JsonValue[])].sort(byCode);
  return { attributes: rest, unknown: sorted, reach, withdrawn, flags, unreadable };
}

/** Octets of `json`; undefined when an AS number does not fit into two octets, the one legal reason. */
function encodeSample({ context, json }: Sample): Uint8Array | undefined {
  try {
    return encodeMessage(json, context);
  } catch (error) {
    expect(error).toBeInstanceOf(BellhopError);
    expect(context.as4).toBe(false);
    expect(String(error)).toMatch(/as-?path|aggregator/i);
    return undefined;
  }
}

describe('UPDATE', () => {
  test('decode(encode(x)) is x, encode(decode(bytes)) is bytes', () => {
    let carried = 0;
    fc.assert(
      fc.property(updateSample, (sample) => {
        const bytes = encodeSample(sample);
        if (bytes === undefined) return;
        carried++;
        const decoded = throughText(decodeMessage(bytes, sample.context));
        expect(contents(decoded)).toEqual(contents(throughText(sample.json)));
        expect(toHex(encodeMessage(decoded, sample.context))).toBe(toHex(bytes));
        expect(decodeMessage(encodeMessage(decoded, sample.context), sample.context)).toEqual(decoded);
      }),
      { numRuns: 400 },
    );
    expect(carried).toBeGreaterThan(200);
  });

  test('any change of octets: never throws, the verdict is that of the frame, every fault has a place', () => {
    const change = fc.record({ at: fc.nat(400), octet: fc.nat(255) });
    const agreement = fc.record({
      familyDisable: fc.boolean(),
      families: fc.constantFrom(~0, 3),
      external: fc.boolean(),
    });
    const frame = new UpdateFrame();
    fc.assert(
      fc.property(
        updateSample,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        agreement,
        (sample, changes, agreed) => {
          const bytes = encodeSample(sample);
          if (bytes === undefined) return;
          for (const { at, octet } of changes)
            bytes[HEADER_LENGTH + (at % (bytes.length - HEADER_LENGTH))] = octet;
          const context = { ...sample.context, ...agreed };
          const decoded = decodeMessage(bytes, context) as UpdateJson;
          frame.scan(bytes, HEADER_LENGTH, bytes.length, context);
          const verdict = frame.nlriStart === 0 ? frame.disposition : frame.checkNlri(bytes, context);
          const names = decoded.errors.map(({ disposition }) => disposition);
          const values = Object.values(Disposition).filter((value) => names.includes(dispositionName(value)));
          const strongest = Math.max(Disposition.accept, ...values) as Disposition;
          expect(decoded.disposition).toBe(dispositionName(strongest));
          expect(strongest).toBe(verdict);
          for (const { offset, rfc } of decoded.errors) {
            expect(offset).toBeGreaterThanOrEqual(HEADER_LENGTH);
            expect(offset).toBeLessThanOrEqual(bytes.length);
            expect(rfc).toMatch(/^RFC \d+/);
          }
          settles(decoded, context);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('cut at any length: never throws', () => {
    const bytes = update(
      `${GOOD} c00808 fde90064 ffffff01 800e1d 0002 01 10 20010db8000000000000000000000001 00 20 20010db8 00`,
    );
    for (let length = 0; length <= bytes.length; length++) {
      const cut = bytes.slice(0, length);
      if (length > 17) cut.set([length >>> 8, length], 16);
      const decoded = decodeMessage(cut);
      expect(toHex(encodeMessage(decoded))).toBe(toHex(cut));
    }
  });

  test('every fault is listed, in the order of the message, the strongest decides', () => {
    const bytes = update(
      `${ORIGIN.replace(/00$/, '07')} ${AS_PATH} ${NEXT_HOP} 800402 0001 40060100 c00803000001`,
    );
    const { errors, disposition, attributes } = decodeMessage(bytes) as UpdateJson;
    expect(errors).toMatchObject([
      {
        subcode: 6,
        attribute: 'origin',
        offset: 23,
        data: '40010107',
        rfc: expect.stringContaining('RFC 7606'),
      },
      { subcode: 5, attribute: 'med', offset: 43, disposition: 'treat-as-withdraw' },
      { subcode: 5, attribute: 'atomicAggregate', disposition: 'attribute-discard' },
      { subcode: 5, attribute: 'communities' },
    ]);
    expect(disposition).toBe('treat-as-withdraw');
    expect(attributes).toMatchObject({
      nextHop: '192.0.2.1',
      malformed: [{ code: 1 }, { code: 4 }, { code: 6 }, { code: 8 }],
    });
  });

  test('missing and repeated attributes', () => {
    const decoded = decodeMessage(update(`${ORIGIN}${ORIGIN}`)) as UpdateJson;
    expect(decoded.errors).toMatchObject([
      { subcode: 1, attribute: 'origin', offset: 27, rfc: 'RFC 7606 section 3 (g)' },
      { subcode: 3, attribute: 'asPath', data: '02', rfc: 'RFC 7606 section 3 (d)' },
      { subcode: 3, attribute: 'nextHop', data: '03' },
    ]);
    expect(decoded.attributes['repeated']).toEqual([{ code: 1, flags: 0x40, hex: '00' }]);
  });

  test('nothing announced: what would be withdrawn resets instead', () => {
    const { errors, disposition } = decodeMessage(update('40010107', '', '18c63364'));
    expect(disposition).toBe('session-reset');
    expect(errors).toMatchObject([
      { disposition: 'session-reset', rfc: expect.stringContaining('RFC 7606 section 5.2') },
    ]);
  });

  test.each([
    ['nlri', update(GOOD, '18c63364 21c0000201'), 'nlri', 47],
    ['withdrawn', update(GOOD, '18c63364', '18c63364 28'), 'withdrawn', 25],
    ['mpReach', update(`${GOOD} 800e17 0002 01 10 20010db8000000000000000000000001 00 81 00`), 'mpReach', 67],
    ['mpUnreach', update(`${GOOD} 800f05 0002 01 40 20`), 'mpUnreach', 49],
  ])('routes in %s that cannot be read appear nowhere', (_name, bytes, place, offset) => {
    const decoded = decodeMessage(bytes) as UpdateJson;
    expect(decoded.errors).toMatchObject([{ offset, rfc: 'RFC 7606 section 5.3' }]);
    expect(decoded.unreadable).toHaveProperty(place);
    const routes = place.endsWith('each') ? (place === 'mpReach' ? decoded.reach : decoded.withdrawn) : {};
    expect(Object.keys(routes)).not.toContain('ipv6-unicast');
    expect(place === 'nlri' ? decoded.reach : place === 'withdrawn' ? decoded.withdrawn : {}).toEqual({});
    expect(toHex(encodeMessage(decoded))).toBe(toHex(bytes));
  });

  test('IPv4 routes in both places: `count` of them stand in MP_REACH_NLRI', () => {
    const bytes = update(`${GOOD} 800e0d 0001 01 04 c0000202 00 18cb0071`);
    const decoded = decodeMessage(bytes) as UpdateJson;
    expect(decoded.attributes['mpReach']).toEqual({ family: 'ipv4-unicast', nextHop: '192.0.2.2', count: 1 });
    expect(decoded.reach).toEqual({ 'ipv4-unicast': ['198.51.100.0/24', '203.0.113.0/24'] });
    expect(toHex(encodeMessage(decoded))).toBe(toHex(bytes));
  });

  test('families and attributes without a spec stay octets, unusual flags and order are kept', () => {
    const bytes = update(`900e000b 0063 63 04 c0000202 00 0102 ${GOOD} e00804 fde90064 d0c80001 07`, '');
    const decoded = decodeMessage(bytes) as UpdateJson;
    expect(decoded.attributes).toMatchObject({
      mpReach: { afi: 99, safi: 99, nextHop: '192.0.2.2', nlri: expect.stringMatching(/^[0-9a-f]+$/) },
      unknown: [{ code: 200, flags: 0xd0, hex: '07' }],
    });
    expect(decoded).toMatchObject({
      flags: { mpReach: 0x90, communities: 0xe0 },
      order: [14, 1, 2, 3, 8, 200],
    });
    expect(toHex(encodeMessage(decoded))).toBe(toHex(bytes));
  });

  test('End-of-RIB', () => {
    expect(decodeMessage(update('', ''))).toMatchObject({
      endOfRib: 'ipv4-unicast',
      reach: {},
      withdrawn: {},
    });
    expect(decodeMessage(update('800f03 000201', ''))).toMatchObject({ endOfRib: 'ipv6-unicast' });
  });

  test('encode: a short form is enough', () => {
    const short = {
      type: 'UPDATE',
      attributes: {},
      reach: {},
      withdrawn: { 'ipv6-unicast': ['2001:DB8:0::/32'] },
    };
    const decoded = decodeMessage(encodeMessage(short as unknown as UpdateJson));
    expect(decoded).toMatchObject({ errors: [], withdrawn: { 'ipv6-unicast': ['2001:db8::/32'] } });
  });

  test('encode: JSON that is nothing of the kind is refused, too', () => {
    const noise = fc.oneof(fc.jsonValue(), fc.constantFrom('', [], {}, 0));
    fc.assert(
      fc.property(
        fc.constantFrom('OPEN', 'UPDATE', 'NOTIFICATION', 'ROUTE-REFRESH', 'INVALID'),
        noise,
        (type, json) => {
          const keys = [
            'attributes',
            'reach',
            'withdrawn',
            'flags',
            'order',
            'unreadable',
            'capabilities',
            'hex',
            'code',
          ];
          for (const key of keys)
            try {
              encodeMessage({ type, [key]: json } as unknown as MessageJson);
            } catch (error) {
              expect(error).toBeInstanceOf(BellhopError);
            }
        },
      ),
    );
  });

  test.each([
    ['med: 2 ** 32', { med: 2 ** 32 }, 'attributes.med'],
    ['med: text', { med: 'much' }, 'attributes.med'],
    ['asPath: text', { asPath: '65001' }, 'attributes.asPath'],
    ['a community that is none', { communities: ['65536:1'] }, 'not a community'],
    ['no attribute', { flavour: 1 }, 'no flavour'],
    [
      'a port out of range',
      { tunnelEncapsulation: [{ type: 'vxlan', subTlvs: [{ type: 'udp-port', value: '70000' }] }] },
      'tunnelEncapsulation',
    ],
    ['no address', { nextHop: '192.0.2' }, 'attributes.nextHop'],
  ])('encode: refuses %s', (_name, attributes, text) => {
    const json = { ...decodeMessage(update(GOOD)), attributes } as unknown as MessageJson;
    expect(() => encodeMessage(json)).toThrow(BellhopError);
    expect(() => encodeMessage(json)).toThrow(text);
  });

  test('encode: routes of another family need their attribute, path identifiers ADD-PATH', () => {
    const base = decodeMessage(update(GOOD)) as UpdateJson;
    expect(() => encodeMessage({ ...base, reach: { 'ipv6-unicast': ['2001:db8::/32'] } })).toThrow('mpReach');
    const identified = { 'ipv4-unicast': [{ prefix: '198.51.100.0/24', pathId: 7 }] };
    expect(() => encodeMessage({ ...base, reach: identified })).toThrow('ADD-PATH');
    const context = { ...CONTEXT, addPath: 1 };
    expect(decodeMessage(encodeMessage({ ...base, reach: identified }, context), context)).toMatchObject({
      reach: identified,
    });
  });
});

/** Written and read again, a message keeps its meaning; or it says why it cannot be written. */
function settles(decoded: UpdateJson, context: WireContext): void {
  let bytes: Uint8Array;
  try {
    bytes = encodeMessage(decoded, context);
  } catch (error) {
    expect(error).toBeInstanceOf(BellhopError);
    return;
  }
  const again = decodeMessage(bytes, context);
  expect(again.disposition).toBe(decoded.disposition);
  expect(contents(again)).toEqual(contents(decoded));
}
