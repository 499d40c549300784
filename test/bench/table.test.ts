/** The load generator of the table benchmark: what it sends, and what its monitors make of what they hear. */
import { expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { Random } from '../../src/bench/random.ts';
import { drawQuantile, GROUP_SIZES } from '../../src/bench/table/distribution.ts';
import { announcements, type MessageStream, withdrawals } from '../../src/bench/table/messages.ts';
import { Monitor } from '../../src/bench/table/monitor.ts';
import { agreedContext, peerAddress, peerAs, peerNextHop } from '../../src/bench/table/peer.ts';
import { PrefixIndex } from '../../src/bench/table/prefix-index.ts';
import type { RouteSource } from '../../src/bench/table/route-source.ts';
import { syntheticTable } from '../../src/bench/table/synthetic.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { Framer } from '../../src/wire/framer.ts';
import { type ReceivedUpdate, readUpdate } from '../../src/wire/update-read.ts';

const idsOf = (source: RouteSource): Uint32Array =>
  Uint32Array.from({ length: source.prefixes.count }, (_, id) => id);

function stream(source: RouteSource, round = 0, sender = 0, order = idsOf(source)): MessageStream {
  const nextHop = peerNextHop(sender, source.prefixes.addressOctets);
  return announcements(source, order, { sender, as: peerAs(sender), nextHop, round });
}

/** The UPDATEs of a stream, read by the codec; each must be as RFC 7606 wants it. */
function updates({ bytes, messages }: MessageStream, addressOctets: 4 | 16): ReceivedUpdate[] {
  const found: ReceivedUpdate[] = [];
  const framer = new Framer({
    message: (_type, chunk, start, end) =>
      void found.push(readUpdate(chunk, start, end, agreedContext(addressOctets))),
  });
  expect(framer.push(bytes)).toBeUndefined();
  expect(framer.pendingBytes).toBe(0);
  expect(found.length).toBe(messages);
  for (const update of found) expect(update.disposition).toBe(Disposition.accept);
  return found;
}

function feed(monitor: Monitor, { bytes }: MessageStream): void {
  new Framer({ message: (_type, chunk, start, end) => monitor.update(chunk, start, end) }).push(bytes);
  monitor.check();
}

const prefixesOf = (update: ReceivedUpdate): string[] =>
  update.routes.flatMap(({ values }) => (values ?? []).map((value) => JSON.stringify(value)));

test('syntheticTable: the same octets for a seed, others for another seed, sender or round', () => {
  const octets = (seed: number, sender = 0, round = 0) =>
    toHex(stream(syntheticTable(4, 500, seed), round, sender).bytes);
  expect(octets(5)).toBe(octets(5));
  const different = [octets(5), octets(6), octets(5, 1), octets(5, 0, 1)];
  expect(new Set(different).size).toBe(different.length);
});

test('syntheticTable: lengths and packing of an Internet table', () => {
  const source = syntheticTable(4, 50_000, 1);
  const lengths = [...source.prefixes.lengths];
  const share = (length: number) => lengths.filter((one) => one === length).length / lengths.length;
  expect(share(24)).toBeGreaterThan(0.57);
  expect(share(24)).toBeLessThan(0.65);
  expect(share(22)).toBeGreaterThan(0.08);
  expect(Math.max(...lengths)).toBe(24);
  const perUpdate = 50_000 / stream(source).messages;
  expect(perUpdate).toBeGreaterThan(5);
  expect(perUpdate).toBeLessThan(9);
});

test('drawQuantile: its quantiles are those it was given', () => {
  const random = new Random(1);
  const drawn = Array.from({ length: 20_000 }, () => drawQuantile(random, GROUP_SIZES)).sort((a, b) => a - b);
  const at = (share: number) => drawn[Math.floor(drawn.length * share)]!;
  expect(at(0.3)).toBe(1);
  expect(at(0.5)).toBe(2);
  expect(at(0.74)).toBe(4);
  expect(at(0.99)).toBeGreaterThan(55);
  expect(at(0.99)).toBeLessThan(80);
});

for (const addressOctets of [4, 16] as const)
  test(`announcements, withdrawals: every prefix once, in whole messages of ${addressOctets * 8} bit addresses`, () => {
    const source = syntheticTable(addressOctets, 3000, 2);
    const sent = stream(source);
    const announced = updates(sent, addressOctets);
    const all = announced.flatMap(prefixesOf);
    expect(new Set(all).size).toBe(3000);
    expect(all.length).toBe(3000);
    for (const { attributes } of announced) expect(attributes.asPath?.[0]?.asns[0]).toBe(peerAs(0));
    const gone = updates(withdrawals(source.prefixes, idsOf(source)), addressOctets);
    expect(gone.flatMap(prefixesOf).sort()).toEqual(all.sort());
    // 4,096 octets hold some 900 prefixes of four octets, or 500 of seven.
    expect(gone.length).toBeLessThan(8);
    expect(sent.cuts.at(-1)).toBe(sent.bytes.length);
  });

test('announcements: cuts lie between messages', () => {
  const sent = stream(syntheticTable(4, 60_000, 2));
  expect(sent.cuts.length).toBeGreaterThan(2);
  let from = 0;
  for (const cut of sent.cuts) {
    const framer = new Framer({ message: () => {} });
    framer.push(sent.bytes.subarray(from, cut));
    expect(framer.pendingBytes).toBe(0);
    from = cut;
  }
});

test('PrefixIndex: finds what was added by its octets, and nothing else', () => {
  const index = new PrefixIndex(16, 10);
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => 0x20 + i);
  expect([index.add(bytes, 0, 48), index.add(bytes, 0, 49), index.add(bytes, 0, 128)]).toEqual([0, 1, 2]);
  expect(index.add(bytes, 0, 48)).toBe(-1);
  expect([48, 49, 128, 47, 127].map((length) => index.find(bytes, 0, length))).toEqual([0, 1, 2, -1, -1]);
  const out = new Uint8Array(20);
  expect(index.write(2, out, 1)).toBe(18);
  expect(toHex(out, 1, 18)).toBe(`80${toHex(bytes)}`);
});

