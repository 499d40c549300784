/** UpdateFrame: what one walk finds, and what RFC 7606 and its successors make of it. */
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { writeCanonicalBlob } from '../../src/wire/attributes/blob.ts';
import { attributeByCode } from '../../src/wire/attributes/index.ts';
import { Disposition, UpdateError } from '../../src/wire/attributes/spec.ts';
import { FAMILIES, familyByName } from '../../src/wire/families/index.ts';
import type { FamilySpec } from '../../src/wire/families/spec.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { FAMILY_IGNORED, UpdateFrame } from '../../src/wire/update-frame.ts';
import { INTERNAL } from './attributes/vectors-spec.ts';

const ALL: WireContext = { ...INTERNAL, families: 2 ** FAMILIES.length - 1 };
const ORIGIN = '400101 00';
const AS_PATH = '400206 0201 0000fdea';
const NEXT_HOP = '400304 c0000201';
const BASE = ORIGIN + AS_PATH;
const PREFIX = '18 c63364';

/** The body of an UPDATE: hexadecimal text of its three parts. */
function body(attributes: string, nlri = '', withdrawn = ''): Uint8Array {
  const [a, n, w] = [fromHex(attributes), fromHex(nlri), fromHex(withdrawn)];
  const out = new ByteWriter();
  out.u16(w.length);
  out.copy(w);
  out.u16(a.length);
  out.copy(a);
  out.copy(n);
  return out.take();
}

function attribute(flags: number, code: number, value: string): string {
  const bytes = fromHex(value);
  return toHex(Uint8Array.of(flags | 0x10, code, bytes.length >>> 8, bytes.length & 255, ...bytes));
}

function reach(family: FamilySpec, nextHop: string, nlri: string): string {
  const head = Uint8Array.of(family.afi >>> 8, family.afi & 255, family.safi, fromHex(nextHop).length);
  return attribute(0x80, 14, `${toHex(head)}${nextHop}00${nlri}`);
}

function unreach(family: FamilySpec, nlri: string): string {
  const head = Uint8Array.of(family.afi >>> 8, family.afi & 255, family.safi);
  return attribute(0x80, 15, `${toHex(head)}${nlri}`);
}

function scan(bytes: Uint8Array, context: WireContext = INTERNAL): UpdateFrame {
  const frame = new UpdateFrame();
  frame.scan(bytes, 0, bytes.length, context);
  return frame;
}

function blobOf(bytes: Uint8Array, context: WireContext = INTERNAL): string {
  const out = new ByteWriter();
  writeCanonicalBlob(scan(bytes, context), bytes, context, false, out);
  return toHex(out.take());
}

const family = (name: string) => familyByName(name)!;

describe('next hops in MP_REACH_NLRI', () => {
  const V4 = 'c0000201';
  const V6 = '20010db8000000000000000000000001';
  const LL = 'fe800000000000000000000000000001';
  const RD = '0000000000000000';

  test.each([
    ['ipv4-multicast', V4],
    ['ipv6-multicast', V6],
    ['ipv6-multicast', V6 + LL],
    ['ipv6-labeled-unicast', V6],
    ['ipv4-vpn', RD + V4],
    ['ipv6-vpn', RD + V6],
    ['ipv6-vpn', RD + V6 + RD + LL],
    ['ipv4-flowspec', ''],
    ['ipv4-flowspec', V4],
    ['ipv6-flowspec-vpn', '0102030405'],
    ['l2vpn-evpn', V4],
    ['l2vpn-evpn', V6],
    ['route-target-constraint', V4],
  ])('%s takes %s', (name, nextHop) => {
    const frame = scan(body(BASE + reach(family(name), nextHop, '')), ALL);
    expect(frame.disposition).toBe(Disposition.accept);
    expect(frame.reachFamily).toBe(family(name).index);
  });

  test.each([
    ['ipv4-unicast', V6],
    ['ipv6-unicast', V4],
    ['ipv4-vpn', V4],
    ['ipv4-vpn', RD + V6],
    ['ipv6-vpn', RD + V4],
    ['l2vpn-evpn', V6 + LL],
    ['route-target-constraint', ''],
  ])('%s does not take %s: the session ends', (name, nextHop) => {
    const frame = scan(body(BASE + reach(family(name), nextHop, '')), ALL);
    expect(frame.disposition).toBe(Disposition.sessionReset);
    expect(frame.subcode).toBe(UpdateError.optionalAttribute);
  });

  test('RFC 8950 is asked for each family on its own', () => {
    const bytes = body(BASE + reach(family('ipv4-vpn'), RD + V6, ''));
    const agreed = (name: string) => ({ ...ALL, extendedNextHop: 1 << family(name).index });
    expect(scan(bytes, agreed('ipv4-vpn')).disposition).toBe(Disposition.accept);
    expect(scan(bytes, agreed('ipv4-unicast')).disposition).toBe(Disposition.sessionReset);
  });

  test('an address no host can have withdraws the routes, behind a distinguisher too', () => {
    const frame = scan(body(BASE + reach(family('ipv4-vpn'), `${RD}e0000001`, '')), ALL);
    expect(frame.disposition).toBe(Disposition.treatAsWithdraw);
    expect(frame.subcode).toBe(UpdateError.invalidNextHop);
  });

  test('of a family that was not agreed is not looked at', () => {
    const frame = scan(body(BASE + reach(family('ipv4-vpn'), '01', 'ff')));
    expect(frame.disposition).toBe(Disposition.accept);
    expect(frame.reachFamily).toBe(FAMILY_IGNORED);
  });
});

