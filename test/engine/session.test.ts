/**
 * Groups and sessions: joining, leaving, refresh (RFC 2918, RFC 7313), slow readers, changes while running.
 *
 * Over 300 lines: each is a short story on the same bench.
 */
import { describe, expect, test } from 'vitest';
import { acceptPolicy, rejectPolicy } from '../../src/policy/defaults.ts';
import { Disposition } from '../../src/wire/attributes/spec.ts';
import { Bench, contextOf, LOCAL_AS, peerParams, type TestPeer } from './harness.ts';
import { Receiver } from './receiver.ts';
import { type Update, updateBody } from './update-body.ts';

const EOR = ['eor ipv4-unicast', 'eor ipv6-unicast'];
const PREFIXES = ['198.51.100.0/24', '203.0.113.0/24', '192.0.2.0/24'];

function pair() {
  const bench = new Bench();
  return {
    bench,
    a: bench.peer({ as: 65001, routerId: 1, address: '10.0.0.1' }),
    b: bench.peer({ as: 65002, routerId: 2, address: '10.0.0.2' }),
  };
}

/** A session that has come up but has not been worked on. */
function fresh(bench: Bench, as = 65003): TestPeer {
  const settings = { as, routerId: 7, address: '10.0.0.7' };
  const receiver = new Receiver(contextOf(settings));
  return { index: bench.engine.addPeer(peerParams(settings, receiver))!, settings, receiver };
}

/** An UPDATE as arguments of `ingest`. */
function whole(update: Update): [Uint8Array, number, number] {
  const body = updateBody(update);
  return [body, 0, body.length];
}

/** So many /24 prefixes. */
const many = (count: number) => Array.from({ length: count }, (_, i) => `10.${i >>> 8}.${i & 255}.0/24`);

const group = (bench: Bench, { index }: TestPeer) => bench.engine.exporters[0]!.groupOf(index)!;

describe('join', () => {
  test('a new peer hears the table, then End-of-RIB of each family (RFC 4724 section 2)', () => {
    const { bench, a } = pair();
    bench.announce(a, {}, ...PREFIXES);
    const c = bench.peer({ as: 65003, routerId: 3, address: '10.0.0.3' });
    expect(c.receiver.tables[0]!.size).toBe(3);
    expect(c.receiver.marks).toEqual(EOR);
    expect(bench.groups()).toBe(1);
  });

  test('a peer index is free again when the last route of its peer is swept', () => {
    const { bench, a } = pair();
    const { index } = a;
    bench.announce(a, {}, ...PREFIXES);
    bench.engine.dropPeer(index);
    expect(fresh(bench).index).not.toBe(index);
    bench.drain();
    expect(fresh(bench).index).toBe(index);
    bench.drain();
  });

  test('a policy change during the first walk leaves End-of-RIB owed', () => {
    const { bench, a } = pair();
    bench.announce(a, {}, ...PREFIXES);
    const c = fresh(bench);
    bench.change(c, { mode: 'unchanged' });
    expect(c.receiver.marks).toEqual(EOR);
    expect(c.receiver.tables[0]!.size).toBe(3);
  });
});

