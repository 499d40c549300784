/** What depends on the UPDATE as a whole: routes in sight, unknown attributes, families and their next hops. */
import { describe, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { Disposition, UpdateError } from '../../src/wire/attributes/spec.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { FAMILY_IGNORED } from '../../src/wire/update-frame.ts';
import {
  ACCEPT,
  AS_PATH,
  attribute,
  checkCases as check,
  HOP6,
  LINK_LOCAL,
  MANDATORY,
  MP_UNREACH,
  NLRI,
  NLRI6,
  ORIGIN,
  scanned,
  updateBody,
  type Verdict,
  verdictOf,
} from './update-frame-fixtures.ts';

const { accept, attributeDiscard, treatAsWithdraw, sessionReset } = Disposition;
const reach = (value: string) => attribute(0x80, 14, value);

describe('treat-as-withdraw without an announced route becomes session reset (RFC 7606 5.2)', () => {
  test.each([
    ['withdrawn routes only', '', '080a'],
    ['MP_UNREACH_NLRI only', MP_UNREACH, ''],
  ])('%s', (_why, attributes, withdrawn) => {
    const bad = attribute(0x80, 4, '00');
    const { frame, bytes } = scanned(updateBody({ withdrawn, attributes: attributes + bad }));
    expect(verdictOf(frame)).toEqual([sessionReset, UpdateError.attributeLength, 4]);
    expect(toHex(bytes, frame.faultStart, frame.faultEnd)).toBe(bad);
  });

  test('attribute discard stays what it is', () => {
    const { frame } = scanned(updateBody({ withdrawn: '080a', attributes: attribute(0x40, 6, '00') }));
    expect(frame.disposition).toBe(attributeDiscard);
  });
});

describe('unknown attributes (RFC 4271 5, 6.3)', () => {
  const unknown: Verdict = [sessionReset, UpdateError.unrecognizedWellKnown, 99];
  check(
    [
      ['well-known: session reset', MANDATORY + attribute(0x40, 99, ''), unknown],
      ['optional transitive: passed on', MANDATORY + attribute(0xc0, 99, '01'), ACCEPT],
      ['optional non-transitive: ignored', MANDATORY + attribute(0x80, 99, '01'), ACCEPT],
    ],
    NLRI,
  );
});

describe('families and next hops of MP_REACH_NLRI', () => {
  const [onlyIpv4, extended] = [{ families: 1 }, { extendedNextHop: 1 }];
  const badHop: Verdict = [sessionReset, UpdateError.optionalAttribute, 14];
  const unusable: Verdict = [treatAsWithdraw, UpdateError.invalidNextHop, 14];
  test.each<[string, string, Verdict, number, Partial<WireContext>?]>([
    ['IPv6', `000201 10 ${HOP6} 00 ${NLRI6}`, ACCEPT, 1],
    ['IPv6 with a link-local next hop beside (RFC 2545)', `000201 20 ${HOP6}${LINK_LOCAL} 00`, ACCEPT, 1],
    [
      'no global next hop beside the link-local one',
      `000201 20 ${'00'.repeat(16)}${LINK_LOCAL} 00`,
      ACCEPT,
      1,
    ],
    ['neither a global nor a link-local one', `000201 20 ${'00'.repeat(32)} 00 ${NLRI6}`, unusable, 1],
    ['IPv4 in MP_REACH_NLRI', '000101 04 c0000201 00 080a', ACCEPT, 0],
    ['IPv4 over an IPv6 next hop as agreed (RFC 8950)', `000101 10 ${HOP6} 00 080a`, ACCEPT, 0, extended],
    ['... with a link-local one', `000101 20 ${HOP6}${LINK_LOCAL} 00 080a`, ACCEPT, 0, extended],
    ['IPv4 over an IPv6 next hop as not agreed: reset', `000101 10 ${HOP6} 00 080a`, badHop, 0],
    ['next hop of 0 octets: reset (RFC 7606 7.11)', '000201 00 00', badHop, 1],
    ['next hop of 4 octets for IPv6: reset', '000201 04 c0000201 00', badHop, 1],
    ['next hop of 24 octets: reset', `000201 18 ${HOP6}0000000000000000 00`, badHop, 1],
    ['next hop ::: treat-as-withdraw', `000201 10 ${'00'.repeat(16)} 00 ${NLRI6}`, unusable, 1],
    ['next hop ::1: treat-as-withdraw', `000201 10 ${'00'.repeat(15)}01 00 ${NLRI6}`, unusable, 1],
    ['... but usable over loopback', `000201 10 ${'00'.repeat(15)}01 00`, ACCEPT, 1, { loopback: true }],
    ['IPv4 next hop 224.0.0.1: treat-as-withdraw', '000101 04 e0000001 00 080a', unusable, 0],
    [
      'a family not agreed: ignored (RFC 4760 7)',
      `000201 10 ${HOP6} 00 ${NLRI6}`,
      ACCEPT,
      FAMILY_IGNORED,
      onlyIpv4,
    ],
    [
      'a family nobody knows: ignored, its next hop unexamined',
      '400448 07 00000000000000 00 ff',
      ACCEPT,
      FAMILY_IGNORED,
    ],
    ['IPv4 multicast: ignored', '000102 04 c0000201 00 080a', ACCEPT, FAMILY_IGNORED],
  ])('%s', (_why, value, verdict, family, context) => {
    const { frame } = scanned(updateBody({ attributes: ORIGIN + AS_PATH + reach(value) }), context);
    expect([...verdictOf(frame), frame.reachFamily]).toEqual([...verdict, family]);
  });

  test('MP_UNREACH_NLRI of a family not agreed is ignored', () => {
    const { frame } = scanned(updateBody({ attributes: MP_UNREACH }), onlyIpv4);
    expect([frame.disposition, frame.unreachFamily]).toEqual([accept, FAMILY_IGNORED]);
  });
});
