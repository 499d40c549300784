/** ROUTE-REFRESH (RFC 2918) and its subtypes and errors (RFC 7313). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, NO_BYTES, toHex } from '../../src/base/bytes.ts';
import { RouteRefreshSubtype, readRouteRefresh, writeRouteRefresh } from '../../src/wire/route-refresh.ts';

const MARKER = 'ff'.repeat(16);

function read(hex: string) {
  const bytes = fromHex(hex);
  return readRouteRefresh(bytes, 0, bytes.length);
}

describe('writeRouteRefresh', () => {
  test('writes AFI, subtype and SAFI behind the header', () => {
    expect(toHex(writeRouteRefresh(2, 1, RouteRefreshSubtype.beginOfRib))).toBe(`${MARKER}00170500020101`);
  });
});

describe('readRouteRefresh', () => {
  test('reads what writeRouteRefresh wrote', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(255), fc.nat(255), (afi, safi, subtype) => {
        const message = writeRouteRefresh(afi, safi, subtype);
        expect(readRouteRefresh(message, 19, 23)).toEqual({
          ok: true,
          refresh: { afi, safi, subtype, orf: NO_BYTES },
        });
      }),
    );
  });

  test('keeps the filters of a request raw (RFC 5291)', () => {
    expect(read('00010001 01 40 0000')).toEqual({
      ok: true,
      refresh: { afi: 1, safi: 1, subtype: 0, orf: fromHex('01400000') },
    });
  });

  test('a mark that is not 4 octets long is an error with the complete message as data (RFC 7313 5)', () => {
    for (const subtype of ['01', '02'])
      expect(read(`0001${subtype}01ee`)).toEqual({
        ok: false,
        notification: { code: 7, subcode: 1, data: fromHex(`${MARKER}0018050001${subtype}01ee`) },
      });
  });

  test('a body too short for its subtype is the same error', () => {
    for (const body of ['', '00', '0001', '000100'])
      expect(read(body)).toMatchObject({ ok: false, notification: { code: 7, subcode: 1 } });
  });

  test('hands unknown subtypes to the caller, who ignores them (RFC 7313 5)', () => {
    expect(read('0001 7f 01 ab')).toMatchObject({ ok: true, refresh: { subtype: 0x7f } });
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readRouteRefresh(bytes, 0, bytes.length)));
  });
});
