/** Sessions by what they run over: TCP MD5, GTSM, ranges of peers, IPv6, a system without the native binding. */
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { systemTransport } from '../../src/net/transport.ts';
import { bareTransport } from '../net/helpers.ts';
import { configOf, established, freePort, logOf, pause, prefixes, run, until } from './fixtures.ts';
import { KEEPALIVE, message, openMessage, RawPeer } from './raw-peer.ts';

const A = '127.0.0.1';
const B = '127.0.0.2';
const FAST = 'connect-retry: 100ms, idle-hold-time: 10ms, import: accept, export: accept';
const support = systemTransport.support();

if (support.md5 !== undefined) process.stderr.write(`MD5 sessions skipped: ${support.md5}\n`);
if (support.minimumTtl !== undefined) process.stderr.write(`GTSM sessions skipped: ${support.minimumTtl}\n`);

function server(neighbors: string, ranges = '', listen = `${A}:0`): string {
  return `
as: 65001
router-id: 10.0.0.1
listen: ["${listen}"]
neighbors: [${neighbors}]
dynamic-neighbors: [${ranges}]
networks: [{ prefix: 10.1.0.0/16 }]
`;
}

function client(port: number, more = '', own = B, to = A): string {
  return `
as: 65002
router-id: 10.0.0.2
listen: []
neighbors: [{ address: "${to}", port: ${port}, peer-as: 65001, local-address: "${own}", ${FAST}${more} }]
networks: [{ prefix: 10.2.0.0/16 }]
`;
}

const neighbor = (more: string) => `{ address: ${B}, peer-as: 65002, passive: true, ${FAST}${more} }`;
const range = (more: string) =>
  `{ prefix: 127.0.0.0/29, peer-as: 65002, import: accept, export: accept${more} }`;

describe.skipIf(support.md5 !== undefined)('Speaker with TCP MD5', () => {
  test.each([
    ['neighbor', neighbor(', password: secret'), ''],
    ['range', '', range(', password: secret')],
  ])('%s: the right key makes a session, a wrong or missing one never', async (_name, neighbors, ranges) => {
    await using a = await run(server(neighbors, ranges));
    for (const [key, works] of [
      [', password: secret', true],
      [', password: Secret', false],
      ['', false],
    ] as const) {
      await using b = await run(client(a.port, key));
      if (works) await until(() => established(a, B) && prefixes(b).length === 2, 'the session');
      else {
        await pause(300);
        expect(established(b, A)).toBe(false);
        expect(established(a, B)).toBe(false);
      }
    }
  });

  test('Speaker.apply: a password that is taken away is no longer asked for', async () => {
    await using a = await run(server(neighbor(', password: secret')));
    a.speaker.apply(configOf(server(neighbor(''))));
    await using _b = await run(client(a.port));
    await until(() => established(a, B), 'the session without a key');
  });

  test('Speaker.apply: a password that is new is asked for at once', async () => {
    await using a = await run(server(neighbor('')));
    a.speaker.apply(configOf(server(neighbor(', password: secret'))));
    await using plain = await run(client(a.port));
    await pause(300);
    expect(established(plain, A)).toBe(false);
    await plain.speaker.stop('wrong key');
    await using _b = await run(client(a.port, ', password: secret'));
    await until(() => established(a, B), 'the session with the key');
  });
});

describe.skipIf(support.minimumTtl !== undefined)('Speaker with GTSM', () => {
  test('both sides with ttl-security make a session', async () => {
    await using a = await run(server(neighbor(', ttl-security: 1')));
    await using b = await run(client(a.port, ', ttl-security: 1'));
    await until(() => established(a, B) && prefixes(b).length === 2, 'the session');
  });

  test('a peer without it sends too low a TTL and is not heard', async () => {
    await using a = await run(server(neighbor(', ttl-security: 1')));
    await using b = await run(client(a.port));
    await pause(500);
    expect(established(a, B) || established(b, A)).toBe(false);
    expect(a.speaker.neighbor(B)!.flaps).toBe(0);
  });
});

