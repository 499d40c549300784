/** Routes of our own as peers hear them: UPDATEs counted, audiences, and the wait until they are on their way. */
import { expect, test } from 'vitest';
import { established, type Running, run, until } from './fixtures.ts';
import { ManualClock, turns } from './manual-clock.ts';
import { MemoryTransport } from './memory-transport.ts';
import { KEEPALIVE, message, type RawPeer, REFRESH, UPDATE } from './raw-peer.ts';

const ONE = '192.0.2.11';
const TWO = '192.0.2.12';
const THREE = '192.0.2.13';

interface Setup extends AsyncDisposable {
  readonly subject: Running;
  readonly clock: ManualClock;
  readonly peers: readonly RawPeer[];
}

async function setup(): Promise<Setup> {
  const clock = new ManualClock();
  const transport = new MemoryTransport();
  const neighbor = (address: string, as: number) =>
    `{ address: ${address}, peer-as: ${as}, passive: true, import: accept, export: accept }`;
  const subject = await run(
    `
as: 65001
router-id: 10.0.0.1
listen: ["192.0.2.1:179"]
neighbors: [${neighbor(ONE, 65011)}, ${neighbor(TWO, 65012)}, ${neighbor(THREE, 65013)}]
networks: [{ prefix: 10.0.0.0/8 }]
`,
    { clock, transport },
  );
  const peers: RawPeer[] = [];
  for (const [address, as] of [
    [ONE, 65011],
    [TWO, 65012],
    [THREE, 65013],
  ] as const) {
    peers.push(
      await transport
        .connect(address)
        .establish({ as, routerId: `c00002${(as % 100).toString(16).padStart(2, '0')}` }),
    );
    await until(() => established(subject, address), address);
  }
  await turns(10);
  return {
    subject,
    clock,
    peers,
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.socket.destroy();
      await subject[Symbol.asyncDispose]();
    },
  };
}

/** Bodies of the UPDATEs that have come since the call before. */
function news(peer: RawPeer): string[] {
  const updates = peer.messages.filter(({ type }) => type === UPDATE).map(({ body }) => body);
  peer.messages.length = 0;
  return updates;
}

const numbered = (count: number, med?: number) =>
  Array.from({ length: count }, (_, i) => ({
    prefix: `10.1.${i >> 8}.${i & 255}/32`,
    ...(med !== undefined && { med }),
  }));

test('OwnRoutes.set: peers hear only the difference, in as few UPDATEs as it takes', async () => {
  await using it = await setup();
  const [one] = it.peers as [RawPeer];
  news(one);
  const { ownRoutes } = it.subject.speaker;
  ownRoutes.set('api:x', numbered(100));
  await turns();
  expect(news(one)).toHaveLength(1);
  ownRoutes.set('api:x', numbered(100));
  await turns();
  expect(news(one)).toEqual([]);
  ownRoutes.set('api:x', [...numbered(100).slice(2), { prefix: '203.0.113.0/24' }]);
  await turns();
  const [withdrawn, announced, ...rest] = news(one).sort();
  expect(rest).toEqual([]);
  expect(announced).toBe('000a200a010000200a0100010000');
  expect(withdrawn!.endsWith('18cb0071')).toBe(true);
});

test('OwnRoutes.announce: with a time to live, renewed without an UPDATE, withdrawn when it is over', async () => {
  await using it = await setup();
  const [one] = it.peers as [RawPeer];
  const { ownRoutes } = it.subject.speaker;
  news(one);
  ownRoutes.announce('cli', { prefix: '203.0.113.0/24' }, { ttlMilliseconds: 30_000 });
  await it.clock.advance(20_000);
  expect(news(one)).toHaveLength(1);
  ownRoutes.announce('cli', { prefix: '203.0.113.0/24' }, { ttlMilliseconds: 30_000 });
  await it.clock.advance(29_000);
  expect(news(one)).toEqual([]);
  await it.clock.advance(1000);
  expect(news(one)).toEqual(['000418cb00710000']);
  expect(it.subject.events.filter(({ type }) => type === 'announcementsExpired')).toEqual([
    { type: 'announcementsExpired', owner: 'cli', count: 1, prefixes: ['203.0.113.0/24'] },
  ]);
});

