/** Which received routes take part in the selection: RFC 4271 sections 6.3 and 9.1.2, RFC 4456 section 8, RFC 7606. */
import { describe, expect, test } from 'vitest';
import { IMPORT_REASONS } from '../../src/engine/import-rules.ts';
import { rejectPolicy } from '../../src/policy/defaults.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { Bench, blobPolicy, LOCAL_AS, type PeerSettings, SELF4, SELF6, type TestPeer } from './harness.ts';
import { type Route, updateBody } from './update-body.ts';

const P = '198.51.100.0/24';

function counts({ engine }: Bench, { index }: TestPeer, family = 0) {
  const rib = engine.ribs[family]!;
  return { received: rib.received[index] ?? 0, accepted: rib.accepted[index] ?? 0 };
}

/** Why the only route of `peer` was not accepted, in words. */
function reason({ engine }: Bench, peer: TestPeer): string | undefined {
  const why = engine.rejectReason(peer.index, engine.ribs[0]!.paths.attrIn[1]!);
  return typeof why === 'number' ? IMPORT_REASONS[why] : why;
}

describe('ImportRules', () => {
  test.each<[string, PeerSettings, Route]>([
    ['our own AS is in AS_PATH', {}, { path: [65001, LOCAL_AS] }],
    [
      'our own AS is in AS_PATH',
      { as: LOCAL_AS },
      {
        segments: [
          { type: 2, asns: [65001] },
          { type: 1, asns: [65002, LOCAL_AS] },
        ],
      },
    ],
    [
      'ORIGINATOR_ID is our router id',
      { as: LOCAL_AS },
      { extra: [[0x80, 9, Uint8Array.of(10, 0, 0, 254)]] },
    ],
    [
      'our cluster id is in CLUSTER_LIST',
      { as: LOCAL_AS },
      { extra: [[0x80, 10, Uint8Array.of(1, 2, 3, 4, 10, 0, 0, 254)]] },
    ],
    ['next hop is our own address', {}, { nextHop: SELF4 }],
  ])('not accepted: %s', (words, settings, route) => {
    const bench = new Bench();
    const peer = bench.peer(settings);
    const listener = bench.peer({ routerId: 2, address: '10.0.0.2' });
    expect(bench.announce(peer, route, P)).toBe(Disposition.accept);
    expect(counts(bench, peer)).toEqual({ received: 1, accepted: 0 });
    expect(reason(bench, peer)).toContain(words);
    expect(listener.receiver.updates).toEqual([]);
  });

  test('ORIGINATOR_ID of an external peer is discarded unread (RFC 7606 section 7.9)', () => {
    const bench = new Bench();
    const peer = bench.peer();
    const route: Route = { extra: [[0x80, 9, Uint8Array.of(10, 0, 0, 254)]] };
    expect(bench.announce(peer, route, P)).toBe(Disposition.attributeDiscard);
    expect(counts(bench, peer)).toEqual({ received: 1, accepted: 1 });
  });

  test('a next hop that is any of our addresses is not accepted, of either family (RFC 4271 section 6.3)', () => {
    const bench = new Bench();
    const peer = bench.peer({ ownAddresses: [SELF4, '192.0.2.7', SELF6] });
    const accepts = (nextHop: string, text: string): boolean => {
      bench.announce(peer, { nextHop }, text);
      return counts(bench, peer, text === P ? 0 : 1).accepted === 1;
    };
    expect([SELF4, '192.0.2.7', '192.0.2.8'].map((hop) => accepts(hop, P))).toEqual([false, false, true]);
    const hops = [SELF6, `${SELF6} fe80::1`, '2001:db8::1', `2001:db8::1 fe80::1`];
    expect(hops.map((hop) => accepts(hop, '2001:db8:1::/48'))).toEqual([false, false, true, true]);
  });

  test('what sessions with other addresses of ours accept differs', () => {
    const bench = new Bench();
    const a = bench.peer();
    const b = bench.peer({ routerId: 2, address: '10.1.0.2', localAddress: '10.1.0.254' });
    bench.announce(a, { nextHop: '10.1.0.254' }, P);
    bench.announce(b, { nextHop: '10.1.0.254' }, P);
    expect([counts(bench, a).accepted, counts(bench, b).accepted]).toEqual([1, 0]);
  });

  test('a loop that replaces a good route takes it out of the selection', () => {
    const bench = new Bench();
    const a = bench.peer();
    const b = bench.peer({ routerId: 2, address: '10.0.0.2' });
    bench.announce(a, {}, P);
    bench.announce(a, { path: [65001, LOCAL_AS] }, P);
    expect(b.receiver.tables[0]!.size).toBe(0);
    expect(counts(bench, a)).toEqual({ received: 1, accepted: 0 });
  });
});

