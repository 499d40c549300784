/** Two speakers: sessions come up, exchange routes, follow a changed configuration and recover. */
import { expect, test } from 'vitest';
import { configOf, established, pause, prefixes, type Running, run, until } from './fixtures.ts';
import { ManualClock, turns } from './manual-clock.ts';
import { KEEPALIVE, message, RawPeer } from './raw-peer.ts';

const A = '127.0.0.1';
const B = '127.0.0.2';
const families = (address: string, v6: string) =>
  `families: [ipv4-unicast, ipv6-unicast], next-hop: [${address}, "${v6}"]`;
const ACCEPT = 'import: accept, export: accept';
const FAST = 'connect-retry: 100ms, idle-hold-time: 10ms, idle-hold-time-maximum: 20ms';

function passiveConfig(neighbor: string, networks = '', more = ''): string {
  return `
as: 65001
router-id: 10.0.0.1
listen: ["${A}:0"]
neighbors:
  - { address: ${B}, peer-as: external, passive: true, ${FAST}, ${neighbor} }
${more}
networks: [${networks}]
`;
}

function activeConfig(port: number, neighbor: string, networks = '', as = 65002): string {
  return `
as: ${as}
router-id: 10.0.0.2
listen: []
neighbors:
  - { address: ${A}, port: ${port}, peer-as: 65001, local-address: ${B}, ${FAST}, ${neighbor} }
networks: [${networks}]
`;
}

interface Pair extends AsyncDisposable {
  readonly a: Running;
  readonly b: Running;
}

async function pair(
  settings: { a?: string; b?: string; as?: number; networksB?: string } = {},
): Promise<Pair> {
  const a = await run(passiveConfig(settings.a ?? ACCEPT, '{ prefix: 10.1.0.0/16 }'));
  const networks = settings.networksB ?? '{ prefix: 10.2.0.0/16 }';
  const b = await run(activeConfig(a.port, settings.b ?? ACCEPT, networks, settings.as));
  await until(() => established(a, B) && established(b, A), 'the session');
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await b[Symbol.asyncDispose]();
      await a[Symbol.asyncDispose]();
    },
  };
}

test('Speaker: a session carries routes of both families both ways, then End-of-RIB', async () => {
  const a = await run(
    passiveConfig(
      `${ACCEPT}, ${families(A, '2001:db8::1')}`,
      '{ prefix: 10.1.0.0/16 }, { prefix: "2001:db8:1::/48", med: 7 }',
    ),
  );
  const b = await run(
    activeConfig(
      a.port,
      `${ACCEPT}, ${families(B, '2001:db8::2')}`,
      '{ prefix: 10.2.0.0/16 }, { prefix: "2001:db8:2::/48" }',
    ),
  );
  await using _a = a;
  await using _b = b;
  await until(() => prefixes(a).length === 2 && prefixes(b).length === 2, 'IPv4 routes');
  await until(
    () => prefixes(a, 'ipv6-unicast').length === 2 && prefixes(b, 'ipv6-unicast').length === 2,
    'IPv6 routes',
  );
  const all = () => [...a.speaker.neighbor(B)!.families, ...b.speaker.neighbor(A)!.families];
  await until(() => all().every(({ endOfRibReceived }) => endOfRibReceived), 'End-of-RIB');
  for (const family of all())
    expect(family).toMatchObject({ negotiated: true, received: 1, accepted: 1, advertised: 1 });
  expect(b.speaker.routes({ prefix: '2001:db8:1::/48' })).toMatchObject([
    { peer: A, best: true, asPath: '65001', med: 7, nextHop: '2001:db8::1', origin: 'igp' },
  ]);
  expect(a.speaker.neighbor(B)).toMatchObject({ peerAs: 65002, routerId: '10.0.0.2', type: 'external' });
});

test('Speaker.apply: networks come and go without a reset', async () => {
  await using both = await pair();
  const { a, b } = both;
  await until(() => prefixes(b).includes('10.1.0.0/16'), 'the first route');
  a.speaker.apply(configOf(passiveConfig(ACCEPT, '{ prefix: 10.3.0.0/16 }')));
  await until(() => prefixes(b).join() === '10.2.0.0/16,10.3.0.0/16', 'one gone, one new');
  expect(b.speaker.neighbor(A)).toMatchObject({ state: 'Established', flaps: 0 });
});

