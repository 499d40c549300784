/** A peer at its limit of prefixes: new ones are refused, what is there goes on changing. */
import { describe, expect, test } from 'vitest';
import { acceptPolicy } from '../../src/policy/defaults.ts';
import { REJECT, type RouteTransform } from '../../src/rib/transform.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { Bench, type PeerSettings, type TestPeer } from './harness.ts';

/** Rejects routes with a MED; `perPrefix` asks for each prefix although it makes no difference. */
function withoutMed(bench: Bench, perPrefix: boolean): RouteTransform {
  const { attrs } = bench.engine;
  const apply = (attr: number) => ((attrs.flags[attr]! & 1) === 0 ? attr : REJECT);
  return { name: 'no-med', key: 'no-med', perPrefix, passesNextHop: false, apply };
}

function counts({ engine }: Bench, { index }: TestPeer, family = 0) {
  const { received, accepted } = engine.ribs[family]!;
  return [received[index] ?? 0, accepted[index] ?? 0, engine.refusedByLimit(index, family)];
}

const RECEIVED: PeerSettings = { limit: { count: 2, counts: 'received' } };

describe.each([
  [0, ['10.1.0.0/16', '10.2.0.0/16', '10.3.3.0/24', '10.4.0.0/15']],
  [1, ['2001:db8:1::/48', '2001:db8:2::/48', '2001:db8:3::/64', '2001:db8:4::1/128']],
])('family %i', (family, [a, b, c, d]) => {
  test('the first ones in a message stay, the rest is refused', () => {
    const bench = new Bench();
    const peer = bench.peer(RECEIVED);
    expect(bench.announce(peer, {}, a!, b!, c!, d!)).toBe(Disposition.accept);
    expect(counts(bench, peer, family)).toEqual([2, 2, 2]);
    bench.withdraw(peer, a!);
    bench.announce(peer, {}, d!, c!);
    expect(counts(bench, peer, family)).toEqual([2, 2, 3]);
    bench.drop(peer);
    bench.expectEmpty();
  });

  test('each family has its own limit, and each peer', () => {
    const bench = new Bench();
    const peer = bench.peer(RECEIVED);
    const other = bench.peer({ ...RECEIVED, routerId: 2, address: '10.0.0.2' });
    bench.announce(peer, {}, a!, b!);
    bench.announce(peer, {}, family === 0 ? '2001:db8::/32' : '192.0.2.0/24');
    bench.announce(other, {}, a!, b!);
    expect([counts(bench, peer, family), counts(bench, peer, 1 - family)]).toEqual([
      [2, 2, 0],
      [1, 1, 0],
    ]);
    expect(counts(bench, other, family)).toEqual([2, 2, 0]);
  });
});

test('prefixes that are there get new attributes', () => {
  const bench = new Bench();
  const peer = bench.peer(RECEIVED);
  const listener = bench.peer({ routerId: 2, address: '10.0.0.2' });
  bench.announce(peer, {}, '10.1.0.0/16', '10.2.0.0/16');
  bench.announce(peer, { path: [65001, 65009] }, '10.1.0.0/16', '10.3.0.0/16', '10.2.0.0/16');
  expect(listener.receiver.get('10.2.0.0/16')).toContain('65009');
  expect(counts(bench, peer)).toEqual([2, 2, 1]);
});

test('host bits behind the length are not part of the prefix', () => {
  const bench = new Bench();
  const peer = bench.peer({ limit: { count: 1, counts: 'received' } });
  bench.announce(peer, {}, '10.1.0.0/17');
  const attributes = '4001010040020602010000fde9400304c0000201';
  const body = Buffer.from(`00000014${attributes}110a017f`, 'hex');
  expect(bench.engine.ingest(peer.index, body, 0, body.length)).toBe(Disposition.accept);
  expect(counts(bench, peer)).toEqual([1, 1, 0]);
});

test('a malformed prefix ends the session here as anywhere (RFC 7606 section 5.3)', () => {
  const bench = new Bench();
  const peer = bench.peer({ limit: { count: 1, counts: 'received' } });
  const attributes = '4001010040020602010000fde9400304c0000201';
  for (const nlri of ['180a0100210a010000', '180a01']) {
    const body = Buffer.from(`00000014${attributes}${nlri}`, 'hex');
    expect(bench.engine.ingest(peer.index, body, 0, body.length)).toBe(Disposition.sessionReset);
  }
});

describe.each([
  ['message by message', false],
  ['prefix by prefix', true],
])('accepted, by a policy that decides %s', (_how, perPrefix) => {
  const settings = (bench: Bench): PeerSettings => ({
    limit: { count: 1, counts: 'accepted' },
    import: withoutMed(bench, perPrefix),
  });

  test('what policy rejects does not count', () => {
    const bench = new Bench();
    const peer = bench.peer(settings(bench));
    bench.announce(peer, { med: 1 }, '10.1.0.0/16', '10.2.0.0/16');
    bench.announce(peer, {}, '10.3.0.0/16');
    bench.announce(peer, {}, '10.4.0.0/16');
    expect(counts(bench, peer)).toEqual([3, 1, 1]);
  });

  test('a rejected route that would be accepted now is replaced by nothing', () => {
    const bench = new Bench();
    const peer = bench.peer(settings(bench));
    bench.announce(peer, {}, '10.1.0.0/16');
    bench.announce(peer, { med: 1 }, '10.2.0.0/16');
    bench.announce(peer, {}, '10.2.0.0/16');
    expect(counts(bench, peer)).toEqual([1, 1, 1]);
  });

  test('one that is rejected now makes room', () => {
    const bench = new Bench();
    const peer = bench.peer(settings(bench));
    bench.announce(peer, {}, '10.1.0.0/16');
    bench.announce(peer, { med: 1 }, '10.1.0.0/16');
    bench.announce(peer, {}, '10.2.0.0/16');
    expect(counts(bench, peer)).toEqual([2, 1, 0]);
  });

  test('a policy that accepts more fills what room there is', () => {
    const bench = new Bench();
    const peer = bench.peer(settings(bench));
    bench.announce(peer, { med: 1 }, '10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16');
    const judged: number[] = [];
    bench.engine.reimported = (index) => judged.push(index);
    bench.change(peer, { import: acceptPolicy });
    expect(counts(bench, peer)).toEqual([1, 1, 2]);
    // One sweep for each family.
    expect(judged).toEqual([peer.index, peer.index]);
    bench.drop(peer);
    bench.expectEmpty();
  });

  test('a prefix that is refused leaves nothing behind', () => {
    const bench = new Bench();
    const peer = bench.peer(settings(bench));
    bench.announce(peer, {}, '10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16');
    expect(bench.engine.ribs[0]!.prefixes.count).toBe(1);
  });
});