describe('import policy', () => {
  test('a rejected route stays in Adj-RIB-In and comes back with the policy', () => {
    const bench = new Bench();
    const a = bench.peer({ import: rejectPolicy });
    const b = bench.peer({ routerId: 2, address: '10.0.0.2' });
    bench.announce(a, {}, P);
    expect(counts(bench, a)).toEqual({ received: 1, accepted: 0 });
    expect(reason(bench, a)).toBe('policy');
    bench.change(a, { import: blobPolicy('all', bench.engine.attrs, (bytes) => bytes) });
    expect(counts(bench, a)).toEqual({ received: 1, accepted: 1 });
    expect(b.receiver.tables[0]!.size).toBe(1);
    bench.change(a, { import: rejectPolicy });
    expect(b.receiver.tables[0]!.size).toBe(0);
    bench.drop(a);
    bench.expectEmpty();
  });

  test('a policy that accepts does not make loops acceptable', () => {
    const bench = new Bench();
    const a = bench.peer({ import: rejectPolicy });
    bench.announce(a, { path: [LOCAL_AS] }, P);
    bench.change(a, { import: blobPolicy('all', bench.engine.attrs, (bytes) => bytes) });
    expect(counts(bench, a).accepted).toBe(0);
  });
});

describe('Engine.ingest', () => {
  test('one UPDATE may withdraw and announce; a prefix in both parts is announced (RFC 4271 section 4.3)', () => {
    const bench = new Bench();
    const a = bench.peer();
    bench.announce(a, {}, P, '203.0.113.0/24');
    bench.update(a, { withdraw: [P, '203.0.113.0/24'], announce: [P], route: { med: 1 } });
    expect(counts(bench, a)).toEqual({ received: 1, accepted: 1 });
  });

  test('treat-as-withdraw withdraws what the UPDATE announces (RFC 7606 section 2)', () => {
    const bench = new Bench();
    const a = bench.peer();
    bench.announce(a, {}, P, '203.0.113.0/24');
    const malformed: Route = { extra: [[0xc0, 8, Uint8Array.of(1, 2, 3)]] };
    expect(bench.announce(a, malformed, P)).toBe(Disposition.treatAsWithdraw);
    expect(counts(bench, a)).toEqual({ received: 1, accepted: 1 });
  });

  test('prefixes that cannot be read end the session (RFC 7606 section 5.3)', () => {
    const bench = new Bench();
    const a = bench.peer();
    const body = updateBody({ announce: [P] });
    body[body.length - 4] = 33;
    expect(bench.engine.ingest(a.index, body, 0, body.length)).toBe(Disposition.sessionReset);
    bench.drop(a);
    bench.expectEmpty();
  });

  test('host bits of a prefix are no part of it', () => {
    const bench = new Bench();
    const a = bench.peer();
    bench.announce(a, {}, '198.51.100.0/25');
    const body = updateBody({ announce: ['198.51.100.127/32'] });
    body[body.length - 5] = 25;
    bench.engine.ingest(a.index, body, 0, body.length);
    bench.drain();
    expect(counts(bench, a)).toEqual({ received: 1, accepted: 1 });
  });

  test('a family that was not agreed is ignored and counted (RFC 4760 section 7)', () => {
    const bench = new Bench();
    const only6 = bench.peer({ families: 2 });
    bench.announce(only6, {}, P);
    const only4 = bench.peer({ families: 1, routerId: 2, address: '10.0.0.2' });
    bench.announce(only4, {}, '2001:db8::/32');
    expect(bench.engine.ignoredFamilies).toBe(2);
    bench.expectEmpty();
  });

  test('End-of-RIB is noted by family (RFC 4724 section 2)', () => {
    const bench = new Bench();
    const a = bench.peer();
    const ended = () => [0, 1].map((family) => bench.engine.endOfRibReceived(a.index, family));
    bench.update(a, {});
    expect(ended()).toEqual([true, false]);
    const ipv6 = Uint8Array.of(0, 0, 0, 6, 0x80, 15, 3, 0, 2, 1);
    bench.engine.ingest(a.index, ipv6, 0, ipv6.length);
    expect(ended()).toEqual([true, true]);
  });
});