describe('work', () => {
  test('a walk of several slices keeps up with changes before and behind its place', () => {
    const { bench, a, b } = pair();
    const prefixes = many(12_000);
    for (let at = 0; at < 12_000; at += 800) bench.announce(a, {}, ...prefixes.slice(at, at + 800));
    const c = fresh(bench);
    bench.engine.work();
    expect(c.receiver.tables[0]!.size).toBe(4096);
    bench.engine.ingest(a.index, ...whole({ withdraw: [prefixes[0]!, prefixes[11_999]!] }));
    bench.engine.ingest(
      a.index,
      ...whole({ announce: [prefixes[1]!, prefixes[11_998]!], route: { med: 1 } }),
    );
    bench.engine.work();
    bench.engine.ingest(
      a.index,
      ...whole({ announce: ['203.0.113.0/24', prefixes[0]!], route: { origin: 1 } }),
    );
    bench.drain();
    expect(b.receiver.tables[0]!.size).toBe(12_000);
    expect(c.receiver.tables).toEqual(b.receiver.tables);
    expect(c.receiver.needless).toBe(0);
    expect(bench.groups()).toBe(1);
  });

  test('a sweep of several slices: the peer that returns in between is another one', () => {
    const { bench, a, b } = pair();
    const prefixes = many(40_000);
    for (let at = 0; at < 40_000; at += 800) bench.announce(a, {}, ...prefixes.slice(at, at + 800));
    bench.engine.dropPeer(a.index);
    bench.engine.work();
    const back = fresh(bench);
    expect(back.index).not.toBe(a.index);
    bench.engine.ingest(back.index, ...whole({ announce: [prefixes[0]!, prefixes[39_999]!] }));
    bench.drain();
    expect([...b.receiver.tables[0]!.keys()].sort()).toEqual([prefixes[0]!, prefixes[39_999]!].sort());
    expect(back.receiver.tables[0]!.size).toBe(0);
    bench.drop(back);
    bench.expectEmpty();
  });
});

describe('dropPeer', () => {
  test('sweeps its routes, the others get withdrawals', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    expect(b.receiver.tables[0]!.size).toBe(3);
    bench.drop(a);
    expect(b.receiver.tables[0]!.size).toBe(0);
    expect(b.receiver.needless).toBe(0);
    bench.expectEmpty();
  });

  test('what a departed peer announces or withdraws is ignored', () => {
    const { bench, a } = pair();
    bench.drop(a);
    bench.announce(a, {}, ...PREFIXES);
    bench.expectEmpty();
  });
});

describe('refresh', () => {
  test('everything is sent again (RFC 2918), the group is whole afterwards', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    b.receiver.tables[0]!.clear();
    bench.engine.refresh(b.index, 0, false);
    expect(bench.groups()).toBe(2);
    bench.drain();
    expect(b.receiver.tables[0]!.size).toBe(3);
    expect(b.receiver.marks).toEqual(EOR);
    expect(a.receiver.updates).toEqual([]);
    expect(bench.groups()).toBe(1);
  });

  test('enhanced: between BoRR and EoRR (RFC 7313 section 4)', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    bench.engine.refresh(b.index, 0, true);
    expect(b.receiver.refreshing).toBe(true);
    bench.drain();
    expect(b.receiver.marks).toEqual([...EOR, 'borr ipv4-unicast', 'eorr ipv4-unicast']);
    expect(b.receiver.tables[0]!.size).toBe(3);
  });

  test('enhanced, during the first walk: no BoRR before End-of-RIB (RFC 7313 section 4.1)', () => {
    const { bench, a } = pair();
    bench.announce(a, {}, ...PREFIXES);
    const c = fresh(bench);
    bench.engine.refresh(c.index, 0, true);
    bench.drain();
    expect(c.receiver.marks.filter((mark) => mark.endsWith('ipv4-unicast'))).toEqual([
      'eor ipv4-unicast',
      'borr ipv4-unicast',
      'eorr ipv4-unicast',
    ]);
    expect(c.receiver.tables[0]!.size).toBe(3);
    expect(bench.groups()).toBe(1);
  });

  test('a policy change between BoRR and EoRR leaves EoRR owed', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    bench.engine.refresh(b.index, 0, true);
    bench.change(b, { mode: 'unchanged' });
    expect(b.receiver.marks.at(-1)).toBe('eorr ipv4-unicast');
    expect(b.receiver.get(PREFIXES[0]!)).toContain('nextHop=192.0.2.1');
  });
});

