/** End-of-RIB: what is sent for each family is recognised, and little else is (RFC 4724 section 2). */
import { describe, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { endOfRib, endOfRibFamily } from '../../src/wire/end-of-rib.ts';
import { FAMILIES } from '../../src/wire/families/index.ts';
import { HEADER_LENGTH } from '../../src/wire/message.ts';
import {
  attribute,
  EXTERNAL,
  MANDATORY,
  MP_REACH,
  MP_UNREACH,
  NLRI,
  scanned,
  updateBody,
} from './update-frame-fixtures.ts';

test.each([
  ['ipv4-unicast', `${'ff'.repeat(16)}0017 02 0000 0000`],
  ['ipv6-unicast', `${'ff'.repeat(16)}001d 02 0000 0006 800f03 0002 01`],
])('endOfRib: of %s', (name, hex) => {
  const family = FAMILIES.find((spec) => spec.name === name)!;
  expect(toHex(endOfRib(family))).toBe(hex.replaceAll(' ', ''));
});

describe('endOfRibFamily', () => {
  test.each(FAMILIES.map((family) => [family.name, family] as const))(
    'finds what is sent: %s',
    (_name, family) => {
      const { frame } = scanned(endOfRib(family).subarray(HEADER_LENGTH), {
        ...EXTERNAL,
        families: 2 ** FAMILIES.length - 1,
      });
      expect(frame.disposition).toBe(0);
      expect(endOfRibFamily(frame)).toBe(family.index);
    },
  );

  test.each<[string, Parameters<typeof updateBody>[0], number, object?]>([
    ['IPv4 unicast in MP_UNREACH_NLRI', { attributes: attribute(0x80, 15, '000101') }, 0],
    ['an extended length', { attributes: attribute(0x90, 15, '000201') }, 1],
    ['a withdrawal', { withdrawn: '080a' }, -1],
    ['a withdrawal in MP_UNREACH_NLRI', { attributes: MP_UNREACH }, -1],
    [
      'withdrawn IPv4 beside an empty MP_UNREACH_NLRI',
      { withdrawn: '080a', attributes: attribute(0x80, 15, '000201') },
      -1,
    ],
    ['routes', { attributes: MANDATORY, nlri: NLRI }, -1],
    ['routes in MP_REACH_NLRI', { attributes: MANDATORY + MP_REACH + attribute(0x80, 15, '000201') }, -1],
    ['attributes without routes', { attributes: attribute(0x80, 4, '00000001') }, -1],
    [
      'attributes beside an empty MP_UNREACH_NLRI',
      { attributes: attribute(0x80, 4, '00000001') + attribute(0x80, 15, '000201') },
      -1,
    ],
    ['a family not agreed', { attributes: attribute(0x80, 15, '000201') }, -1, { families: 1 }],
    ['a family nobody knows', { attributes: attribute(0x80, 15, '400448') }, -1],
  ])('%s', (_why, parts, expected, context) => {
    expect(endOfRibFamily(scanned(updateBody(parts), context).frame)).toBe(expected);
  });
});