test('Speaker: without the native binding a neighbor that needs it stays down, the others work', async () => {
  const text = `${neighbor('')}, { address: 127.0.0.3, port: 1, peer-as: 65003, ${FAST}, password: secret }`;
  await using a = await run(server(text, '{ prefix: 127.1.0.0/16, peer-as: 65004, ttl-security: 1 }'), {
    transport: bareTransport,
  });
  const log = await logOf(a);
  await using b = await run(client(a.port), { transport: bareTransport });
  await until(() => prefixes(a).length === 2 && prefixes(b).length === 2, 'routes of the other neighbor');
  const { state, lastError, warnings } = a.speaker.neighbor('127.0.0.3')!;
  expect(state).toBe('Idle');
  expect(lastError!.reason).toMatch(/^TCP MD5 \(password\) is not available: .*koffi/);
  expect(warnings).toEqual([lastError!.reason]);
  expect(a.notices('127.0.0.3')).toEqual([
    { type: 'warning', peer: '127.0.0.3', reason: `session stays down: ${lastError!.reason}` },
  ]);
  // A range that needs it refuses its peers one by one and keeps nothing of them.
  for (let i = 0; i < 3; i++) {
    const stranger = await RawPeer.connect(a.port, '127.1.0.1');
    await stranger.closed;
  }
  expect(a.speaker.neighbor('127.1.0.1')).toBeUndefined();
  expect(a.notices('127.1.0.1').map(({ type }) => type)).toEqual(Array(3).fill('connectionRejected'));
  expect(log.filter(({ peer }) => peer === '127.1.0.1')).toHaveLength(3);
  expect(a.speaker.status().unknownPeerConnections).toBe(3);
});

test('Speaker: peers of a range come and go, up to its limit', async () => {
  await using a = await run(server('', range(', limit: 2, idle-hold-time: 300ms')));
  const peers: RawPeer[] = [];
  for (const own of [B, '127.0.0.3'])
    peers.push(
      await (await RawPeer.connect(a.port, own)).establish({ routerId: `0a00000${peers.length + 5}` }),
    );
  await until(() => a.speaker.neighbors().every(({ state }) => state === 'Established'), 'two sessions');
  const third = await RawPeer.connect(a.port, '127.0.0.4');
  await third.closed;
  expect(third.notifications).toEqual(['0605']);
  expect(a.notices('127.0.0.4')).toMatchObject([
    { type: 'connectionRejected', code: 6, subcode: 5, reason: expect.stringContaining('limit of 2') },
  ]);
  expect(a.speaker.neighbors()).toHaveLength(2);
  expect(a.speaker.status().unknownPeerConnections).toBe(1);

  // The idle hold time counts for them too; then the place is free.
  peers[0]!.socket.destroy();
  await until(() => a.speaker.neighbor(B)?.state === 'Idle', 'the idle hold');
  const early = await RawPeer.connect(a.port, B);
  await early.closed;
  expect(early.notifications).toEqual(['0605']);
  await until(() => a.speaker.neighbor(B) === undefined, 'the place is free');
  const late = await (await RawPeer.connect(a.port, '127.0.0.4')).establish({ routerId: '0a000009' });
  await until(() => established(a, '127.0.0.4'), 'the third peer');
  expect(a.speaker.neighbor('127.0.0.4')).toMatchObject({ dynamic: true, passive: true });
  late.socket.destroy();
});

test('Speaker: a peer of a range that leaves before its session leaves nothing', async () => {
  await using a = await run(server('', range('')));
  for (let i = 0; i < 5; i++) {
    const peer = await RawPeer.connect(a.port, B);
    peer.socket.end();
    await peer.closed;
    await until(() => a.speaker.neighbors().length === 0, 'nobody');
  }
  expect(
    a.notices(B).filter((event) => event.type === 'stateChange' && event.oldState === 'OpenSent'),
  ).toHaveLength(5);
});

