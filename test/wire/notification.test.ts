/** NOTIFICATION (RFC 4271 section 4.5), its names, and the shutdown communication (RFC 9003). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, NO_BYTES, toHex } from '../../src/base/bytes.ts';
import {
  CeaseSubcode,
  NotificationCode,
  notification,
  notificationName,
  OpenSubcode,
  readNotification,
  shutdownNotification,
  shutdownText,
  writeNotification,
} from '../../src/wire/notification.ts';

describe('writeNotification', () => {
  test('writes header, code, subcode and data', () => {
    const message = writeNotification(notification(2, 1, Uint8Array.of(0, 4)));
    expect(toHex(message)).toBe(`${'ff'.repeat(16)}00170302010004`);
  });

  test('cuts data that does not fit', () => {
    const long = notification(3, 1, new Uint8Array(70_000).fill(7));
    expect(writeNotification(long)).toHaveLength(4096);
    expect(writeNotification(long, 65_535)).toHaveLength(65_535);
    expect(toHex(writeNotification(long), 16, 19)).toBe('100003');
  });
});

describe('readNotification', () => {
  test('reads what writeNotification wrote', () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.nat(255),
        fc.uint8Array({ maxLength: 4075, size: 'max' }),
        fc.nat(30),
        (code, subcode, data, pad) => {
          const written = writeNotification({ code, subcode, data });
          const bytes = new Uint8Array(pad + written.length + pad).fill(0xaa);
          bytes.set(written, pad);
          expect(readNotification(bytes, pad + 19, pad + written.length)).toEqual({ code, subcode, data });
        },
      ),
    );
  });

  test('is total: what is missing reads as 0', () => {
    const bytes = fromHex('0602aa');
    expect(readNotification(bytes, 0, 0)).toEqual({ code: 0, subcode: 0, data: NO_BYTES });
    expect(readNotification(bytes, 0, 1)).toEqual({ code: 6, subcode: 0, data: NO_BYTES });
    expect(readNotification(bytes, 0, 2)).toEqual({ code: 6, subcode: 2, data: NO_BYTES });
  });

  test('copies the data, also out of a Node Buffer', () => {
    const chunk = Buffer.from(fromHex('0602aabb'));
    const { data } = readNotification(chunk, 0, 4);
    chunk.fill(0);
    expect(toHex(data)).toBe('aabb');
  });
});

describe('notificationName', () => {
  test.each([
    [1, 1, 'Message header error/connection-not-synchronized'],
    [2, 0, 'OPEN message error/unspecific'],
    [2, 2, 'OPEN message error/bad-peer-as'],
    [2, 11, 'OPEN message error/role-mismatch'],
    [3, 11, 'UPDATE message error/malformed-as-path'],
    [4, 0, 'Hold timer expired'],
    [5, 3, 'FSM error/established'],
    [6, 0, 'Cease'],
    [6, 2, 'Cease/administrative-shutdown'],
    [6, 10, 'Cease/bfd-down'],
    [7, 1, 'ROUTE-REFRESH message error/invalid-message-length'],
    [8, 0, 'Send hold timer expired'],
  ])('%i/%i is %s', (code, subcode, name) => {
    expect(notificationName(code, subcode)).toBe(name);
  });

  test('shows numbers it has no name for', () => {
    expect(notificationName(6, 42)).toBe('Cease/42');
    expect(notificationName(4, 1)).toBe('Hold timer expired/1');
    expect(notificationName(99, 3)).toBe('99/3');
    expect(notificationName(0, 0)).toBe('0/0');
  });

  test('gives every code and subcode a name of its own', () => {
    const names = new Set<string>();
    for (let code = 0; code < 256; code++)
      for (let subcode = 0; subcode < 256; subcode++) names.add(notificationName(code, subcode));
    expect(names.size).toBe(256 * 256);
  });
});

const { administrativeShutdown, administrativeReset } = CeaseSubcode;

describe('shutdownNotification (RFC 9003 2)', () => {
  test('puts length and UTF-8 text into the data of a Cease', () => {
    const sent = shutdownNotification(administrativeShutdown, 'größer');
    expect(sent).toEqual({ code: 6, subcode: 2, data: fromHex('08 6772 c3b6 c39f 6572') });
  });

  test('has no data when there is no text', () => {
    expect(shutdownNotification(administrativeReset, '').data).toHaveLength(0);
  });

  test('cuts at 255 octets, never inside a character', () => {
    const fits = shutdownNotification(administrativeShutdown, 'a'.repeat(255));
    expect(fits.data).toHaveLength(256);
    expect(shutdownNotification(administrativeShutdown, 'a'.repeat(256)).data).toEqual(fits.data);
    expect(shutdownText(shutdownNotification(administrativeShutdown, 'é'.repeat(200)))).toBe('é'.repeat(127));
    expect(shutdownText(shutdownNotification(administrativeShutdown, `a${'🚧'.repeat(70)}`))).toBe(
      `a${'🚧'.repeat(63)}`,
    );
  });
});

/** The text shown for a Cease/2 with this data. */
function shown(data: Uint8Array): string | undefined {
  return shutdownText(notification(NotificationCode.cease, administrativeShutdown, data));
}

function textData(text: string): Uint8Array {
  return shutdownNotification(administrativeShutdown, text).data;
}

describe('shutdownText (RFC 9003)', () => {
  test('reads the text of Cease/2 and Cease/4', () => {
    for (const subcode of [administrativeShutdown, administrativeReset])
      expect(shutdownText(shutdownNotification(subcode, 'maintenance until 04:00 Ω'))).toBe(
        'maintenance until 04:00 Ω',
      );
  });

  test('is undefined for other errors', () => {
    expect(
      shutdownText(notification(NotificationCode.cease, CeaseSubcode.hardReset, textData('x'))),
    ).toBeUndefined();
    expect(
      shutdownText(notification(NotificationCode.open, OpenSubcode.badPeerAs, textData('x'))),
    ).toBeUndefined();
  });

  test('is undefined without text and when the length octet claims too much', () => {
    expect(shown(NO_BYTES)).toBeUndefined();
    expect(shown(fromHex('00'))).toBeUndefined();
    expect(shown(fromHex('0361 62'))).toBeUndefined();
  });

  test('replaces what is not UTF-8', () => {
    expect(shown(fromHex('04 61 ff c3 62'))).toBe('a\ufffd\ufffdb');
  });

  test('replaces characters that act on a terminal or a log', () => {
    expect(shown(textData('a\nb\r\tc\u001b[31md\u007f\u009b'))).toBe(
      'a\ufffdb\ufffd\ufffdc\ufffd[31md\ufffd\ufffd',
    );
    expect(shown(textData('\u202eevil\u2066\u2069\u2028\u2029\u200f\ufeff'))).toBe(
      '\ufffdevil\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd',
    );
  });

  test('never throws and never lets a control character through', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 260, size: 'max' }), (data) => {
        expect(shown(data) ?? '').not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test('returns any harmless text of up to 255 octets as it was sent', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 255, size: 'max', unit: 'grapheme-ascii' }),
        (text) => {
          expect(shown(textData(text))).toBe(text);
        },
      ),
    );
  });
});
