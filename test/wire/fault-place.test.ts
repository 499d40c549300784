/** Place and clause of UPDATE faults; the fixtures in `test/vectors/errors` have more places. */
import { expect, test } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import { updateFaultAt, updateFaultClause } from '../../src/wire/fault-place.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';

const CONTEXT: WireContext = {
  as4: true,
  external: true,
  extendedMessage: false,
  families: 3,
  extendedNextHop: 0,
};
const GOOD = '40010100 40020602010000fdea 40030401020304';
const GOOD_LENGTH = 20;

const hexLength = (hex: string) => (hex.replaceAll(' ', '').length / 2).toString(16).padStart(4, '0');

test.each([
  ['a tail of one octet', `${GOOD} 40`, '08 01', 4 + GOOD_LENGTH, 'RFC 7606 section 4'],
  ['a tail of one octet and nothing behind it', '40', '', 4, 'RFC 7606 section 4, RFC 7606 section 5.2'],
  ['a tail of two octets', `${GOOD} c008`, '00', 4 + GOOD_LENGTH, 'RFC 7606 section 4'],
  ['a tail without its second length octet', `${GOOD} d00800`, '00', 4 + GOOD_LENGTH, 'RFC 7606 section 4'],
  [
    'an extended length that overruns',
    `${GOOD} d0080004 010203`,
    '00',
    4 + GOOD_LENGTH,
    'RFC 7606 section 4',
  ],
  ['an extended length that fits', `${GOOD} d0080003 010203`, '00', 4 + GOOD_LENGTH, 'RFC 7606 section 7.8'],
  ['LOCAL_PREF from outside', `${GOOD} 40050400000064`, '00', 4 + GOOD_LENGTH, 'RFC 7606 section 7.5'],
  ['a spec that cites no RFC 7606', `${GOOD} c0200101`, '00', 4 + GOOD_LENGTH, 'RFC 8092'],
  ['repetition', `40010100 ${GOOD}`, '00', 8, 'RFC 7606 section 3 (g)'],
  ['a well-known attribute nobody knows', `${GOOD} 40c800`, '', 4 + GOOD_LENGTH, 'RFC 4271 section 6.3'],
  ['a MED where nothing is announced', '80040101', '', 4, 'RFC 7606 section 7.4, RFC 7606 section 5.2'],
  [
    'flags of MP_UNREACH_NLRI where nothing is announced',
    'c00f03 000201',
    '',
    4,
    'RFC 7606 section 3 (c), RFC 7606 section 5.2',
  ],
  ['MP_UNREACH_NLRI of two octets', '800f02 0002', '', 4, 'RFC 7606 section 7.12'],
])('fault of an UPDATE: %s', (_name, attributes, nlri, at, clause) => {
  const bytes = fromHex(`0000 ${hexLength(attributes)} ${attributes} ${nlri}`);
  const frame = new UpdateFrame();
  expect(frame.scan(bytes, 0, bytes.length, CONTEXT)).not.toBe(0);
  expect(updateFaultAt(frame, bytes, 0, bytes.length, CONTEXT)).toBe(at);
  expect(updateFaultClause(frame, bytes)).toBe(clause);
});
