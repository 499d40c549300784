/** How changes become messages: as full as they may be, never fuller, and what does not fit at all. */
import { describe, expect, test } from 'vitest';
import { Bench, type PeerSettings, type TestPeer } from './harness.ts';
import type { Route } from './update-body.ts';

/** So many /24 prefixes. */
const many = (count: number) => Array.from({ length: count }, (_, i) => `10.${i >>> 8}.${i & 255}.0/24`);
const hosts = (count: number) => many(count).map((text) => text.replace('/24', '/32'));
const many6 = (count: number) => Array.from({ length: count }, (_, i) => `2001:db8:${i.toString(16)}::/48`);

function batch(
  prefixes: readonly string[],
  to: PeerSettings = {},
): { bench: Bench; a: TestPeer; b: TestPeer } {
  const bench = new Bench();
  const a = bench.peer({ routerId: 1, address: '10.0.0.1', extendedMessage: true });
  for (let at = 0; at < prefixes.length; at += 5000) bench.announce(a, {}, ...prefixes.slice(at, at + 5000));
  const b = bench.peer({ routerId: 2, address: '10.0.0.2', ...to });
  return { bench, a, b };
}

const lengths = ({ receiver }: TestPeer) => receiver.updates.map(({ length }) => length);

describe('packing', () => {
  test.each<[string, PeerSettings, number]>([
    ['4,096 octets', {}, 4096],
    ['65,535 octets when agreed (RFC 8654)', { extendedMessage: true }, 65535],
  ])('messages are full up to %s', (_name, settings, maximum) => {
    // Fewer than one slice of work looks at, so that nothing but the limit ends a message.
    const { b, bench } = batch(many(4000), settings);
    const all = lengths(b);
    expect(b.receiver.tables[0]!.size).toBe(4000);
    // 19 of header, 2 + 2 of lengths, 4 + 13 + 7 of attributes, 4 for each prefix.
    const perMessage = Math.floor((maximum - 23 - 24) / 4);
    expect(all.length).toBe(Math.ceil(4000 / perMessage));
    expect(Math.max(...all)).toBeLessThanOrEqual(maximum);
    for (const length of all.slice(0, -1)) expect(length).toBeGreaterThan(maximum - 4);
    bench.engine.dropPeer(1);
    bench.drain();
    expect(b.receiver.tables[0]!.size).toBe(0);
    for (const length of lengths(b)) expect(length).toBeLessThanOrEqual(maximum);
    bench.expectEmpty();
  });

  test('withdrawals are packed too, in both families', () => {
    for (const [prefixes, octets, fixed] of [
      [many(3000), 4, 23],
      [hosts(3000), 5, 23],
      [many6(3000), 7, 23 + 7],
    ] as const) {
      const { bench, a, b } = batch(prefixes);
      const before = b.receiver.updates.length;
      bench.drop(a);
      const sent = lengths(b).slice(before);
      expect(sent.length).toBe(Math.ceil(3000 / Math.floor((4096 - fixed) / octets)));
      for (const length of sent.slice(0, -1)) expect(length).toBeGreaterThan(4096 - octets);
      expect(Math.max(...sent)).toBeLessThanOrEqual(4096);
      bench.expectEmpty();
    }
  });

  test('IPv6 announcements are full as well', () => {
    const { b } = batch(many6(3000));
    const sent = lengths(b);
    for (const length of sent.slice(0, -1)) expect(length).toBeGreaterThan(4096 - 7);
    expect(Math.max(...sent)).toBeLessThanOrEqual(4096);
    expect(b.receiver.tables[1]!.size).toBe(3000);
  });

  test('a table larger than a slice arrives whole', () => {
    const { b, bench } = batch(many(20_000));
    expect(b.receiver.tables[0]!.size).toBe(20_000);
    expect(b.receiver.marks.length).toBe(2);
    expect(bench.groups()).toBe(2);
  });

  test('routes of one attribute set and several sources go in messages by source', () => {
    const bench = new Bench();
    const [a, b, c] = [1, 2, 3].map((id) => bench.peer({ routerId: id, address: `10.0.0.${id}` }));
    bench.announce(a!, {}, '198.51.100.0/24', '203.0.113.0/24');
    bench.announce(b!, {}, '192.0.2.0/24');
    const d = bench.peer({ routerId: 4, address: '10.0.0.4' });
    expect(d.receiver.updates.length).toBe(2);
    expect([a, b, c].map((peer) => peer!.receiver.tables[0]!.size)).toEqual([1, 2, 3]);
  });
});

describe('attributes that fill a message', () => {
  const P = '198.51.100.0/24';
  /** An unknown transitive attribute of so many octets. */
  const large = (octets: number): Route => ({ extra: [[0xc0, 99, new Uint8Array(octets)]] });

  function sizes() {
    const bench = new Bench();
    const a = bench.peer({ routerId: 1, address: '10.0.0.1', extendedMessage: true });
    const b = bench.peer({ routerId: 2, address: '10.0.0.2' });
    const wide = bench.peer({ routerId: 3, address: '10.0.0.3', extendedMessage: true });
    return { bench, a, b, wide };
  }

  test('the largest that fits is sent, one octet more is withdrawn and counted', () => {
    const { bench, a, b, wide } = sizes();
    // 4,096 less header, lengths, ORIGIN, AS_PATH with two numbers, NEXT_HOP, attribute header and a /24.
    const fits = 4096 - 19 - 4 - 4 - 13 - 7 - 4 - 4;
    bench.announce(a, large(fits), P);
    expect(b.receiver.updates.at(-1)?.length).toBe(4096);
    bench.announce(a, large(fits + 1), P);
    expect(b.receiver.get(P)).toBeUndefined();
    expect(wide.receiver.get(P)).toBeDefined();
    expect(bench.engine.exporters[0]!.unsendable).toBe(1);
    const group = bench.engine.exporters[0]!.groupOf(b.index)!;
    expect(group.advertisedTo(b.index)).toBe(0);
    bench.announce(a, {}, P);
    expect(b.receiver.get(P)).toBeDefined();
    bench.drop(a);
    expect([b, wide].map(({ receiver }) => receiver.tables[0]!.size)).toEqual([0, 0]);
    bench.expectEmpty();
  });

  test('prefixes that fit are sent beside one that does not', () => {
    const { bench, a, b } = sizes();
    const fits = 4096 - 19 - 4 - 4 - 13 - 7 - 4 - 4;
    bench.announce(a, large(fits), '198.0.0.0/8', '198.51.100.1/32', P);
    expect([...b.receiver.tables[0]!.keys()].sort()).toEqual(['198.0.0.0/8', P]);
    expect(bench.engine.exporters[0]!.unsendable).toBe(1);
  });
});