describe('beginRefresh, endRefresh', () => {
  test('what the peer does not repeat between BoRR and EoRR goes', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    bench.engine.beginRefresh(a.index, 0);
    bench.announce(a, {}, PREFIXES[0]!);
    bench.announce(a, { med: 3 }, PREFIXES[1]!);
    expect(b.receiver.tables[0]!.size).toBe(3);
    bench.engine.endRefresh(a.index, 0);
    bench.drain();
    expect([...b.receiver.tables[0]!.keys()]).toEqual(PREFIXES.slice(0, 2));
  });

  test('a change of import policy in between does not make old routes fresh', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    bench.engine.beginRefresh(a.index, 0);
    bench.change(a, { import: { ...acceptPolicy, name: 'other', key: 'other' } });
    bench.engine.endRefresh(a.index, 0);
    bench.drain();
    expect(b.receiver.tables[0]!.size).toBe(0);
  });

  test('BoRR right behind EoRR does not cost the routes that were repeated', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    bench.engine.beginRefresh(a.index, 0);
    bench.announce(a, {}, PREFIXES[0]!);
    bench.engine.endRefresh(a.index, 0);
    bench.engine.beginRefresh(a.index, 0);
    bench.drain();
    expect([...b.receiver.tables[0]!.keys()]).toEqual([PREFIXES[0]]);
  });

  test('nor does BoRR behind two EoRR', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    bench.engine.endRefresh(a.index, 0);
    bench.engine.endRefresh(a.index, 0);
    bench.engine.beginRefresh(a.index, 0);
    bench.drain();
    expect(b.receiver.tables[0]!.size).toBe(3);
  });
});

describe('slow peers', () => {
  test('a peer that cannot take more waits alone, hears the outcome only, and rejoins', () => {
    const { bench, a, b } = pair();
    const c = bench.peer({ as: 65003, routerId: 3, address: '10.0.0.3' });
    c.receiver.room = false;
    bench.announce(a, {}, PREFIXES[0]!);
    expect(bench.groups()).toBe(2);
    const heard = c.receiver.updates.length;
    for (let med = 1; med <= 20; med++) bench.announce(a, { path: [65001, 65000 + med + 10] }, ...PREFIXES);
    expect(c.receiver.updates.length).toBe(heard);
    expect(b.receiver.updates.length).toBe(heard + 20);
    bench.withdraw(a, PREFIXES[2]!);
    c.receiver.room = true;
    bench.engine.resume(c.index);
    bench.drain();
    expect(c.receiver.tables).toEqual(b.receiver.tables);
    expect(c.receiver.updates.length).toBe(heard + 1);
    expect(c.receiver.needless).toBe(0);
    expect(bench.groups()).toBe(1);
  });

  test('a peer whose last batch was too much rejoins although nothing has changed since', () => {
    const { bench, a } = pair();
    bench.announce(a, {}, ...PREFIXES);
    const c = fresh(bench);
    c.receiver.room = false;
    bench.drain();
    expect(bench.groups()).toBe(2);
    bench.engine.resume(c.index);
    bench.drain();
    expect(bench.groups()).toBe(1);
  });

  test('a slow peer keeps the id of a withdrawn prefix until it has heard of it or left', () => {
    const { bench, a, b } = pair();
    b.receiver.room = false;
    bench.announce(a, {}, ...PREFIXES);
    bench.withdraw(a, ...PREFIXES);
    expect(bench.engine.ribs[0]!.prefixes.count).toBe(3);
    bench.drop(b);
    bench.expectEmpty();
  });
});

describe('changePeer', () => {
  test('an export policy that rejects withdraws everything, one that accepts announces it', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    bench.change(b, { export: rejectPolicy });
    expect(b.receiver.tables[0]!.size).toBe(0);
    expect(group(bench, b).advertisedTo(b.index)).toBe(0);
    bench.change(b, { export: peerParams({}, b.receiver).export });
    expect(b.receiver.tables[0]!.size).toBe(3);
    expect(group(bench, b)).toBe(group(bench, a));
  });

  test('a change of import alone sends the peer nothing anew', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    const heard = b.receiver.updates.length;
    bench.change(b, { import: rejectPolicy });
    expect(b.receiver.updates.length).toBe(heard);
    expect(bench.groups()).toBe(1);
  });

  test('everything is gone when everybody is gone', () => {
    const { bench, a, b } = pair();
    const internal = bench.peer({ as: LOCAL_AS, routerId: 4, address: '10.0.0.4', mode: 'unchanged' });
    bench.announce(a, { med: 1 }, ...PREFIXES);
    bench.announce(b, { med: 2 }, ...PREFIXES, '0.0.0.0/0');
    bench.announce(internal, { localPref: 3 }, '2001:db8::/32');
    bench.network('198.51.100.0/24', bench.blob({ path: [] }));
    for (const peer of [a, internal, b]) bench.drop(peer);
    expect(bench.withdrawNetwork('198.51.100.0/24')).toBe(true);
    expect(bench.withdrawNetwork('198.51.100.0/24')).toBe(false);
    bench.expectEmpty();
  });
});