test('OwnRoutes: every attribute is on the wire as it was given', async () => {
  await using it = await setup();
  const [one] = it.peers as [RawPeer];
  news(one);
  it.subject.speaker.ownRoutes.announce('cli', {
    prefix: '203.0.113.0/24',
    nextHop: '198.51.100.7',
    origin: 'egp',
    asPath: [65100, 65200],
    med: 5,
    communities: [0xfde90001],
    largeCommunities: [[65001, 1, 2]],
    extendedCommunities: ['0002fde900000001'],
    atomicAggregate: true,
    aggregator: { as: 65001, address: '10.0.0.1' },
  });
  await turns();
  expect(news(one)).toEqual([
    '0000' +
      '0052' +
      '40010101' +
      `40020e0203${'0000fde9'}${'0000fe4c'}${'0000feb0'}` +
      '400304c6336407' +
      '80040400000005' +
      '400600' +
      'c007080000fde90a000001' +
      'c00804fde90001' +
      'c010080002fde900000001' +
      'c0200c0000fde90000000100000002' +
      '18cb0071',
  ]);
});

test('OwnRoutes: a route for some neighbors is heard by them alone, also after a refresh', async () => {
  await using it = await setup();
  const [one, two, three] = it.peers as [RawPeer, RawPeer, RawPeer];
  const { ownRoutes } = it.subject.speaker;
  const advertised = (address: string) =>
    it.subject.speaker
      .routes({ advertised: address })
      .map(({ prefix }) => prefix)
      .sort();
  for (const peer of it.peers) news(peer);
  ownRoutes.announce('cli', { prefix: '203.0.113.0/24', peers: [ONE, TWO] });
  await turns(10);
  // What they know already is not told again because the groups are others now.
  expect(news(one)).toHaveLength(1);
  expect(news(two)).toHaveLength(1);
  expect(news(three)).toEqual([]);
  for (const peer of it.peers) peer.send(message(REFRESH, '00010001'));
  await turns(10);
  expect(news(one).some((body) => body.includes('18cb0071'))).toBe(true);
  expect(news(three).some((body) => body.includes('18cb0071'))).toBe(false);
  news(two);
  expect(advertised(THREE)).toEqual(['10.0.0.0/8']);

  ownRoutes.announce('cli', { prefix: '203.0.113.0/24', peers: [TWO, THREE] });
  await turns(10);
  expect(news(one)).toEqual(['000418cb00710000']);
  expect(news(two)).toEqual([]);
  expect(news(three)).toHaveLength(1);
  expect([advertised(ONE), advertised(TWO)]).toEqual([['10.0.0.0/8'], ['10.0.0.0/8', '203.0.113.0/24']]);

  ownRoutes.announce('cli', { prefix: '203.0.113.0/24' });
  await turns(10);
  expect([news(one).length, news(two).length, news(three).length]).toEqual([1, 0, 0]);
  expect(it.subject.speaker.engine.exporters[0]!.audiences.size).toBe(0);
  await it.clock.advance(60_000);
  expect(it.subject.speaker.engine.exporters[0]!.groups.size).toBe(1);
});

test('OwnRoutes: when the sessions of an audience are gone, so is their update group', async () => {
  await using it = await setup();
  const [one, , three] = it.peers as [RawPeer, RawPeer, RawPeer];
  it.subject.speaker.ownRoutes.announce('cli', { prefix: '203.0.113.0/24', peers: [THREE] });
  await turns(10);
  const before = it.subject.speaker.routes({ advertised: THREE }).length;
  expect(before).toBe(2);
  three.socket.destroy();
  one.socket.destroy();
  await until(() => !established(it.subject, THREE) && !established(it.subject, ONE), 'sessions down');
  await turns(10);
  expect(it.subject.speaker.engine.exporters[0]!.groups.size).toBe(1);
});