test('Speaker.apply: import accept, reject, accept keeps the session', async () => {
  await using both = await pair();
  const { a, b } = both;
  await until(() => prefixes(b).includes('10.1.0.0/16'), 'the route');
  const policy = (name: string) =>
    b.speaker.apply(
      configOf(activeConfig(a.port, `import: ${name}, export: accept`, '{ prefix: 10.2.0.0/16 }')),
    );
  const accepted = () => b.speaker.neighbor(A)!.families[0]!.accepted;
  policy('reject');
  await until(() => accepted() === 0, 'rejected');
  expect(b.speaker.routes({ received: A })).toMatchObject([
    { accepted: false, best: false, rejectReason: 'import policy' },
  ]);
  policy('accept');
  await until(() => accepted() === 1, 'accepted again');
  expect(b.speaker.routes({ prefix: '10.1.0.0/16' })).toMatchObject([{ best: true, accepted: true }]);
  expect(b.speaker.neighbor(A)).toMatchObject({ state: 'Established', flaps: 0, importPolicy: 'accept' });
  expect(a.speaker.neighbor(B)!.flaps).toBe(0);
});

test('Speaker.apply: export to reject withdraws, to accept announces again', async () => {
  await using both = await pair();
  const { a, b } = both;
  const policy = (name: string) =>
    b.speaker.apply(
      configOf(activeConfig(a.port, `import: accept, export: ${name}`, '{ prefix: 10.2.0.0/16 }')),
    );
  await until(() => prefixes(a).length === 2, 'the route');
  policy('reject');
  await until(() => prefixes(a).length === 1, 'withdrawn');
  policy('accept');
  await until(() => prefixes(a).length === 2, 'announced again');
  expect(a.speaker.neighbor(B)!.flaps).toBe(0);
});

test('Speaker.apply: another hold time is another session, with Cease/6', async () => {
  await using both = await pair();
  const { a, b } = both;
  b.speaker.apply(configOf(activeConfig(a.port, `${ACCEPT}, hold-time: 30s`, '{ prefix: 10.2.0.0/16 }')));
  await until(() => a.speaker.neighbor(B)?.holdTimeSeconds === 30, 'the new session');
  expect(a.notices(B)[0]).toMatchObject({
    oldState: 'Established',
    direction: 'received',
    code: 6,
    subcode: 6,
  });
  expect(a.speaker.neighbor(B)).toMatchObject({ flaps: 1, keepaliveSeconds: 10 });
  await until(() => prefixes(a).length === 2 && prefixes(b).length === 2, 'all routes again');
});

test('Speaker.apply: a neighbor that is removed hears Cease/3, one that is added gets its session', async () => {
  await using both = await pair();
  const { a } = both;
  const raw = '127.0.0.4';
  const config = (addresses: string[]) =>
    configOf(
      passiveConfig(
        ACCEPT,
        '{ prefix: 10.1.0.0/16 }',
        addresses.map((it) => `  - { address: ${it}, peer-as: 65004, passive: true, ${ACCEPT} }`).join('\n'),
      ),
    );
  a.speaker.apply(config([raw]));
  const peer = await (await RawPeer.connect(a.port, raw)).establish({ as: 65004 });
  await until(() => established(a, raw), 'the added neighbor');
  a.speaker.apply(config([]));
  await peer.closed;
  expect(peer.notifications).toEqual(['0603']);
  expect(a.speaker.neighbor(raw)).toBeUndefined();
  expect(a.events.findLast(({ type }) => type === 'reloaded')).toMatchObject({ removed: [raw] });
  expect(a.speaker.neighbor(B)).toMatchObject({ state: 'Established', flaps: 0 });
});

test('Speaker: a peer that restarts has its routes withdrawn and gets all of them again', async () => {
  const a = await run(passiveConfig(ACCEPT, '{ prefix: 10.1.0.0/16 }'));
  await using _ = a;
  for (let restart = 0; restart < 3; restart++) {
    const b = await run(activeConfig(a.port, ACCEPT, '{ prefix: 10.2.0.0/16 }'));
    await until(() => prefixes(a).length === 2 && prefixes(b).length === 2, 'routes');
    await b.speaker.stop('restart');
    await until(() => prefixes(a).length === 1, 'the routes of the peer are gone');
    expect(a.speaker.neighbor(B)).toMatchObject({
      flaps: restart + 1,
      lastError: { direction: 'received', code: 6, subcode: 2, shutdownMessage: 'restart' },
    });
  }
});

