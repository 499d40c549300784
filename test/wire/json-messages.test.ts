/** The JSON form of OPEN and of the messages that carry no routes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { decodeMessage, encodeMessage } from '../../src/wire/json.ts';
import { capabilityToJson } from '../../src/wire/json-open.ts';
import type { MessageJson, OpenJson } from '../../src/wire/json-types.ts';
import { anyCapability } from './capabilities/arbitrary.ts';
import { CONTEXT, MARKER, message, throughText } from './json-fixtures.ts';

describe('OPEN', () => {
  const open = fc.record({
    as: fc.oneof(fc.nat(0xffff), fc.nat(0xffffffff)),
    holdTime: fc.nat(0xffff),
    capabilities: fc.array(
      anyCapability.filter(({ name }) => name !== 'four-octet-as'),
      { maxLength: 6 },
    ),
    split: fc.boolean(),
  });

  test('decode(encode(x)) is x, encode(decode(bytes)) is bytes', () => {
    fc.assert(
      fc.property(open, ({ as, holdTime, capabilities, split }) => {
        const list = [...capabilities, { name: 'four-octet-as', value: { as } } as const].map(
          capabilityToJson,
        );
        const json: OpenJson = {
          type: 'OPEN',
          length: 0,
          disposition: 'accept',
          errors: [],
          version: 4,
          as,
          holdTime,
          routerId: '192.0.2.1',
          capabilities: list,
          ...(split && list.length > 1 && { parameters: [1, list.length - 1] }),
        };
        const bytes = encodeMessage(json);
        const decoded = throughText(decodeMessage(bytes));
        expect(decoded).toEqual(throughText({ ...json, length: bytes.length }));
        expect(toHex(encodeMessage(decoded))).toBe(toHex(bytes));
      }),
    );
  });

  test.each([
    ['one parameter each', '04 fde9 00b4 c0000201 08 02020200 02024600', { parameters: [1, 1] }],
    ['RFC 9072 without need', '04 fde9 00b4 c0000201 ff ff 0005 02 0002 0200', { extended: true }],
    ['a field that disagrees', '04 5ba0 00b4 c0000201 08 0206 4104 0000fde9', { as: 65001, asField: 23456 }],
    ['an empty parameter', '04 fde9 00b4 c0000201 02 0200', { parameters: [0] }],
  ])('keeps %s', (_name, body, expected) => {
    const bytes = message(1, body);
    const decoded = decodeMessage(bytes);
    expect(decoded).toMatchObject(expected);
    expect(toHex(encodeMessage(decoded))).toBe(toHex(bytes));
  });

  test.each([
    ['version 5', '05 fde9 00b4 c0000201 00', { subcode: 1, data: '0004', offset: 19 }],
    ['parameters that overrun', '04 fde9 00b4 c0000201 04 0206 4104', { subcode: 0, offset: 28 }],
  ])('%s: an error, and the body as octets', (_name, body, error) => {
    const bytes = message(1, body);
    const decoded = decodeMessage(bytes);
    expect(decoded).toMatchObject({ type: 'OPEN', disposition: 'session-reset', errors: [error] });
    expect(toHex(encodeMessage(decoded))).toBe(toHex(bytes));
  });
});

describe('the other messages', () => {
  test.each([
    [
      'NOTIFICATION',
      3,
      '0602 05 68656c6c6f',
      { code: 6, subcode: 2, name: 'Cease/administrative-shutdown', shutdownMessage: 'hello' },
    ],
    [
      'NOTIFICATION',
      3,
      '0609 0602 00',
      { hardReset: { code: 6, subcode: 2, name: 'Cease/administrative-shutdown' } },
    ],
    ['KEEPALIVE', 4, '', { length: 19 }],
    ['ROUTE-REFRESH', 5, '0002 00 01', { family: 'ipv6-unicast', subtype: 'request' }],
    [
      'ROUTE-REFRESH',
      5,
      '0063 07 63 01020000',
      { afi: 99, safi: 99, subtype: 7, orf: { whenToRefresh: 1, blocks: [{ type: 2, hex: '' }] } },
    ],
    [
      'ROUTE-REFRESH',
      5,
      '0001 00 01 01 40 000c 00 00000005 19 20 18 c63364 80',
      {
        orf: {
          whenToRefresh: 1,
          blocks: [
            {
              type: 64,
              entries: [
                {
                  action: 'add',
                  match: 'permit',
                  sequence: 5,
                  prefix: '198.51.100.0/24',
                  minLength: 25,
                  maxLength: 32,
                },
                { action: 'remove-all' },
              ],
            },
          ],
        },
      },
    ],
    ['ROUTE-REFRESH', 5, '0001 00 01 01 40', { orf: '0140' }],
    [
      'ROUTE-REFRESH',
      5,
      '0001 01',
      { disposition: 'session-reset', errors: [{ code: 7, subcode: 1 }], body: '000101' },
    ],
  ])('%s', (type, code, body, expected) => {
    const bytes = message(code, body);
    const decoded = decodeMessage(bytes);
    expect(decoded).toMatchObject({ type, ...expected });
    expect(toHex(encodeMessage(throughText(decoded)))).toBe(toHex(bytes));
  });

  test('NOTIFICATION: the text alone is enough, ROUTE-REFRESH: the name of the family', () => {
    const cease = {
      type: 'NOTIFICATION',
      code: 6,
      subcode: 2,
      shutdownMessage: 'bye',
    } as unknown as MessageJson;
    expect(decodeMessage(encodeMessage(cease))).toMatchObject({ data: '03627965' });
    const refresh = {
      type: 'ROUTE-REFRESH',
      family: 'ipv6-unicast',
      subtype: 'request',
    } as unknown as MessageJson;
    expect(decodeMessage(encodeMessage(refresh))).toMatchObject({ afi: 2, safi: 1 });
  });

  test.each([
    ['nothing', '', { subcode: 2, offset: 0 }],
    ['no marker', '00'.repeat(19), { subcode: 1, offset: 0 }],
    ['a marker with a hole', `${'ff'.repeat(15)}fe001304`, { subcode: 1, offset: 15 }],
    ['a wrong length', `${MARKER}001404`, { subcode: 2, offset: 16, data: '0014' }],
    ['a KEEPALIVE with a body', `${MARKER}00140400`, { subcode: 2, offset: 16 }],
    ['type 9', `${MARKER}001309`, { subcode: 3, offset: 18, data: '09' }],
  ])('%s: INVALID, with the octets', (_name, hex, error) => {
    const decoded = decodeMessage(fromHex(hex));
    expect(decoded).toMatchObject({
      type: 'INVALID',
      disposition: 'session-reset',
      errors: [{ code: 1, ...error }],
      hex,
    });
    expect(toHex(encodeMessage(decoded))).toBe(hex);
  });

  test('a message longer than agreed is read, with an error', () => {
    const bytes = message(2, `0000 0000 ${'18c63364'.repeat(1100)}`);
    expect(decodeMessage(bytes)).toMatchObject({
      type: 'UPDATE',
      disposition: 'session-reset',
      errors: [{ code: 1, subcode: 2 }, { code: 3 }, { code: 3 }, { code: 3 }],
    });
    expect(decodeMessage(bytes, CONTEXT).errors).not.toContainEqual(expect.objectContaining({ code: 1 }));
    expect(() => encodeMessage(decodeMessage(bytes))).toThrow('at most 4096');
  });

  test('arbitrary octets never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.integer({ min: 0, max: 6 }), (body, type) => {
        const decoded = decodeMessage(message(type, toHex(body)));
        expect(toHex(encodeMessage(decoded))).toHaveLength(38 + body.length * 2);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('JSON that is no message', () => {
  const encode = (json: unknown) => () => encodeMessage(json as MessageJson);

  test.each([
    ['null', null],
    ['a text', 'KEEPALIVE'],
    ['no type', {}],
    ['a type that is no text', { type: { toString: 1 } }],
  ])('%s: says what a message is', (_name, json) => {
    expect(encode(json)).toThrow('a message is an object with the key "type"');
  });

  test.each(['constructor', 'toString', '__proto__', 'KEEP'])('type %s: there is none', (type) => {
    expect(encode({ type })).toThrow(`there is no message type ${type}`);
  });

  test('a text of any length is not repeated as a whole', () => {
    const long = 'x'.repeat(100_000);
    for (const json of [
      { type: long },
      { type: 'NOTIFICATION', code: 6, subcode: 2, data: long },
      { type: 'UPDATE', attributes: { nextHop: long } },
      { type: 'UPDATE', reach: { [long]: [] } },
    ])
      expect(encode(json)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(/^.{20,400}$/) }),
      );
  });
});