test('Speaker.apply: a peer of a range that gets a configuration of its own has one session, not two', async () => {
  await using a = await run(server('', range('')));
  const peer = await (await RawPeer.connect(a.port, B)).establish();
  await until(() => established(a, B), 'the dynamic session');
  a.speaker.apply(configOf(server(neighbor(''), range(''))));
  await peer.closed;
  expect(peer.notifications).toEqual(['0606']);
  const again = await (await RawPeer.connect(a.port, B)).establish();
  await until(() => established(a, B), 'the configured session');
  expect(a.speaker.neighbors()).toMatchObject([{ address: B, dynamic: false }]);
  again.socket.destroy();
});

test('Speaker.apply: a range that is gone ends its sessions with Cease/6', async () => {
  await using a = await run(server('', range('')));
  const peer = await (await RawPeer.connect(a.port, B)).establish();
  await until(() => established(a, B), 'the dynamic session');
  a.speaker.apply(configOf(server('')));
  await peer.closed;
  expect(peer.notifications).toEqual(['0606']);
  expect(a.speaker.neighbors()).toEqual([]);
});

test('Speaker: a second connection while there is a session is refused with Cease/7', async () => {
  await using a = await run(server(neighbor('')));
  const first = await (await RawPeer.connect(a.port, B)).establish();
  await until(() => established(a, B), 'the session');
  const second = await RawPeer.connect(a.port, B);
  second.send(openMessage());
  await second.closed;
  expect(second.notifications).toEqual(['0607']);
  expect(a.speaker.neighbor(B)!.rejectedConnections).toEqual({ 'there is a session already': 1 });
  first.send(message(KEEPALIVE));
  expect(a.speaker.neighbor(B)).toMatchObject({ state: 'Established', flaps: 0 });
  first.socket.destroy();
});

test('Speaker: IPv6 between two speakers on ::1', async () => {
  const port = await freePort('::1');
  const peer = `{ address: "::1", peer-as: 65002, passive: true, ${FAST}, families: [ipv6-unicast] }`;
  const text = server(peer, '', `[::1]:${port}`).replace('10.1.0.0/16', '"2001:db8:1::/48"');
  await using a = await run(text);
  const other = client(port, ', families: [ipv6-unicast]', '::1', '::1');
  await using b = await run(other.replace('10.2.0.0/16', '"2001:db8:2::/48"'));
  await until(() => established(a, '::1') && established(b, '::1'), 'the session');
  expect(b.speaker.neighbor('::1')).toMatchObject({ remotePort: port, type: 'external' });
  await until(() => b.speaker.neighbor('::1')!.families[0]!.endOfRibReceived, 'End-of-RIB');
  expect(b.speaker.neighbor('::1')!.families[0]).toMatchObject({ family: 'ipv6-unicast', received: 1 });
});

const linkLocal = Object.entries(networkInterfaces())
  .flatMap(([name, entries]) => (entries ?? []).map(({ address }) => ({ name, address })))
  .find(({ address }) => address.startsWith('fe80:'));
if (linkLocal === undefined)
  process.stderr.write('link-local session skipped: no interface has an address\n');

test.skipIf(linkLocal === undefined)(
  'Speaker: a session between link-local addresses with zone',
  async () => {
    const zoned = `${linkLocal!.address}%${linkLocal!.name}`;
    const port = await freePort('::');
    const peer = `{ address: "${zoned}", peer-as: 65002, passive: true, ${FAST} }`;
    await using a = await run(server(peer, '', `[::]:${port}`));
    await using b = await run(client(port, '', zoned, zoned));
    await until(() => established(a, zoned) && established(b, zoned), 'the session');
    expect(b.speaker.neighbor(zoned)!.state).toBe('Established');
  },
);