test.each(['true', 'false'])(
  'Speaker: a 4-octet AS and four-octet-as: %s on the other side',
  async (four) => {
    await using both = await pair({ a: `${ACCEPT}, four-octet-as: ${four}`, as: 4_200_000_001 });
    const { a, b } = both;
    await until(() => prefixes(a).length === 2 && prefixes(b).length === 2, 'routes');
    expect(a.speaker.routes({ prefix: '10.2.0.0/16' })).toMatchObject([{ asPath: '4200000001' }]);
    expect(b.speaker.routes({ prefix: '10.1.0.0/16' })).toMatchObject([{ asPath: '65001' }]);
    expect(a.speaker.neighbor(B)!.peerAs).toBe(4_200_000_001);
  },
);

test('Speaker: a peer with a 4-octet AS that cannot say so is no peer', async () => {
  const a = await run(passiveConfig(ACCEPT));
  const b = await run(activeConfig(a.port, `${ACCEPT}, four-octet-as: false`, '', 4_200_000_001));
  await using _a = a;
  await using _b = b;
  await until(() => a.notices(B).length > 0, 'the refusal');
  expect(a.notices(B)[0]).toMatchObject({
    reason: 'peer is AS 23456, which is reserved',
    code: 2,
    subcode: 2,
  });
});

test('Speaker: extended messages are used when both offer them, and only then', async () => {
  const communities = Array.from({ length: 1500 }, (_, i) => `"65000:${i}"`).join(', ');
  const big = `{ prefix: 10.2.0.0/16, communities: [${communities}] }, { prefix: 10.4.0.0/16 }`;
  {
    await using both = await pair({ networksB: big });
    await until(() => prefixes(both.a).length === 3, 'the big route as well');
    expect(both.a.speaker.routes({ prefix: '10.2.0.0/16' })[0]!.communities).toHaveLength(1500);
  }
  await using both = await pair({ a: `${ACCEPT}, extended-message: false`, networksB: big });
  await until(() => both.a.speaker.neighbor(B)!.families[0]!.endOfRibReceived, 'End-of-RIB');
  expect(prefixes(both.a)).toEqual(['10.1.0.0/16', '10.4.0.0/16']);
  expect(both.b.speaker.neighbor(A)!.families[0]!.advertised).toBe(1);
});

test('Speaker.stop: Cease/2 with its text reaches the peer, however slow; and it takes two seconds at most', async () => {
  const a = await run(passiveConfig(ACCEPT, '{ prefix: 10.1.0.0/16 }'));
  const peer = await (await RawPeer.connect(a.port, B)).establish();
  await until(() => established(a, B), 'the session');
  peer.socket.pause();
  const start = performance.now();
  await a.speaker.stop('maintenance');
  expect(performance.now() - start).toBeLessThan(2500);
  peer.socket.resume();
  await peer.closed;
  expect(peer.notifications).toEqual([`06020b${Buffer.from('maintenance').toString('hex')}`]);
  expect(a.events.at(-1)).toEqual({ type: 'stopped', reason: 'maintenance' });
});

test('Speaker: a peer that falls silent is told that the hold timer expired; KEEPALIVEs come at a third', async () => {
  const clock = new ManualClock();
  const a = await run(passiveConfig(ACCEPT), { clock });
  await using _ = a;
  const peer = await (await RawPeer.connect(a.port, B)).establish({ holdTime: 30 });
  await until(() => established(a, B), 'the session');
  const keepalives = () => peer.messages.filter(({ type }) => type === KEEPALIVE).length;
  for (let third = 1; third <= 9; third++) {
    await clock.advance(10_000);
    await until(() => keepalives() === 1 + third, 'a KEEPALIVE each ten seconds');
    if (third <= 6) peer.send(message(KEEPALIVE));
    await turns();
    expect(established(a, B)).toBe(third < 9);
  }
  await peer.closed;
  expect(peer.notifications).toEqual(['0400']);
  expect(a.notices(B)).toMatchObject([{ reason: 'hold timer expired: nothing heard for 30 seconds' }]);
});

test('Connection: a blocked event loop does not end a session whose KEEPALIVEs wait in the socket', async () => {
  const a = await run(passiveConfig(`${ACCEPT}, hold-time: 3s`));
  await using _ = a;
  const peer = await (await RawPeer.connect(a.port, B)).establish({ holdTime: 3 });
  await until(() => established(a, B), 'the session');
  for (let i = 0; i < 2; i++) {
    // The bytes are in the kernel before the loop stands still.
    peer.send(message(KEEPALIVE));
    await pause(20);
    const end = performance.now() + 3300;
    peer.send(message(KEEPALIVE));
    while (performance.now() < end);
    await pause(50);
    expect(a.speaker.neighbor(B)).toMatchObject({ state: 'Established', flaps: 0 });
  }
});