describe('disableFamily', () => {
  const V6 = ['2001:db8:1::/48', '2001:db8:2::/48'];
  const known = (bench: Bench, family: number) => bench.engine.ribs[family]!.prefixes.count;

  test('the routes of the family go, what comes is ignored, the other family and the session stay', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    bench.announce(a, { nextHop: '2001:db8::1' }, ...V6);
    bench.engine.disableFamily(a.index, 1, 'bad next hop length');
    bench.drain();
    expect([known(bench, 0), known(bench, 1)]).toEqual([3, 0]);
    expect(b.receiver.tables[1]!.size).toBe(0);
    expect(b.receiver.tables[0]!.size).toBe(3);

    const ignored = bench.engine.ignoredFamilies;
    bench.announce(a, { nextHop: '2001:db8::1' }, ...V6);
    expect(known(bench, 1)).toBe(0);
    expect(bench.engine.ignoredFamilies).toBe(ignored + 1);
    bench.announce(a, {}, '10.0.0.0/8');
    expect(known(bench, 0)).toBe(4);
    expect(bench.engine.disabledReason(a.index, 0)).toBeUndefined();
    expect(bench.engine.disabledReason(a.index, 1)).toBe('bad next hop length');
  });

  test('IPv4 in the places of RFC 4271: prefixes that cannot be read do no harm any more', () => {
    const { bench, a, b } = pair();
    bench.announce(a, {}, ...PREFIXES);
    bench.engine.disableFamily(a.index, 0, 'test');
    bench.drain();
    bench.announce(a, {}, ...PREFIXES);
    expect(bench.engine.ingest(a.index, Uint8Array.of(0, 1, 99, 0, 0), 0, 5)).toBe(Disposition.accept);
    expect(known(bench, 0)).toBe(0);
    expect(b.receiver.tables[0]!.size).toBe(0);
  });

  test('the peer still hears our routes of the family, and other peers announce theirs', () => {
    const { bench, a, b } = pair();
    bench.engine.disableFamily(a.index, 0, 'test');
    bench.announce(b, {}, ...PREFIXES);
    expect(a.receiver.tables[0]!.size).toBe(3);
  });

  test('a policy change does not open it again, a new session does', () => {
    const { bench, a } = pair();
    bench.engine.disableFamily(a.index, 0, 'test');
    bench.change(a, { import: rejectPolicy });
    bench.change(a, { import: acceptPolicy });
    bench.announce(a, {}, ...PREFIXES);
    expect(known(bench, 0)).toBe(0);
    bench.engine.dropPeer(a.index);
    bench.drain();
    expect(bench.engine.disabledReason(a.index, 0)).toBeUndefined();
    const again = bench.peer({ as: 65001, routerId: 1, address: '10.0.0.1' });
    bench.announce(again, {}, ...PREFIXES);
    expect(known(bench, 0)).toBe(3);
  });

  test('the first reason stands; a family that was not agreed is left alone', () => {
    const { bench } = pair();
    const c = bench.peer({ as: 65003, routerId: 3, address: '10.0.0.3', families: 1 });
    bench.engine.disableFamily(c.index, 1, 'not agreed');
    expect(bench.engine.disabledReason(c.index, 1)).toBeUndefined();
    bench.engine.disableFamily(c.index, 0, 'first');
    bench.engine.disableFamily(c.index, 0, 'second');
    expect(bench.engine.disabledReason(c.index, 0)).toBe('first');
  });
});