describe('closing one family (RFC 7606 2)', () => {
  const closing: WireContext = { ...ALL, familyDisable: true };
  const wrong = reach(family('ipv6-unicast'), 'c0000201', '');

  test('is asked for when a next hop has a wrong length, and names the family', () => {
    const frame = scan(body(BASE + wrong), closing);
    expect(frame.disposition).toBe(Disposition.disableFamily);
    expect(frame.disabledFamilies).toBe(1 << 1);
  });

  test('is weaker than a reset and stronger than a withdrawal', () => {
    expect(scan(body(attribute(0x40, 1, '07') + AS_PATH + wrong), closing).disposition).toBe(
      Disposition.disableFamily,
    );
    expect(scan(body(BASE + wrong + wrong), closing).disposition).toBe(Disposition.sessionReset);
  });

  test('is forgotten with the next message', () => {
    const frame = scan(body(BASE + wrong), closing);
    const next = body(BASE + NEXT_HOP, PREFIX);
    expect(frame.scan(next, 0, next.length, closing)).toBe(Disposition.accept);
    expect(frame.disabledFamilies).toBe(0);
  });
});

describe('checkNlri', () => {
  const check = (bytes: Uint8Array, context: WireContext) => {
    const frame = scan(bytes, context);
    expect(frame.disposition).toBe(Disposition.accept);
    frame.checkNlri(bytes, context);
    return frame;
  };

  test('accepts what the families accept', () => {
    const vpn = family('ipv4-vpn');
    const attributes = BASE + NEXT_HOP + reach(vpn, '0000000000000000c0000201', '58 000641 0000fde800000001');
    const bytes = body(attributes + unreach(family('ipv6-unicast'), '20 20010db8'), PREFIX, '18 c00002');
    expect(check(bytes, ALL).disposition).toBe(Disposition.accept);
  });

  test.each([
    ['announced', body(BASE + NEXT_HOP, '18 c63364 21 c633640080')],
    ['withdrawn', body('', '', '18 c63364 21 c633640080')],
  ])('finds a faulty prefix among the %s: invalid network field', (_place, bytes) => {
    const frame = check(bytes, { ...ALL, familyDisable: true });
    expect(frame.disposition).toBe(Disposition.sessionReset);
    expect(frame.subcode).toBe(UpdateError.invalidNetworkField);
    expect(bytes[frame.faultStart]).toBe(0x21);
  });

  test.each([
    [false, Disposition.sessionReset],
    [true, Disposition.disableFamily],
  ])('with familyDisable %s a faulty prefix in an MP attribute is %s', (familyDisable, disposition) => {
    const evpn = family('l2vpn-evpn');
    for (const attributes of [BASE + reach(evpn, 'c0000201', '0101ff'), unreach(evpn, '0101ff')]) {
      const frame = check(body(attributes), { ...ALL, familyDisable });
      expect(frame.disposition).toBe(disposition);
      expect(frame.subcode).toBe(UpdateError.optionalAttribute);
      expect(frame.disabledFamilies).toBe(familyDisable ? 1 << evpn.index : 0);
    }
  });

  test('reads path identifiers where they were agreed', () => {
    const bytes = body(BASE + NEXT_HOP, '00000001 18 c63364');
    expect(check(bytes, { ...ALL, addPath: 1 }).disposition).toBe(Disposition.accept);
    expect(check(body(BASE + NEXT_HOP, PREFIX), { ...ALL, addPath: 1 }).disposition).toBe(
      Disposition.sessionReset,
    );
  });
});