test('Monitor: counts different prefixes, however often they are announced', () => {
  const source = syntheticTable(4, 1000, 3);
  const monitor = new Monitor(source.prefixes);
  const reached: string[] = [];
  monitor.begin({ kind: 'hold', count: 1000 }, () => reached.push('held'));
  feed(monitor, stream(source, 0, 0, idsOf(source).subarray(0, 600)));
  feed(monitor, stream(source, 1, 0, idsOf(source).subarray(0, 600)));
  expect([monitor.held, monitor.heard, reached]).toEqual([600, 600, []]);
  feed(monitor, stream(source, 0, 0, idsOf(source).subarray(500)));
  expect([monitor.held, reached]).toEqual([1000, ['held']]);

  monitor.begin({ kind: 'hear', count: 100 }, () => reached.push('heard again'));
  feed(monitor, stream(source, 1, 0, idsOf(source).subarray(0, 99)));
  expect(reached).toEqual(['held']);
  feed(monitor, stream(source, 1, 0, idsOf(source).subarray(99, 100)));
  expect([monitor.held, reached]).toEqual([1000, ['held', 'heard again']]);

  monitor.begin({ kind: 'hold', count: 0 }, () => reached.push('gone'));
  feed(monitor, withdrawals(source.prefixes, idsOf(source)));
  expect([monitor.held, reached.at(-1)]).toEqual([0, 'gone']);
  expect([monitor.faults, monitor.strangers]).toEqual([0, 0]);
});

test('Monitor: prefixes that nobody sent are strangers', () => {
  const monitor = new Monitor(syntheticTable(4, 100, 1).prefixes);
  feed(monitor, stream(syntheticTable(4, 50, 99)));
  expect([monitor.held, monitor.strangers]).toEqual([0, 50]);
});

test('peers: addresses and next hops are all different', () => {
  const indices = Array.from({ length: 501 }, (_, i) => i);
  for (const name of [
    peerAddress,
    (i: number) => toHex(peerNextHop(i, 4)),
    (i: number) => toHex(peerNextHop(i, 16)),
  ])
    expect(new Set(indices.map(name)).size).toBe(501);
});
