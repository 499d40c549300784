/** What operators do to one neighbor by hand, as its peer hears it: clear, refresh both ways, disable, enable. */
import { expect, test } from 'vitest';
import { configOf, established, run, until } from './fixtures.ts';
import { ManualClock, turns } from './manual-clock.ts';
import { MemoryTransport } from './memory-transport.ts';
import { NOTIFICATION, openMessage, type RawPeer, REFRESH, UPDATE } from './raw-peer.ts';

const PEER = '192.0.2.2';

const config = (more = '') => `
as: 65001
router-id: 10.0.0.1
listen: ["192.0.2.1:179"]
neighbors: [{ address: ${PEER}, peer-as: 65002, passive: true, import: accept, export: accept${more} }]
networks: [{ prefix: 10.0.0.0/8 }]
`;

async function setup() {
  const clock = new ManualClock();
  const transport = new MemoryTransport();
  const subject = await run(config(), { clock, transport });
  const connect = async (): Promise<RawPeer> => {
    const peer = await transport.connect(PEER).establish();
    await until(() => established(subject, PEER), 'the session');
    await turns();
    return peer;
  };
  return { ...subject, subject, transport, clock, connect, peer: await connect() };
}

test('Speaker.disable: Cease/2 with the text of RFC 9003, and no session until enabled', async () => {
  await using it = await setup();
  it.speaker.disable(PEER, 'Wartung: 20 Minuten, grüße');
  await it.peer.closed;
  const text = Buffer.from('Wartung: 20 Minuten, grüße');
  expect(it.peer.notifications).toEqual([`0602${text.length.toString(16)}${text.toString('hex')}`]);
  expect(it.speaker.neighbor(PEER)).toMatchObject({
    state: 'Idle',
    disabled: { message: 'Wartung: 20 Minuten, grüße', since: expect.stringMatching(/^\d{4}-/) },
  });

  const refused = it.transport.connect(PEER);
  refused.send(openMessage());
  await refused.closed;
  expect(refused.notifications).toEqual(['0605']);
  expect(it.speaker.neighbor(PEER)!.rejectedConnections).toEqual({ 'the neighbor is disabled': 1 });
  await it.clock.advance(600_000);
  expect(it.speaker.neighbor(PEER)!.state).toBe('Idle');

  // Not even by settings that need a new session.
  it.speaker.apply(configOf(config(', hold-time: 30')));
  expect(it.speaker.neighbor(PEER)).toMatchObject({ state: 'Idle', disabled: { message: /Wartung/ } });

  it.speaker.enable(PEER);
  expect(it.speaker.neighbor(PEER)!.disabled).toBeUndefined();
  const again = await it.connect();
  expect(again.messages.some(({ type }) => type === UPDATE)).toBe(true);
});

test('Speaker.disable and shutdown of the configuration: each holds the session down, and show says which', async () => {
  await using it = await setup();
  const held = () => it.speaker.neighbor(PEER)!.held?.reason;
  it.speaker.disable(PEER, 'by hand');
  await it.peer.closed;
  expect(it.speaker.neighbor(PEER)!.held).toMatchObject({
    cause: 'disabled',
    reason: 'the neighbor is disabled',
  });
  it.speaker.apply(configOf(config(', shutdown: rack 7')));
  expect(held()).toBe('the neighbor is disabled, and shut down by configuration: rack 7');
  it.speaker.enable(PEER);
  expect(it.speaker.neighbor(PEER)!.held).toMatchObject({ cause: 'shutdown' });
  expect(it.speaker.neighbor(PEER)!.warnings).toContain('no session: shut down by configuration: rack 7');
  const refused = it.transport.connect(PEER);
  refused.send(openMessage());
  await refused.closed;
  expect(refused.notifications).toEqual([`060206${Buffer.from('rack 7').toString('hex')}`]);
  it.speaker.clear(PEER);
  expect(it.speaker.neighbor(PEER)!.state).toBe('Idle');
  it.speaker.disable(PEER);
  it.speaker.apply(configOf(config()));
  expect(held()).toBe('the neighbor is disabled');
  await it.clock.advance(600_000);
  expect(it.speaker.neighbor(PEER)!.state).toBe('Idle');
  it.speaker.enable(PEER);
  expect(held()).toBeUndefined();
  await it.connect();
});

test('Speaker.disable: while a connection is being set up, and twice', async () => {
  await using it = await setup();
  it.peer.socket.destroy();
  await until(() => !established(it.subject, PEER), 'down');
  await it.clock.advance(10_000);
  const half = it.transport.connect(PEER);
  half.send(openMessage());
  await turns();
  it.speaker.disable(PEER);
  it.speaker.disable(PEER, 'second thoughts');
  await half.closed;
  expect(half.notifications).toEqual(['0602']);
  expect(it.speaker.neighbor(PEER)!.disabled!.message).toBe('second thoughts');
  it.speaker.enable(PEER);
  it.speaker.enable(PEER);
  await it.connect();
});

test('Speaker.clear: Cease/4 with the text, and the neighbor takes a new session at once', async () => {
  await using it = await setup();
  it.speaker.clear(PEER, undefined, 'new keys');
  await it.peer.closed;
  expect(it.peer.notifications).toEqual([`060408${Buffer.from('new keys').toString('hex')}`]);
  await it.connect();
  expect(it.speaker.neighbor(PEER)).toMatchObject({ flaps: 1, disabled: undefined });
});

test('Speaker.clear soft: in asks the peer, out sends all of ours again; the session stays', async () => {
  await using it = await setup();
  const { messages } = it.peer;
  messages.length = 0;
  it.speaker.clear(PEER, 'in');
  await turns();
  expect(messages).toEqual([{ type: REFRESH, body: '00010001' }]);
  messages.length = 0;
  it.speaker.clear(PEER, 'out');
  await turns();
  expect(messages.map(({ type, body }) => (type === UPDATE ? 'UPDATE' : body))).toEqual([
    '00010101',
    'UPDATE',
    '00010201',
  ]);
  expect(messages.some(({ type }) => type === NOTIFICATION)).toBe(false);
});

test('Speaker: unknown neighbors, missing sessions and texts that are too long have codes', async () => {
  await using it = await setup();
  const code = (value: string) => expect.objectContaining({ code: value });
  expect(() => it.speaker.clear('192.0.2.9')).toThrow(code('NOT_FOUND'));
  expect(() => it.speaker.disable('192.0.2.9')).toThrow(code('NOT_FOUND'));
  expect(() => it.speaker.enable('192.0.2.9')).toThrow(code('NOT_FOUND'));
  expect(() => it.speaker.disable(PEER, 'ü'.repeat(128))).toThrow(/256 bytes; 255 fit/);
  expect(established(it.subject, PEER)).toBe(true);
  it.speaker.disable(PEER);
  expect(() => it.speaker.clear(PEER, 'in')).toThrow(code('UNSUPPORTED'));
  expect(() => it.speaker.clear(PEER, 'out')).toThrow(code('UNSUPPORTED'));
  it.speaker.clear(PEER);
  expect(it.speaker.neighbor(PEER)!.state).toBe('Idle');
});
