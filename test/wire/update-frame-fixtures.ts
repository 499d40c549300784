/** UPDATE bodies for the tests, put together from hexadecimal parts. */
import { expect, test } from 'vitest';
import { fromHex, toHex, writeU16 } from '../../src/base/bytes.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import type { WireContext } from '../../src/wire/session-context.ts';
import { UpdateFrame } from '../../src/wire/update-frame.ts';

/** An external session with 4-octet AS numbers and both families. */
export const EXTERNAL: WireContext = {
  as4: true,
  external: true,
  extendedMessage: false,
  families: 3,
  extendedNextHop: 0,
};

/** One path attribute in hexadecimal; the flag octet says whether the length takes two octets. */
export function attribute(flags: number, code: number, value: string): string {
  const bytes = fromHex(value);
  const extended = (flags & 0x10) !== 0;
  const header = new Uint8Array(extended ? 4 : 3);
  header[0] = flags;
  header[1] = code;
  if (extended) writeU16(header, 2, bytes.length);
  else header[2] = bytes.length;
  return toHex(header) + toHex(bytes);
}

export const ORIGIN = attribute(0x40, 1, '00');
export const AS_PATH = attribute(0x40, 2, '0201 0000fde9');
export const NEXT_HOP = attribute(0x40, 3, 'c0000201');
export const MED = attribute(0x80, 4, '00000064');
export const MANDATORY = ORIGIN + AS_PATH + NEXT_HOP;
/** 10.0.0.0/8 and 192.0.2.0/24. */
export const NLRI = '080a' + '18c00002';
/** 2001:db8::/32. */
export const NLRI6 = '2020010db8';
export const HOP6 = '20010db8000000000000000000000001';
export const LINK_LOCAL = 'fe800000000000000000000000000001';
export const MP_REACH = attribute(0x80, 14, `000201 10 ${HOP6} 00 ${NLRI6}`);
export const MP_UNREACH = attribute(0x80, 15, `000201 ${NLRI6}`);

/** An UPDATE body. */
export function updateBody(parts: { withdrawn?: string; attributes?: string; nlri?: string }): Uint8Array {
  const withdrawn = fromHex(parts.withdrawn ?? '');
  const attributes = fromHex(parts.attributes ?? '');
  const nlri = fromHex(parts.nlri ?? '');
  const body = new Uint8Array(4 + withdrawn.length + attributes.length + nlri.length);
  writeU16(body, 0, withdrawn.length);
  body.set(withdrawn, 2);
  writeU16(body, 2 + withdrawn.length, attributes.length);
  body.set(attributes, 4 + withdrawn.length);
  body.set(nlri, 4 + withdrawn.length + attributes.length);
  return body;
}

export const MARGIN = 8;

/** Scans `body` between two margins of `poison`. */
export function scanned(
  body: Uint8Array,
  context: Partial<WireContext> = {},
  poison = 0xa5,
  frame = new UpdateFrame(),
): { frame: UpdateFrame; bytes: Uint8Array; context: WireContext } {
  const bytes = new Uint8Array(body.length + 2 * MARGIN).fill(poison);
  bytes.set(body, MARGIN);
  const full = { ...EXTERNAL, ...context };
  frame.scan(bytes, MARGIN, MARGIN + body.length, full);
  return { frame, bytes, context: full };
}

/** What a case expects: disposition, subcode, attribute at fault. */
export type Verdict = readonly [Disposition, number, number];
export const ACCEPT: Verdict = [Disposition.accept, 0, 0];

export function verdictOf(frame: UpdateFrame): Verdict {
  return [frame.disposition, frame.subcode, frame.faultyAttribute];
}

export type Case = [why: string, attributes: string, verdict: Verdict, context?: Partial<WireContext>];

export function checkCases(cases: readonly Case[], nlri: string): void {
  test.each(cases)('%s', (_why, attributes, verdict, context) => {
    const { frame } = scanned(updateBody({ attributes, nlri }), context);
    expect(verdictOf(frame)).toEqual(verdict);
  });
}