describe('AS_SET (RFC 9774)', () => {
  const SET = '40020a 0102 0000fdea 0000fdeb';
  const rejecting: WireContext = { ...INTERNAL, rejectAsSet: true };

  test('is accepted, or withdraws the routes where the session says so', () => {
    const bytes = body(ORIGIN + SET + NEXT_HOP, PREFIX);
    expect(scan(bytes).disposition).toBe(Disposition.accept);
    expect(scan(bytes, rejecting).disposition).toBe(Disposition.treatAsWithdraw);
    expect(scan(bytes, rejecting).subcode).toBe(UpdateError.malformedAsPath);
    expect(scan(body(BASE + NEXT_HOP, PREFIX), rejecting).disposition).toBe(Disposition.accept);
  });

  test('AS_CONFED_SET likewise', () => {
    const bytes = body(`${ORIGIN} 400206 0401 0000fdea ${NEXT_HOP}`, PREFIX);
    expect(scan(bytes).disposition).toBe(Disposition.accept);
    expect(scan(bytes, rejecting).disposition).toBe(Disposition.treatAsWithdraw);
  });

  test('in AS4_PATH withdraws too, though other faults there discard the attribute', () => {
    const old = { ...rejecting, as4: false };
    const path = '400204 0201 fdea';
    const withSet = body(`${ORIGIN}${path}${NEXT_HOP} c01106 0101 0000fdea`, PREFIX);
    expect(scan(withSet, { ...old, rejectAsSet: false }).disposition).toBe(Disposition.accept);
    expect(scan(withSet, old).disposition).toBe(Disposition.treatAsWithdraw);
    const broken = body(`${ORIGIN}${path}${NEXT_HOP} c01105 0101 0000fd`, PREFIX);
    expect(scan(broken, old).disposition).toBe(Disposition.attributeDiscard);
  });
});

/** Deprecated by RFC 6938 (11 to 13), by RFC 7447 (28), by RFC 8093 (from 30 on) and by IANA. */
const DEPRECATED_CODES = [11, 12, 13, 19, 20, 21, 28, 30, 31, 129, 241, 242, 243];

describe('attributes that are not passed on, and those that are', () => {
  test.each(DEPRECATED_CODES)('deprecated code %i: never made, passed on as an unknown one', (code) => {
    expect(attributeByCode[code]).toBeUndefined();
    const base = BASE + NEXT_HOP;
    const value = `${code.toString(16).padStart(2, '0')}020102`;
    const transitive = body(`${base} c0${value}`, PREFIX);
    expect(scan(transitive).disposition).toBe(Disposition.accept);
    expect(blobOf(transitive)).toBe(toHex(fromHex(`${base} e0${value}`)));
    const local = body(`${base} 80${value}`, PREFIX);
    expect(scan(local).disposition).toBe(Disposition.accept);
    expect(blobOf(local)).toBe(toHex(fromHex(base)));
  });

  test('an unknown transitive attribute is passed on with the Partial bit', () => {
    const bytes = body(`${BASE}${NEXT_HOP} c0c802 0102`, PREFIX);
    expect(scan(bytes).disposition).toBe(Disposition.accept);
    expect(blobOf(bytes)).toBe(toHex(fromHex(`${BASE}${NEXT_HOP} e0c802 0102`)));
  });

  test('BGP-LS is read but in no blob', () => {
    const bytes = body(`${BASE}${NEXT_HOP} 801d04 04000000`, PREFIX);
    expect(scan(bytes).disposition).toBe(Disposition.accept);
    expect(blobOf(bytes)).toBe(toHex(fromHex(BASE + NEXT_HOP)));
  });

  test.each([
    ['AIGP', '801a0b 01000b 0000000000000064', 'RFC 7311 section 3.3'],
    ['Prefix-SID', 'c0280a 010007 00 0000 00000064', 'RFC 8669 section 4'],
    ['TUNNEL_ENCAPSULATION', 'c01704 00080000', 'RFC 9012 section 11'],
  ])('%s is kept from an internal neighbor, discarded from an external one', (_name, value, rfc) => {
    const bytes = body(`${BASE}${NEXT_HOP}${value}`, PREFIX);
    expect(blobOf(bytes), rfc).toContain(toHex(fromHex(value)));
    const external = { ...INTERNAL, external: true };
    expect(scan(bytes, external).disposition).toBe(Disposition.attributeDiscard);
    expect(blobOf(bytes, external)).toBe(toHex(fromHex(BASE + NEXT_HOP)));
  });

  test('AIGP with the Transitive bit is discarded, not a withdrawal (RFC 7311 section 3.2)', () => {
    const bytes = body(`${BASE}${NEXT_HOP} c01a0b 01000b 0000000000000064`, PREFIX);
    expect(scan(bytes).disposition).toBe(Disposition.attributeDiscard);
    expect(blobOf(bytes)).toBe(toHex(fromHex(BASE + NEXT_HOP)));
  });
});

test('a family nobody knows is ignored, whatever is in it', () => {
  const bytes = body(`${BASE} 800e08 4004 47 03 010203 00 ${attribute(0x80, 15, '4004 47 ff')}`);
  const frame = scan(bytes, { ...ALL, families: ~0 });
  expect(frame.disposition).toBe(Disposition.accept);
  expect(frame.reachFamily).toBe(FAMILY_IGNORED);
  expect(frame.unreachFamily).toBe(FAMILY_IGNORED);
  expect(frame.checkNlri(bytes, { ...ALL, families: ~0 })).toBe(Disposition.accept);
});
