/** Queries of the tables, and route refresh both ways. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { established, prefixes, type Running, run, until } from './fixtures.ts';
import { message, RawPeer, REFRESH, UPDATE, updateMessage } from './raw-peer.ts';

const FIRST = '127.0.0.2';
const SECOND = '127.0.0.3';
const INTERNAL = '127.0.0.4';

let subject: Running;
let first: RawPeer;
let second: RawPeer;
let internal: RawPeer;

beforeAll(async () => {
  subject = await run(`
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
neighbors:
  - { address: ${FIRST}, peer-as: 65002, passive: true, import: accept, export: accept }
  - { address: ${SECOND}, peer-as: 65003, passive: true, import: accept, export: accept }
  - { address: ${INTERNAL}, peer-as: internal, passive: true }
  - { address: 127.0.0.5, peer-as: 65005, passive: true }
networks:
  - { prefix: 10.0.0.0/8, med: 5, communities: ["65001:1", no-export] }
  - { prefix: 10.1.0.0/16, origin: incomplete, communities: ["65001:2"], large-communities: ["65001:1:2"] }
  - { prefix: "2001:db8::/32" }
`);
  const connect = async (from: string, as: number) =>
    (await RawPeer.connect(subject.port, from)).establish({
      as,
      routerId: `0a0000${from.slice(-1).padStart(2, '0')}`,
    });
  first = await connect(FIRST, 65002);
  second = await connect(SECOND, 65003);
  internal = await connect(INTERNAL, 65001);
  for (const peer of [FIRST, SECOND, INTERNAL]) await until(() => established(subject, peer), peer);
  first.send(updateMessage('18cb007118c63364'));
  await until(() => subject.speaker.routes({ prefix: '203.0.113.0/24' }).length === 1, 'a route');
});

afterAll(async () => {
  for (const peer of [first, second, internal]) peer.socket.destroy();
  await subject[Symbol.asyncDispose]();
});

const bodies = (peer: RawPeer, type: number, from = 0) =>
  peer.messages
    .slice(from)
    .filter((received) => received.type === type)
    .map(({ body }) => body);

test('Speaker.routes: an exact prefix, nothing shorter or longer', () => {
  expect(subject.speaker.routes({ prefix: '10.0.0.0/8' })).toMatchObject([
    {
      prefix: '10.0.0.0/8',
      peer: 'local',
      best: true,
      med: 5,
      nextHop: 'self',
      communities: ['65001:1', 'no-export'],
    },
  ]);
  expect(subject.speaker.routes({ prefix: '10.0.0.0/9' })).toEqual([]);
  expect(subject.speaker.routes({ prefix: '10.0.0.1/32' })).toEqual([]);
});

test('Speaker.routes: the longest match of an address', () => {
  const match = (prefix: string) => subject.speaker.routes({ prefix }).map((route) => route.prefix);
  expect(match('10.1.2.3')).toEqual(['10.1.0.0/16']);
  expect(match('10.2.0.0')).toEqual(['10.0.0.0/8']);
  expect(match('192.0.2.1')).toEqual([]);
  expect(match('2001:db8::1')).toEqual(['2001:db8::/32']);
});

test('Speaker.routes: what a neighbor sent', () => {
  const received = subject.speaker.routes({ received: FIRST });
  expect(received.map(({ prefix }) => prefix).sort()).toEqual(['198.51.100.0/24', '203.0.113.0/24']);
  for (const route of received)
    expect(route).toMatchObject({ peer: FIRST, asPath: '65002', nextHop: '127.0.0.2', accepted: true });
  expect(subject.speaker.routes({ received: '127.0.0.5' })).toEqual([]);
});

test('Speaker.routes: what a neighbor was told, with the attributes as sent', async () => {
  await until(() => subject.speaker.routes({ advertised: SECOND }).length >= 3, 'the routes');
  const advertised = subject.speaker.routes({ advertised: SECOND });
  const of = (prefix: string) => advertised.find((route) => route.prefix === prefix);
  expect(of('198.51.100.0/24')).toMatchObject({ peer: FIRST, asPath: '65001 65002', nextHop: '127.0.0.1' });
  expect(of('10.1.0.0/16')).toMatchObject({
    asPath: '65001',
    origin: 'incomplete',
    localPref: undefined,
    communities: ['65001:2'],
    largeCommunities: ['65001:1:2'],
  });
  // RFC 1997: NO_EXPORT stays inside.
  expect(of('10.0.0.0/8')).toBeUndefined();
  // Not back to where it came from.
  expect(subject.speaker.routes({ advertised: FIRST }).map(({ prefix }) => prefix)).toEqual(['10.1.0.0/16']);
  await until(() => subject.speaker.routes({ advertised: INTERNAL }).length === 4, 'routes inside');
  const inside = subject.speaker.routes({ advertised: INTERNAL, prefix: '198.51.100.0/24' });
  expect(inside).toMatchObject([{ asPath: '65002', localPref: 100, nextHop: '127.0.0.2' }]);
  const count = subject.speaker.neighbor(INTERNAL)!.families[0]!.advertised;
  expect(count).toBe(4);
});

test('Speaker.routes: the wire says the same as the query', async () => {
  const [route] = subject.speaker.routes({ advertised: SECOND, prefix: '198.51.100.0/24' });
  expect(route!.asPath).toBe('65001 65002');
  await until(() => bodies(second, UPDATE).some((body) => body.endsWith('18c63364')), 'the UPDATE');
  const update = bodies(second, UPDATE).find((body) => body.endsWith('18c63364'))!;
  // ORIGIN IGP, AS_PATH of two, NEXT_HOP of ours.
  expect(update).toBe(
    '00000018' + '40010100' + '40020a02020000fde90000fdea' + '4003047f000001' + '18cb007118c63364',
  );
});

test('Speaker.routes: all of it, by family, and a limit', () => {
  expect(prefixes(subject)).toHaveLength(4);
  expect(subject.speaker.routes({ family: 'ipv6-unicast' })).toHaveLength(1);
  expect(subject.speaker.routes({ limit: 2 })).toHaveLength(2);
  expect(subject.speaker.routes({ limit: 0 })).toEqual([]);
  expect(subject.speaker.routes({ received: FIRST, limit: 1 })).toHaveLength(1);
});

test('Speaker.routes: what cannot be answered has a code', () => {
  const ask = (query: Parameters<typeof subject.speaker.routes>[0]) => () => subject.speaker.routes(query);
  expect(ask({ received: '192.0.2.9' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  expect(ask({ advertised: 'nobody' })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  expect(ask({ prefix: '10.0.0.0/33' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  expect(ask({ prefix: 'everything' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  expect(ask({ prefix: 'everything', received: '127.0.0.5' })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
  expect(ask({ family: 'l2vpn-evpn' })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  expect(ask({ family: 'l2vpn-evpn', received: '127.0.0.5' })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
  expect(ask({ received: FIRST, advertised: FIRST })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

test('Speaker.refresh: asks the peer, in the families of the session', async () => {
  const before = first.messages.length;
  subject.speaker.refresh(FIRST);
  expect((await first.next(REFRESH, before)).body).toBe('00010001');
  const refresh = (address: string, family?: string) => () => subject.speaker.refresh(address, family);
  expect(refresh('192.0.2.9')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  expect(refresh('127.0.0.5')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  expect(refresh(FIRST, 'ipv6-unicast')).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  expect(refresh(FIRST, 'ipv5')).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});

test('Speaker: a request to refresh is answered between BoRR and EoRR', async () => {
  const before = first.messages.length;
  first.send(message(REFRESH, '00010001'));
  await until(() => bodies(first, REFRESH, before).length === 2, 'both marks');
  const answer = first.messages.slice(before);
  expect(answer[0]).toEqual({ type: REFRESH, body: '00010101' });
  expect(answer.at(-1)).toEqual({ type: REFRESH, body: '00010201' });
  const routes = answer.slice(1, -1);
  expect(routes.map(({ type }) => type)).toEqual([UPDATE]);
  expect(routes[0]!.body.endsWith('100a01')).toBe(true);
});

test('Speaker: a request for a family that was not agreed is ignored and counted', async () => {
  first.send(message(REFRESH, '00020001'));
  const counted = () => Object.entries(subject.speaker.neighbor(FIRST)!.rejectedConnections);
  await until(() => counted().length > 0, 'the counter');
  expect(counted()).toEqual([['route refresh for a family that was not negotiated (AFI 2, SAFI 1)', 1]]);
  expect(established(subject, FIRST)).toBe(true);
});

test('Speaker: what the peer does not repeat between its BoRR and EoRR is gone', async () => {
  first.send(message(REFRESH, '00010101'), updateMessage('18cb0071'), message(REFRESH, '00010201'));
  await until(() => subject.speaker.routes({ received: FIRST }).length === 1, 'the stale route is gone');
  expect(subject.speaker.routes({ received: FIRST })).toMatchObject([{ prefix: '203.0.113.0/24' }]);
  expect(established(subject, FIRST)).toBe(true);
});

test('Speaker: a route that loses says by which step', async () => {
  second.send(updateMessage('18cb0071', '', 65003).replace('40010100', '40010102'));
  await until(() => subject.speaker.routes({ prefix: '203.0.113.0/24' }).length === 2, 'two routes');
  expect(subject.speaker.routes({ prefix: '203.0.113.0/24' })).toMatchObject([
    { peer: FIRST, best: true, lostBy: undefined },
    { peer: SECOND, best: false, lostBy: 'ORIGIN' },
  ]);
});

test('Speaker: a page may end between two routes of one prefix', async () => {
  second.send(updateMessage('18cb0071', '', 65003).replace('40010100', '40010102'));
  await until(() => subject.speaker.routes({ prefix: '203.0.113.0/24' }).length === 2, 'two routes');
  const query = { prefix: '203.0.113.0/24' };
  const [page, rest] = [subject.speaker.walkRoutes(query), subject.speaker.walkRoutes(query)];
  expect(page.read(1)).toMatchObject([{ peer: FIRST }]);
  const next = subject.speaker.walkRoutes({ ...query, cursor: page.cursor! });
  expect(next.read(5)).toMatchObject([{ peer: SECOND }]);
  expect(next.cursor).toBeUndefined();
  expect(rest.read(5)).toHaveLength(2);
  expect(subject.speaker.routes({ peer: SECOND })).toMatchObject([{ peer: SECOND, best: false }]);
});
