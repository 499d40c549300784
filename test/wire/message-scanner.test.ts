/** Finding messages among octets that are none. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { MessageScanner } from '../../src/wire/message-scanner.ts';

const MARKER = 'ff'.repeat(16);
const KEEPALIVE = `${MARKER}001304`;
const UPDATE = `${MARKER}00170200000000`;

/** What is found when `chunks` are pushed one by one: texts for messages, places and reasons for junk. */
function scan(...chunks: readonly string[]): string[] {
  const found: string[] = [];
  const scanner = new MessageScanner({
    message: (bytes, offset) => found.push(`${offset} ${toHex(bytes)}`),
    junk: ({ offset, length, reason }) => found.push(`${offset}+${length} ${reason}`),
  });
  for (const chunk of chunks) {
    if (chunk === 'gap') scanner.gap(10);
    else scanner.push(fromHex(chunk));
  }
  scanner.end();
  return found;
}

test('messages one behind the other', () => {
  expect(scan(KEEPALIVE + UPDATE)).toEqual([`0 ${KEEPALIVE}`, `19 ${UPDATE}`]);
});

test('junk before, between and behind: place, length, reason; the next message is read', () => {
  expect(scan(`0102${KEEPALIVE}03${UPDATE}${'00'.repeat(100)}`)).toEqual([
    '0+2 no marker',
    `2 ${KEEPALIVE}`,
    '21+1 no marker',
    `22 ${UPDATE}`,
    '45+100 no marker',
  ]);
});

test('a header that announces too little', () => {
  expect(scan(`${MARKER}000204${KEEPALIVE}`)).toEqual([
    '0+19 a header announces 2 octets',
    `19 ${KEEPALIVE}`,
  ]);
});

test('a length that is never reached does not swallow what follows', () => {
  expect(scan(`${MARKER}ff0002${KEEPALIVE}`)).toEqual([
    '0+19 a message is cut off: 65280 octets are announced',
    `19 ${KEEPALIVE}`,
  ]);
  expect(scan(MARKER)).toEqual(['0+16 a message is cut off in its header']);
});

test('a marker behind more ones', () => {
  expect(scan(`ffffff${KEEPALIVE}`)).toEqual([expect.stringMatching(/^0\+3 /), `3 ${KEEPALIVE}`]);
});

test('a gap: offsets go on behind it, a message that begins at once is found', () => {
  expect(scan(UPDATE.slice(0, 40), 'gap', KEEPALIVE)).toEqual([
    '0+20 a message is cut off: 23 octets are announced',
    `30 ${KEEPALIVE}`,
  ]);
  expect(scan(KEEPALIVE, 'gap', `0203${UPDATE}`)).toEqual([
    `0 ${KEEPALIVE}`,
    '29+2 behind 10 octets that are missing',
    `31 ${UPDATE}`,
  ]);
});

test('however it is cut, a stream gives the same', () => {
  const piece = fc.oneof(
    fc.constantFrom(KEEPALIVE, UPDATE, MARKER, `${MARKER}000004`, 'ff', '00'),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => toHex(bytes)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (pieces, step) => {
      const hex = pieces.join('');
      const chunks: string[] = [];
      for (let at = 0; at < hex.length; at += step * 2) chunks.push(hex.slice(at, at + step * 2));
      const whole = scan(hex);
      expect(scan(...chunks)).toEqual(whole);
      const octets = whole.map((line) => {
        const [place, rest] = line.split(' ');
        return place!.includes('+') ? Number(place!.split('+')[1]) : rest!.length / 2;
      });
      expect(octets.reduce((sum, count) => sum + count, 0)).toBe(hex.length / 2);
    }),
    { numRuns: 1000 },
  );
});

test('long streams: messages larger than the buffer in all', () => {
  const long = `${MARKER}ffff02${'00'.repeat(65_516)}`;
  expect(scan(long.repeat(5) + KEEPALIVE)).toHaveLength(6);
});
