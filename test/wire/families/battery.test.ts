/**
 * One battery for the NLRI of all families: vectors, round trips, truncation at every length, every byte changed, and
 * no read outside the range. A new family is covered the day it is listed.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/base/byte-writer.ts';
import { fromHex, toHex } from '../../../src/base/bytes.ts';
import {
  FAMILIES,
  familyByName,
  familyIndex,
  NextHopFit,
  nextHopFit,
  UNICAST_FAMILIES,
  unicastFamilyByName,
} from '../../../src/wire/families/index.ts';
import type { FamilySpec, PathIdentified } from '../../../src/wire/families/spec.ts';
import { guarded } from '../guarded.ts';
import { VECTORS } from './vectors.ts';
import type { FamilyVectors } from './vectors-spec.ts';

function write(family: FamilySpec, values: readonly PathIdentified[], addPath: boolean): Uint8Array {
  const out = new ByteWriter(1);
  family.nlri.write(values, out, addPath);
  return out.take();
}

/** The offset of the fault in `nlri`, -1 when there is none. */
function check(family: FamilySpec, nlri: Uint8Array, addPath: boolean): number {
  const { bytes, start, end } = guarded(nlri);
  const at = family.nlri.check(bytes, start, end, addPath);
  if (at !== -1 && !(at >= start && at < end)) throw new Error(`${family.name}: fault at ${at - start}`);
  return at < 0 ? -1 : at - start;
}

function read(family: FamilySpec, nlri: Uint8Array, addPath: boolean): readonly PathIdentified[] {
  const { bytes, start, end } = guarded(nlri);
  return family.nlri.read(bytes, start, end, addPath);
}

/** Any bytes: check answers, and what it accepts settles after one rewrite and survives JSON. */
function probe(family: FamilySpec, nlri: Uint8Array, addPath: boolean): void {
  const fault = check(family, nlri, addPath);
  if (fault >= 0) {
    if (check(family, nlri.slice(0, fault), addPath) !== -1)
      throw new Error(`${family.name}: not the first fault`);
    return;
  }
  const values = read(family, nlri, addPath);
  for (const value of values)
    if (family.nlri.format(value) === '') throw new Error(`${family.name}: no text`);
  const written = write(family, JSON.parse(JSON.stringify(values)), addPath);
  const again = read(family, written, addPath);
  if (JSON.stringify(again) !== JSON.stringify(values)) expect(again).toEqual(values);
}

describe.each(FAMILIES.map((family) => [family.name, family] as const))('%s', (name, family: FamilySpec) => {
  const vectors = VECTORS[name] as unknown as FamilyVectors<PathIdentified>;

  test.each(vectors.valid)('reads, writes and prints $hex', ({ hex, values, texts, addPath = false }) => {
    const nlri = fromHex(hex);
    expect(check(family, nlri, addPath)).toBe(-1);
    expect(read(family, nlri, addPath)).toEqual(values);
    expect(toHex(write(family, values, addPath))).toBe(toHex(nlri));
    expect(values.map((value) => family.nlri.format(value))).toEqual(texts);
  });

  test.each(vectors.malformed)('refuses $why', ({ hex, at, addPath = false }) => {
    expect(check(family, fromHex(hex), addPath)).toBe(at);
  });

  test('gives back every value it writes, with and without path identifiers', () => {
    const row = fc.array(fc.tuple(vectors.arbitrary, fc.nat(0xffffffff)), { maxLength: 4 });
    fc.assert(
      fc.property(row, fc.boolean(), (elements, addPath) => {
        const values = elements.map(([value, pathId]) => (addPath ? { ...value, pathId } : value));
        const nlri = write(family, values, addPath);
        expect(check(family, nlri, addPath)).toBe(-1);
        expect(read(family, nlri, addPath)).toEqual(values);
        expect(toHex(write(family, read(family, nlri, addPath), addPath))).toBe(toHex(nlri));
      }),
    );
  });

  test('stays inside the range when it is cut at any length', () => {
    for (const { hex } of [...vectors.valid, ...vectors.malformed]) {
      const nlri = fromHex(hex);
      for (let length = 0; length <= nlri.length; length++)
        for (const addPath of [false, true]) probe(family, nlri.slice(0, length), addPath);
    }
  });

  test('stays inside the range when any byte has any value', () => {
    for (const { hex } of vectors.valid) {
      const nlri = fromHex(hex);
      for (let at = 0; at < nlri.length; at++)
        for (let byte = 0; byte < 256; byte++)
          for (const addPath of [false, true]) probe(family, nlri.with(at, byte), addPath);
    }
  });

  test('stays inside the range for arbitrary bytes', () => {
    const nlri = fc.uint8Array({ maxLength: 120 });
    fc.assert(
      fc.property(nlri, fc.boolean(), (bytes, addPath) => probe(family, bytes, addPath)),
      { numRuns: 500 },
    );
  });
});

describe('the list', () => {
  test('has each family at its index, found by name and by AFI and SAFI', () => {
    for (const [index, family] of FAMILIES.entries()) {
      expect(family.index).toBe(index);
      expect(familyByName(family.name)).toBe(family);
      expect(familyIndex(family.afi, family.safi)).toBe(index);
    }
    expect(FAMILIES.length).toBeLessThan(32);
    expect(familyByName('ipv4')).toBeUndefined();
  });

  test('familyIndex: is -1 for every other pair', () => {
    const known = new Set(FAMILIES.map(({ afi, safi }) => `${afi}/${safi}`));
    for (let afi = 0; afi < 40; afi++)
      for (let safi = 0; safi < 260; safi++)
        if (!known.has(`${afi}/${safi}`)) expect(familyIndex(afi, safi)).toBe(-1);
    expect(familyIndex(1, 257)).toBe(-1);
    expect(familyIndex(65535, 1)).toBe(-1);
  });

  test('the unicast families alone have tables', () => {
    expect(UNICAST_FAMILIES.map(({ name }) => name)).toEqual(['ipv4-unicast', 'ipv6-unicast']);
    expect(unicastFamilyByName('ipv6-unicast')).toBe(FAMILIES[1]);
    expect(unicastFamilyByName('ipv4-vpn')).toBeUndefined();
  });

  test('nextHopFit: says what the specs say, for every length', () => {
    for (const family of FAMILIES as readonly FamilySpec[])
      for (let length = 0; length < 256; length++) {
        const expected =
          family.nextHopLengths === 'ignored'
            ? NextHopFit.ignored
            : family.nextHopLengths.includes(length)
              ? NextHopFit.always
              : family.extendedNextHopLengths?.includes(length)
                ? NextHopFit.extended
                : NextHopFit.never;
        expect(nextHopFit(family.index, length), `${family.name} ${length}`).toBe(expected);
      }
  });

  test('has a README row with index, name, AFI, SAFI and file for each family', () => {
    const readme = readFileSync(new URL('../../../src/wire/families/README.md', import.meta.url), 'utf8');
    const rows = readme.replaceAll(/ +/g, ' ').split('\n');
    for (const { index, name, afi, safi } of FAMILIES)
      expect(
        rows.some((row) => row.startsWith(`| ${index} | \`${name}\` | ${afi} | ${safi} | \`${name}.ts\` |`)),
        name,
      ).toBe(true);
  });
});