test('OwnRoutes.flushed: true when the peers have taken it, false when one does not read', async () => {
  await using it = await setup();
  const { ownRoutes } = it.subject.speaker;
  const [one] = it.peers as [RawPeer];
  ownRoutes.set('api:x', numbered(2000, 1));
  expect(await ownRoutes.flushed(1000)).toBe(true);
  // All of it, and nothing on the way any more: 2000 routes of 5 octets are three messages.
  expect(it.subject.speaker.neighbor(ONE)!.families[0]!.advertised).toBe(2001);

  one.socket.pause();
  ownRoutes.set('api:x', numbered(20_000, 2));
  let done: boolean | undefined;
  const waiting = ownRoutes.flushed(1000).then((result) => {
    done = result;
  });
  await turns(20);
  expect(done).toBeUndefined();
  await it.clock.advance(1000);
  await waiting;
  expect(done).toBe(false);

  const gone = ownRoutes.flushed(1000);
  one.socket.destroy();
  expect(await gone).toBe(true);
});

/** Takes the UPDATEs that have come into account: the IPv4 prefixes that the peer has now, with their MED. */
function apply(peer: RawPeer, table: Map<string, number | undefined>): void {
  for (const body of news(peer)) {
    const bytes = Buffer.from(body, 'hex');
    const withdrawnEnd = 2 + bytes.readUInt16BE(0);
    const nlri = withdrawnEnd + 2 + bytes.readUInt16BE(withdrawnEnd);
    const med = /80040400(.{6})/.exec(body)?.[1];
    for (const prefix of prefixesIn(bytes, 2, withdrawnEnd)) expect(table.delete(prefix), prefix).toBe(true);
    for (const prefix of prefixesIn(bytes, nlri, bytes.length))
      table.set(prefix, med === undefined ? undefined : Number.parseInt(med, 16));
  }
}

function* prefixesIn(bytes: Buffer, start: number, end: number): Iterable<string> {
  for (let at = start; at < end; ) {
    const length = bytes[at]!;
    const octets = Math.ceil(length / 8);
    yield `${bytes.toString('hex', at + 1, at + 1 + octets)}/${length}`;
    at += 1 + octets;
  }
}

test('OwnRoutes: whatever owners want, every peer has what it may hear and nothing else', async () => {
  await using it = await setup();
  const { ownRoutes } = it.subject.speaker;
  const addresses = [ONE, TWO, THREE];
  const tables = it.peers.map((peer) => {
    const table = new Map<string, number | undefined>();
    apply(peer, table);
    return table;
  });
  let state = 7;
  const random = (below: number) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % below;
  };
  const route = () => {
    const heard = addresses.filter(() => random(2) === 0);
    return {
      prefix: `10.7.${random(12)}.0/24`,
      med: 1 + random(3),
      ...(heard.length > 0 && heard.length < 3 && { peers: heard }),
    };
  };
  for (let step = 0; step < 150; step++) {
    const owner = ['cli', 'api:a', 'vip:b'][random(3)]!;
    const one = route();
    const action = random(8);
    if (action === 0) ownRoutes.set(owner, [one]);
    else if (action === 1) ownRoutes.remove(owner);
    else if (action === 2) ownRoutes.withdraw(owner, one.prefix);
    else if (action === 3) it.peers[random(3)]!.send(message(REFRESH, '00010001'));
    else if (action === 4) {
      for (const peer of it.peers) peer.send(message(KEEPALIVE));
      await turns();
      await it.clock.advance(20_000);
    } else ownRoutes.announce(owner, one, { ttlMilliseconds: random(3) === 0 ? 30_000 : undefined });
    if (random(3) > 0) continue;
    await turns(6);
    for (const [i, peer] of it.peers.entries()) {
      apply(peer, tables[i]!);
      const wanted = ownRoutes
        .entries()
        .filter(({ active, route: { peers } }) => active && (peers?.includes(addresses[i]!) ?? true))
        .map(({ route: { prefix, med } }) => [prefix.startsWith('10.7.') ? prefix : '0a/8', med]);
      const had = [...tables[i]!].map(([prefix, med]) => [
        prefix.startsWith('0a07') ? `10.7.${Number.parseInt(prefix.slice(4, 6), 16)}.0/24` : prefix,
        med,
      ]);
      expect(had.sort(), `step ${step}, ${addresses[i]}`).toEqual(wanted.sort());
    }
  }
});
