/** RFC 7606, RFC 4271 section 6.3 and RFC 4760 as one walk over an UPDATE applies them. */
import { describe, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { Disposition, UpdateError } from '../../src/wire/attributes/spec.ts';
import { FAMILY_ABSENT } from '../../src/wire/update-frame.ts';
import {
  ACCEPT,
  AS_PATH,
  attribute,
  checkCases as check,
  HOP6,
  MANDATORY,
  MARGIN,
  MED,
  MP_REACH,
  MP_UNREACH,
  NEXT_HOP,
  NLRI,
  NLRI6,
  ORIGIN,
  scanned,
  updateBody,
  type Verdict,
  verdictOf,
} from './update-frame-fixtures.ts';

const { attributeDiscard, treatAsWithdraw, sessionReset } = Disposition;
const INTERNAL = { external: false };
const reach = (value: string) => attribute(0x80, 14, value);

describe('a well-formed UPDATE', () => {
  test('gives the places of everything', () => {
    const body = updateBody({ withdrawn: '080b', attributes: MANDATORY + MP_REACH + MP_UNREACH, nlri: NLRI });
    const { frame, bytes } = scanned(body);
    const hex = (start: number, end: number) => toHex(bytes, start, end);
    expect(verdictOf(frame)).toEqual(ACCEPT);
    expect(hex(frame.withdrawnStart, frame.withdrawnEnd)).toBe('080b');
    expect(hex(frame.attributesStart, frame.attributesEnd)).toBe(MANDATORY + MP_REACH + MP_UNREACH);
    expect(hex(frame.nlriStart, frame.nlriEnd)).toBe(NLRI);
    expect(frame.reachFamily).toBe(1);
    expect(hex(frame.reachStart, frame.reachEnd)).toBe(NLRI6);
    expect(hex(frame.reachNextHopStart, frame.reachNextHopStart + frame.reachNextHopLength)).toBe(HOP6);
    expect(frame.unreachFamily).toBe(1);
    expect(hex(frame.unreachStart, frame.unreachEnd)).toBe(NLRI6);
  });

  test('leaves nothing of the message before', () => {
    const first = updateBody({
      withdrawn: '080b',
      attributes: MANDATORY + MP_REACH + MP_UNREACH,
      nlri: NLRI,
    });
    const { frame } = scanned(first, { as4: false });
    expect(frame.disposition).toBe(treatAsWithdraw);
    scanned(updateBody({}), {}, 0, frame);
    expect(verdictOf(frame)).toEqual(ACCEPT);
    expect([frame.announces, frame.rewrite, frame.isDiscarded(2)]).toEqual([false, false, false]);
    expect([frame.reachFamily, frame.unreachFamily]).toEqual([FAMILY_ABSENT, FAMILY_ABSENT]);
    expect([frame.withdrawnStart, frame.withdrawnEnd]).toEqual([MARGIN + 2, MARGIN + 2]);
    expect(frame.nlriEnd).toBe(MARGIN + 4);
  });

  test('IPv4 attributes of a 4-octet peer need no rewriting, whatever their order', () => {
    const communities = attribute(0xc0, 8, 'fde90001');
    for (const attributes of [MANDATORY, communities + NEXT_HOP + MED + AS_PATH + ORIGIN])
      expect(scanned(updateBody({ attributes, nlri: NLRI })).frame.rewrite).toBe(false);
  });
});

describe('lengths that leave no way to find the parts: session reset (RFC 4271 6.3, RFC 7606 3 b)', () => {
  test.each([
    ['no lengths', ''],
    ['three octets', '000000'],
    ['withdrawn routes run over the end', '0001 0000'],
    ['attributes run over the end', '0000 0001'],
    ['attributes run over the end behind withdrawn routes', '0002 080a 0004 400101'],
  ])('%s', (_why, hex) => {
    const { frame } = scanned(Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
    expect(verdictOf(frame)).toEqual([sessionReset, UpdateError.malformedAttributeList, 0]);
  });
});

describe('missing mandatory attribute: treat-as-withdraw (RFC 7606 3 d)', () => {
  const missing = (code: number): Verdict => [treatAsWithdraw, UpdateError.missingWellKnown, code];
  check(
    [
      ['ORIGIN', AS_PATH + NEXT_HOP, missing(1)],
      ['AS_PATH', ORIGIN + NEXT_HOP, missing(2)],
      ['NEXT_HOP', ORIGIN + AS_PATH, missing(3)],
      ['NEXT_HOP, though MP_REACH_NLRI has one', ORIGIN + AS_PATH + MP_REACH, missing(3)],
      ['LOCAL_PREF is not mandatory on receipt', MANDATORY, ACCEPT, INTERNAL],
    ],
    NLRI,
  );
  test.each([
    ['MP_REACH_NLRI alone needs no NEXT_HOP', ORIGIN + AS_PATH + MP_REACH, ACCEPT],
    ['MP_REACH_NLRI alone needs an AS_PATH', ORIGIN + MP_REACH, missing(2)],
    ['withdrawals need none', MP_UNREACH, ACCEPT],
    ['attributes without routes need none', MED, ACCEPT],
  ] as const)('%s', (_why, attributes, verdict) => {
    expect(verdictOf(scanned(updateBody({ attributes, withdrawn: '080b' })).frame)).toEqual(verdict);
  });
});

describe('attribute flags in conflict: treat-as-withdraw (RFC 7606 3 c)', () => {
  const conflict = (code: number): Verdict => [treatAsWithdraw, UpdateError.attributeFlags, code];
  check(
    [
      ['ORIGIN as optional', attribute(0xc0, 1, '00') + AS_PATH + NEXT_HOP, conflict(1)],
      ['AS_PATH as not transitive', ORIGIN + attribute(0x00, 2, '') + NEXT_HOP, conflict(2)],
      ['MED as transitive', MANDATORY + attribute(0xc0, 4, '00000064'), conflict(4)],
      ['MED as well-known', MANDATORY + attribute(0x00, 4, '00000064'), conflict(4)],
      ['COMMUNITIES as not transitive', MANDATORY + attribute(0x80, 8, 'fde90001'), conflict(8)],
      ['MP_REACH_NLRI as transitive', MANDATORY + attribute(0xc0, 14, `000201 10 ${HOP6} 00`), conflict(14)],
      ['the Partial bit is no conflict', MANDATORY + attribute(0xe0, 8, 'fde90001'), ACCEPT],
      ['the extended length bit is no conflict', attribute(0x50, 1, '00') + AS_PATH + NEXT_HOP, ACCEPT],
      ['the unused bits are ignored (RFC 4271 4.3)', attribute(0x4f, 1, '00') + AS_PATH + NEXT_HOP, ACCEPT],
    ],
    NLRI,
  );

  test('the routes in an MP_REACH_NLRI with wrong flags can still be withdrawn', () => {
    const attributes = ORIGIN + AS_PATH + attribute(0xc0, 14, `000201 10 ${HOP6} 00 ${NLRI6}`);
    const { frame, bytes } = scanned(updateBody({ attributes }));
    expect(verdictOf(frame)).toEqual(conflict(14));
    expect([frame.reachFamily, toHex(bytes, frame.reachStart, frame.reachEnd)]).toEqual([1, NLRI6]);
  });
});

describe('malformed values: as each attribute says (RFC 7606 7)', () => {
  check(
    [
      [
        'ORIGIN of 3',
        attribute(0x40, 1, '03') + AS_PATH + NEXT_HOP,
        [treatAsWithdraw, UpdateError.invalidOrigin, 1],
      ],
      [
        'AS_PATH overrun',
        ORIGIN + attribute(0x40, 2, '0202 0000fde9') + NEXT_HOP,
        [treatAsWithdraw, UpdateError.malformedAsPath, 2],
      ],
      [
        'NEXT_HOP of 5 octets',
        ORIGIN + AS_PATH + attribute(0x40, 3, 'c000020100'),
        [treatAsWithdraw, UpdateError.attributeLength, 3],
      ],
      [
        'NEXT_HOP 0.0.0.0',
        ORIGIN + AS_PATH + attribute(0x40, 3, '00000000'),
        [treatAsWithdraw, UpdateError.invalidNextHop, 3],
      ],
      [
        'MED of 3 octets',
        MANDATORY + attribute(0x80, 4, '000000'),
        [treatAsWithdraw, UpdateError.attributeLength, 4],
      ],
      [
        'AGGREGATOR of 6 octets between 4-octet speakers',
        MANDATORY + attribute(0xc0, 7, 'fde9c0000201'),
        [attributeDiscard, UpdateError.attributeLength, 7],
      ],
      [
        'ATOMIC_AGGREGATE with a value',
        MANDATORY + attribute(0x40, 6, '00'),
        [attributeDiscard, UpdateError.attributeLength, 6],
      ],
      [
        'AS4_PATH between 4-octet speakers (RFC 6793 6)',
        MANDATORY + attribute(0xc0, 17, '0201 0000fde9'),
        [attributeDiscard, UpdateError.optionalAttribute, 17],
      ],
      [
        'the strongest of several wins',
        MANDATORY + attribute(0x40, 6, '00') + attribute(0x80, 4, '00'),
        [treatAsWithdraw, UpdateError.attributeLength, 4],
      ],
      [
        'MP_REACH_NLRI of 4 octets',
        MANDATORY + reach('00020110'),
        [sessionReset, UpdateError.optionalAttribute, 14],
      ],
      [
        'MP_REACH_NLRI whose next hop overruns it',
        MANDATORY + reach('000201 10 c0000201 00'),
        [sessionReset, UpdateError.optionalAttribute, 14],
      ],
      [
        'MP_UNREACH_NLRI of 2 octets',
        MANDATORY + attribute(0x80, 15, '0002'),
        [sessionReset, UpdateError.optionalAttribute, 15],
      ],
    ],
    NLRI,
  );

  test('NOTIFICATION data is the attribute with its header (RFC 4271 6.3)', () => {
    const wrong = attribute(0x80, 4, '000000');
    const { frame, bytes } = scanned(
      updateBody({ attributes: ORIGIN + wrong + AS_PATH + NEXT_HOP, nlri: NLRI }),
    );
    expect(toHex(bytes, frame.faultStart, frame.faultEnd)).toBe(wrong);
    expect([frame.isDiscarded(4), frame.isDiscarded(1)]).toEqual([true, false]);
  });

  test('NEXT_HOP beside MP_REACH_NLRI alone is ignored, so 0.0.0.0 does no harm (RFC 4760 3)', () => {
    const attributes = ORIGIN + AS_PATH + attribute(0x40, 3, '00000000') + MP_REACH;
    const { frame } = scanned(updateBody({ attributes }));
    expect(verdictOf(frame)).toEqual([attributeDiscard, UpdateError.invalidNextHop, 3]);
    expect(frame.isDiscarded(3)).toBe(true);
  });
});

describe('LOCAL_PREF, ORIGINATOR_ID and CLUSTER_LIST', () => {
  const discarded = (code: number): Verdict => [attributeDiscard, UpdateError.optionalAttribute, code];
  check(
    [
      [
        'LOCAL_PREF from an external peer: discarded (RFC 7606 7.5)',
        MANDATORY + attribute(0x40, 5, '00000064'),
        discarded(5),
      ],
      ['... also when malformed', MANDATORY + attribute(0xc0, 5, '00'), discarded(5)],
      [
        'ORIGINATOR_ID from an external peer: discarded (7.9)',
        MANDATORY + attribute(0x80, 9, '0a000001'),
        discarded(9),
      ],
      [
        'CLUSTER_LIST from an external peer: discarded (7.10)',
        MANDATORY + attribute(0x80, 10, '0a00'),
        discarded(10),
      ],
      [
        'LOCAL_PREF from an internal peer: kept',
        MANDATORY + attribute(0x40, 5, '00000064'),
        ACCEPT,
        INTERNAL,
      ],
      [
        'malformed LOCAL_PREF from an internal peer: treat-as-withdraw',
        MANDATORY + attribute(0x40, 5, '64'),
        [treatAsWithdraw, UpdateError.attributeLength, 5],
        INTERNAL,
      ],
    ],
    NLRI,
  );
});

describe('attributes more than once (RFC 7606 3 g)', () => {
  const twice = UpdateError.malformedAttributeList;
  check(
    [
      [
        'the first counts, the others are discarded',
        MANDATORY + MED + attribute(0x80, 4, '00'),
        [attributeDiscard, twice, 4],
      ],
      [
        'a bad first one counts too',
        MANDATORY + attribute(0x80, 4, '00') + MED,
        [treatAsWithdraw, UpdateError.attributeLength, 4],
      ],
      [
        'unknown ones as well',
        MANDATORY + attribute(0xc0, 99, '') + attribute(0xc0, 99, '01'),
        [attributeDiscard, twice, 99],
      ],
      ['MP_REACH_NLRI: session reset', MANDATORY + MP_REACH + MP_REACH, [sessionReset, twice, 14]],
      ['MP_UNREACH_NLRI: session reset', MANDATORY + MP_UNREACH + MP_UNREACH, [sessionReset, twice, 15]],
    ],
    NLRI,
  );
});

describe('an attribute that overruns the list: treat-as-withdraw, the rest unread (RFC 7606 4)', () => {
  check(
    [
      ['a flag octet alone', `${MANDATORY}40`, [treatAsWithdraw, UpdateError.malformedAttributeList, 0]],
      ['no length', `${MANDATORY}8004`, [treatAsWithdraw, UpdateError.malformedAttributeList, 4]],
      [
        'half an extended length',
        `${MANDATORY}900400`,
        [treatAsWithdraw, UpdateError.malformedAttributeList, 4],
      ],
      [
        'a value that is cut',
        `${MANDATORY}80040400000064`.slice(0, -2),
        [treatAsWithdraw, UpdateError.attributeLength, 4],
      ],
    ],
    NLRI,
  );
});
