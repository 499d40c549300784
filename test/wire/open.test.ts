/** OPEN (RFC 4271 section 4.2) with its optional parameters in classic and extended form (RFC 9072). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import type { Capability } from '../../src/wire/capabilities/index.ts';
import { AS_TRANS, type OpenMessage, openAs, readOpen, writeOpen } from '../../src/wire/open.ts';
import { anyCapability } from './capabilities/arbitrary.ts';

const MARKER = 'ff'.repeat(16);

/** Version 4, AS 65001, hold time 90, identifier 192.0.2.1. */
const FIXED = '04 fde9 005a c0000201';

const OPEN: OpenMessage = {
  version: 4,
  as: 65001,
  holdTimeSeconds: 90,
  routerId: 0xc0000201,
  capabilities: [],
};

const ROUTE_REFRESH: Capability = { name: 'route-refresh', value: true };
const FOUR_OCTET_AS: Capability = { name: 'four-octet-as', value: { as: 4200000000 } };

function read(hex: string) {
  const bytes = fromHex(hex);
  return readOpen(bytes, 0, bytes.length);
}

/** The capabilities of an OPEN with these optional parameters, their length included; fails on an error. */
function capabilitiesOf(parameters: string): readonly Capability[] {
  const result = read(FIXED + parameters);
  if (!result.ok) throw new Error(`refused with ${result.notification.code}/${result.notification.subcode}`);
  return result.open.capabilities;
}

function unknownOf(length: number): Capability {
  return { name: 'unknown', code: 128, value: new Uint8Array(length) };
}

describe('readOpen: fixed part', () => {
  test('reads version, AS, hold time and identifier', () => {
    expect(read(`${FIXED} 00`)).toEqual({ ok: true, open: OPEN });
  });

  test('does not judge values: that is for the negotiation', () => {
    expect(read('04 0000 0001 00000000 00')).toMatchObject({
      ok: true,
      open: { as: 0, holdTimeSeconds: 1, routerId: 0 },
    });
  });

  test('another version is Unsupported Version Number with 4 as data, whatever follows (RFC 4271 6.2)', () => {
    for (const body of ['03', '05 ffff', `03 ${FIXED} 00`])
      expect(read(body)).toEqual({
        ok: false,
        notification: { code: 2, subcode: 1, data: Uint8Array.of(0, 4) },
        at: 0,
      });
  });

  test('a body too short for the fixed part is Bad Message Length', () => {
    expect(read(FIXED)).toEqual({
      ok: false,
      notification: { code: 1, subcode: 2, data: Uint8Array.of(0, 28) },
      at: 9,
    });
    expect(read('')).toMatchObject({ ok: false, notification: { code: 1, subcode: 2 } });
  });
});

describe('readOpen: optional parameters (RFC 5492 4)', () => {
  test('several capabilities in one parameter', () => {
    expect(capabilitiesOf('0a 02 08 0200 4104fa56ea00')).toEqual([ROUTE_REFRESH, FOUR_OCTET_AS]);
  });

  test('one capability in each of several parameters', () => {
    expect(capabilitiesOf('0c 02 02 0200 02 06 4104fa56ea00')).toEqual([ROUTE_REFRESH, FOUR_OCTET_AS]);
  });

  test('a parameter without capabilities', () => {
    expect(capabilitiesOf('02 02 00')).toEqual([]);
  });

  test('an unknown parameter is Unsupported Optional Parameter (RFC 4271 6.2)', () => {
    for (const parameters of ['03 01 01 00', '06 02 02 0200 09 00', '05 fe 03 000000'])
      expect(read(FIXED + parameters)).toMatchObject({ ok: false, notification: { code: 2, subcode: 4 } });
  });

  test.each([
    ['length beyond the message', '05 02 02 0200', 9],
    ['length short of the message', '02 02 02 0200', 9],
    ['octets behind a length of 0', '00 02 02 0200', 9],
    ['parameter type alone', '01 02', 10],
    ['parameter beyond its length', '04 02 03 0200', 10],
    ['capability code alone', '03 02 01 02', 12],
    ['capability beyond its parameter', '08 02 02 0201 02 02 0200', 12],
  ])('a malformed parameter is an unspecific OPEN error: %s', (_name, parameters, at) => {
    expect(read(FIXED + parameters)).toEqual({
      ok: false,
      notification: { code: 2, subcode: 0, data: new Uint8Array(0) },
      at,
    });
  });

  test('a known capability of wrong length is kept as unknown and the session goes on', () => {
    expect(capabilitiesOf('09 02 07 4102fde9 0201ff')).toEqual([
      { name: 'unknown', code: 65, value: fromHex('fde9') },
      { name: 'unknown', code: 2, value: fromHex('ff') },
    ]);
  });
});

