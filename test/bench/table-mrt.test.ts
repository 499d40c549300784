/** Tables out of MRT files: RIB records of RFC 6396, told as a peer would tell them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import { announcements } from '../../src/bench/table/messages.ts';
import { mrtTable } from '../../src/bench/table/mrt-table.ts';
import { agreedContext, peerNextHop } from '../../src/bench/table/peer.ts';
import { Framer } from '../../src/wire/framer.ts';
import { type ReceivedUpdate, readUpdate } from '../../src/wire/update-read.ts';

const directory = mkdtempSync(join(tmpdir(), 'bellhop-mrt-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const hex = (value: number, octets: number): string => value.toString(16).padStart(octets * 2, '0');

/** A RIB record: subtype 2 is IPv4, 4 is IPv6. */
function record(
  subtype: number,
  prefix: string,
  entries: readonly (readonly [peer: number, attributes: string])[],
) {
  const list = entries.map(([peer, bytes]) => `${hex(peer, 2)}00000000${hex(bytes.length / 2, 2)}${bytes}`);
  const body = `00000001${prefix}${hex(entries.length, 2)}${list.join('')}`;
  return `6500000000${''}`.slice(0, 8) + hex(13, 2) + hex(subtype, 2) + hex(body.length / 2, 4) + body;
}

const ORIGIN = '40010100';
const path = (...asns: number[]): string =>
  `4002${hex(2 + 4 * asns.length, 1)}02${hex(asns.length, 1)}${asns.map((as) => hex(as, 4)).join('')}`;
const ATTRIBUTES = `${ORIGIN}${path(3356, 13335)}400304c0000201`;
const NO_EXPORT = 'c00804ffffff01';

function file(
  name: string,
  records: readonly string[],
  pack = (bytes: Uint8Array): Uint8Array => bytes,
): string {
  const place = join(directory, name);
  writeFileSync(place, pack(fromHex(records.join(''))!));
  return place;
}

function told(place: string, addressOctets: 4 | 16, round = 0, limit = 100): ReceivedUpdate[] {
  const source = mrtTable(place, addressOctets, limit);
  const order = Uint32Array.from({ length: source.prefixes.count }, (_, id) => id);
  const nextHop = peerNextHop(0, addressOctets);
  const { bytes } = announcements(source, order, { sender: 0, as: 65001, nextHop, round });
  const updates: ReceivedUpdate[] = [];
  new Framer({
    message: (_type, chunk, start, end) =>
      void updates.push(readUpdate(chunk, start, end, agreedContext(addressOctets))),
  }).push(bytes);
  return updates;
}

const TABLE = [
  record(2, '18cb0071', [
    [1, ATTRIBUTES],
    [2, `${ORIGIN}${path(1)}400304c0000201`],
  ]),
  record(2, '10ac10', [[1, `${ATTRIBUTES}${NO_EXPORT}`]]),
  record(2, '18cb0072', [[1, ATTRIBUTES]]),
  record(4, '2020010db8', [[1, `${ORIGIN}${path(3356)}800e111020010db8000000000000000000000001`]]),
];

test('mrtTable: routes of the fullest peer, with our AS and next hop, those with equal attributes together', () => {
  const updates = told(file('plain.mrt', TABLE), 4);
  expect(updates.map(({ attributes }) => attributes)).toMatchObject([
    { asPath: [{ asns: [65001, 3356, 13335] }], nextHop: { address: '198.18.1.1' }, origin: 'igp' },
  ]);
  expect(updates[0]?.routes.flatMap(({ values }) => values)).toHaveLength(2);
});

test('mrtTable: IPv6 routes come in MP_REACH_NLRI, from a packed file too', () => {
  const [update, ...others] = told(file('packed.mrt.gz', TABLE, gzipSync), 16);
  expect(others).toEqual([]);
  expect(update?.attributes.asPath).toMatchObject([{ asns: [65001, 3356] }]);
  expect(update?.attributes.nextHop).toBeUndefined();
  expect(update?.routes).toMatchObject([{ place: 'mpReach', values: [expect.anything()] }]);
});

test('mrtTable: another round differs in the MED', () => {
  const place = file('plain.mrt', TABLE);
  expect(told(place, 4, 7)[0]?.attributes.med).toBe(7);
  expect(told(place, 4)[0]?.attributes.med).toBeUndefined();
  expect(told(place, 4, 0, 1)[0]?.routes.flatMap(({ values }) => values)).toHaveLength(1);
});

test('mrtTable: what is no such file is refused with a reason', () => {
  const cut = TABLE.join('').slice(0, -4);
  expect(() => mrtTable(file('cut.mrt', [cut]), 4, 10)).toThrow(/the record at octet \d+ is broken/);
  expect(() => mrtTable(file('none.mrt', [TABLE[3]!]), 4, 10)).toThrow(/holds no IPv4 routes/);
  expect(() => mrtTable(file('bz.mrt', ['425a68393141']), 4, 10)).toThrow(/bunzip2/);
  expect(() => mrtTable(join(directory, 'missing.mrt'), 4, 10)).toThrow(/cannot read/);
});