describe('readOpen: extended optional parameters (RFC 9072 2)', () => {
  test('is recognised by the parameter type 255; parameter lengths have 2 octets', () => {
    expect(capabilitiesOf('ff ff 000b 02 0008 0200 4104fa56ea00')).toEqual([ROUTE_REFRESH, FOUR_OCTET_AS]);
  });

  test('is accepted when short, and the classic length is ignored unless it is 0', () => {
    expect(capabilitiesOf('01 ff 0005 02 0002 0200')).toEqual([ROUTE_REFRESH]);
    expect(read(`${FIXED} 00 ff 0005 02 0002 0200`)).toMatchObject({
      ok: false,
      notification: { code: 2, subcode: 0 },
    });
  });

  test('may be empty', () => {
    expect(capabilitiesOf('ff ff 0000')).toEqual([]);
  });

  test('type 255 behind the first place is an unknown parameter', () => {
    expect(read(`${FIXED} 06 02 02 0200 ff 00`)).toMatchObject({
      ok: false,
      notification: { code: 2, subcode: 4 },
    });
  });

  test.each([
    ['no length', 'ff ff', 10],
    ['half a length', 'ff ff 00', 10],
    ['length beyond the message', 'ff ff 0006 02 0002 0200', 11],
    ['length short of the message', 'ff ff 0004 02 0002 0200', 11],
    ['parameter with half a length', 'ff ff 0002 02 00', 13],
    ['parameter beyond its length', 'ff ff 0005 02 0003 0200', 13],
    ['classic parameter length', 'ff ff 0004 02 02 0200', 13],
  ])('is malformed: %s', (_name, parameters, at) => {
    expect(read(FIXED + parameters)).toMatchObject({ ok: false, notification: { code: 2, subcode: 0 }, at });
  });
});

describe('writeOpen', () => {
  test('writes no parameter when there are no capabilities', () => {
    expect(toHex(writeOpen(OPEN))).toBe(`${MARKER}001d01${toHex(fromHex(FIXED))}00`);
  });

  test('writes all capabilities into one parameter', () => {
    expect(toHex(writeOpen({ ...OPEN, capabilities: [ROUTE_REFRESH, FOUR_OCTET_AS] }), 16)).toBe(
      toHex(fromHex(`0027 01 ${FIXED} 0a 02 08 0200 4104fa56ea00`)),
    );
  });

  test('uses the extended form from the first octet that does not fit the classic one', () => {
    const classic = writeOpen({ ...OPEN, capabilities: [unknownOf(251)] });
    expect(toHex(classic, 28, 34)).toBe('ff02fd80fb00');
    const extended = writeOpen({ ...OPEN, capabilities: [unknownOf(252)] });
    expect(toHex(extended, 28, 37)).toBe('ffff01010200fe80fc');
    expect(extended).toHaveLength(19 + 10 + 3 + 3 + 2 + 252);
  });

  test('puts AS_TRANS in place of an AS number above 65535 (RFC 6793 9)', () => {
    const message = writeOpen({ ...OPEN, as: 4200000000, capabilities: [FOUR_OCTET_AS] });
    expect(readOpen(message, 19, message.length)).toMatchObject({ ok: true, open: { as: AS_TRANS } });
  });

  test('refuses more capabilities than 4096 octets can hold', () => {
    const capabilities = Array.from({ length: 16 }, () => unknownOf(253));
    expect(() => writeOpen({ ...OPEN, capabilities })).toThrow('4115 octets');
  });
});

describe('openAs (RFC 6793 4.1)', () => {
  test('is the four-octet number when announced, also when it is 0, else the field', () => {
    expect(openAs(OPEN)).toBe(65001);
    expect(openAs({ ...OPEN, as: AS_TRANS, capabilities: [FOUR_OCTET_AS] })).toBe(4200000000);
    expect(openAs({ ...OPEN, capabilities: [{ name: 'four-octet-as', value: { as: 0 } }] })).toBe(0);
  });
});

const anyOpen: fc.Arbitrary<OpenMessage> = fc.record({
  version: fc.constant(4),
  as: fc.nat(0xffff),
  holdTimeSeconds: fc.nat(0xffff),
  routerId: fc.nat(0xffffffff),
  capabilities: fc.array(anyCapability, { maxLength: 15, size: 'max' }),
});

describe('OPEN: properties', () => {
  test('what is written reads back equal, also far beyond 255 octets of capabilities', () => {
    let extended = 0;
    fc.assert(
      fc.property(anyOpen, fc.nat(30), (open, pad) => {
        const message = writeOpen(open);
        if (message.length > 19 + 10 + 255) extended++;
        const bytes = new Uint8Array(pad + message.length + pad).fill(0xaa);
        bytes.set(message, pad);
        expect(readOpen(bytes, pad + 19, pad + message.length)).toEqual({ ok: true, open });
      }),
    );
    expect(extended).toBeGreaterThan(0);
  });

  test('truncated at any length it is refused with an error of OPEN or header, never accepted', () => {
    const capabilities = [ROUTE_REFRESH, FOUR_OCTET_AS];
    for (const message of [
      writeOpen({ ...OPEN, capabilities }),
      writeOpen({ ...OPEN, capabilities: [...capabilities, unknownOf(250)] }),
    ])
      for (let end = 19; end < message.length; end++) {
        const result = readOpen(message, 19, end);
        expect(result.ok).toBe(false);
        if (!result.ok) expect([1, 2]).toContain(result.notification.code);
      }
  });

  test('changed in any octet it never throws', () => {
    const message = writeOpen({ ...OPEN, capabilities: [ROUTE_REFRESH, FOUR_OCTET_AS, unknownOf(250)] });
    for (let at = 19; at < message.length; at++)
      for (const value of [0, 1, 2, 127, 254, 255]) {
        const mutant = message.slice();
        mutant[at] = value;
        readOpen(mutant, 19, mutant.length);
      }
  });

  test('any octets give a result, and what is accepted survives writing and reading again', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 400, size: 'max' }),
      fc
        .uint8Array({ maxLength: 80 })
        .map((tail) => Uint8Array.of(4, 0, 1, 0, 90, 1, 2, 3, 4, tail.length, ...tail)),
    );
    fc.assert(
      fc.property(body, (bytes) => {
        const result = readOpen(bytes, 0, bytes.length);
        if (!result.ok) return;
        const message = writeOpen(result.open);
        expect(readOpen(message, 19, message.length)).toEqual(result);
      }),
    );
  });
});
