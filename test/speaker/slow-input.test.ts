/** Peers that are slow: to say hello, to read, to answer. Time is virtual for the speaker under test. */
import { expect, test } from 'vitest';
import { MAX_UNSENT_BYTES } from '../../src/base/limits.ts';
import { BAD, scene } from './bystander.ts';
import { freePort, logOf, pause, run, until } from './fixtures.ts';
import { ManualClock, turns } from './manual-clock.ts';
import { hex, KEEPALIVE, message, OPEN, openMessage, RawPeer, updateMessage } from './raw-peer.ts';

const OPEN_HOLD = 240_000;

test('Speaker: half an OPEN and then silence ends after four minutes, with one line and one counter', async () => {
  const clock = new ManualClock();
  await using stage = await scene({ clock });
  const log = await logOf(stage.subject);
  const peer = await RawPeer.connect(stage.port, BAD);
  await peer.next(OPEN);
  peer.send(openMessage().slice(0, 50));
  await clock.advance(OPEN_HOLD - 1);
  expect(peer.isClosed).toBe(false);
  await stage.untouched();
  await clock.advance(1);
  await peer.closed;
  await stage.untouched();
  const reason = 'hold timer expired: nothing heard for 240 seconds';
  expect(peer.notifications).toEqual(['0400']);
  expect(stage.subject.notices(BAD)).toMatchObject([{ type: 'stateChange', reason, code: 4, subcode: 0 }]);
  expect(log.filter((line) => line.peer === BAD)).toHaveLength(1);
  expect(stage.status().rejectedConnections).toEqual({ [reason]: 1 });
});

test('Speaker: a peer that sends one byte a minute does not keep its connection by it', async () => {
  const clock = new ManualClock();
  await using stage = await scene({ clock });
  const peer = await RawPeer.connect(stage.port, BAD);
  await peer.next(OPEN);
  const bytes = openMessage().match(/../g)!;
  for (let minute = 0; minute < 4; minute++) {
    expect(peer.isClosed).toBe(false);
    peer.send(bytes[minute]!);
    await turns();
    await clock.advance(60_000);
  }
  await peer.closed;
  await stage.untouched();
  expect(peer.notifications).toEqual(['0400']);
  expect(stage.subject.notices(BAD)).toHaveLength(1);
  expect(Object.values(stage.status().rejectedConnections)).toEqual([1]);
});

test('Speaker: one byte a minute does not keep a session either', async () => {
  const clock = new ManualClock();
  await using stage = await scene({ clock });
  const peer = await (await RawPeer.connect(stage.port, BAD)).establish();
  await until(() => stage.status().state === 'Established', 'the session');
  const bytes = updateMessage('18cb0071').match(/../g)!;
  peer.send(bytes[0]!);
  await clock.advance(60_000);
  peer.send(bytes[1]!);
  await clock.advance(30_000);
  await peer.closed;
  await stage.untouched();
  expect(peer.notifications).toEqual(['0400']);
  expect(stage.subject.notices(BAD)).toMatchObject([
    { oldState: 'Established', newState: 'Idle', direction: 'sent', code: 4 },
  ]);
  expect(stage.status()).toMatchObject({ flaps: 1, rejectedConnections: {} });
});

const BIG_TABLE = 20_000;

/** Most that the buffers of a loopback connection take in while nobody reads. */
const KERNEL_BYTES = 8 * 1024 * 1024;

/** Octets of an UPDATE of the big table as it is sent to a reader. */
const ROUTE_BYTES = 955;

/** UPDATEs of one prefix each, with so many communities of its own that they make 19 MB. */
function bigTable(): string {
  const messages: string[] = [];
  for (let i = 0; i < BIG_TABLE; i++) {
    const communities = Array.from({ length: 225 }, (_, k) => hex(i * 256 + k, 4)).join('');
    messages.push(updateMessage(`18${hex(0x0b0000 + i, 3)}`, `d0080384${communities}`, 65003));
  }
  return messages.join('');
}

const READERS = `
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
neighbors:
  - { address: 127.0.0.3, peer-as: 65003, passive: true, hold-time: 0, minimum-hold-time: 0, import: accept, export: accept }
  - { address: 127.0.0.4, peer-as: 65004, passive: true, hold-time: 0, minimum-hold-time: 0, import: accept, export: accept }
  - { address: ${BAD}, peer-as: 65002, passive: true, idle-hold-time: 10s, send-hold-time: 5s, import: accept, export: accept }
`;

async function readers(clock: ManualClock) {
  const subject = await run(READERS, { clock });
  const source = await (await RawPeer.connect(subject.port, '127.0.0.3')).establish({
    as: 65003,
    holdTime: 0,
  });
  const healthy = await (await RawPeer.connect(subject.port, '127.0.0.4')).establish({
    as: 65004,
    holdTime: 0,
  });
  const reader = await RawPeer.connect(subject.port, BAD);
  await reader.establish({ holdTime: 90 });
  const advertised = (peer: string) => subject.speaker.neighbor(peer)!.families[0]!.advertised;
  return { subject, source, healthy, reader, advertised };
}

test('Speaker: a peer that never reads is given up after the send hold time, and costs bounded memory', async () => {
  const clock = new ManualClock();
  const { subject, source, healthy, reader, advertised } = await readers(clock);
  await using _ = subject;
  const log = await logOf(subject);
  reader.socket.pause();
  source.send(bigTable());
  await until(() => advertised('127.0.0.4') === BIG_TABLE, 'the healthy peer hears it all');
  await until(() => healthy.received >= BIG_TABLE * ROUTE_BYTES, 'and has read it');
  await pause(50);
  const held = advertised(BAD) * ROUTE_BYTES;
  expect(held).toBeGreaterThan(MAX_UNSENT_BYTES);
  // What the kernel holds at both ends, what we keep, and one batch of 4,096 prefixes.
  expect(held).toBeLessThan(KERNEL_BYTES + MAX_UNSENT_BYTES + 4096 * ROUTE_BYTES);
  expect(advertised(BAD)).toBeLessThan(BIG_TABLE);

  await clock.advance(5000);
  await until(() => subject.speaker.neighbor(BAD)!.state === 'Idle', 'the send hold timer');
  expect(subject.notices(BAD)).toMatchObject([
    { oldState: 'Established', newState: 'Idle', direction: 'sent', code: 8, subcode: 0 },
  ]);
  expect(log.filter(({ peer }) => peer === BAD)).toHaveLength(1);
  await clock.advance(1000);
  reader.socket.resume();
  await reader.closed;
  expect(subject.speaker.neighbor(BAD)).toMatchObject({ flaps: 1, messagesSent: { notifications: 1 } });
  expect(subject.speaker.neighbor('127.0.0.4')).toMatchObject({ state: 'Established', flaps: 0 });
  expect(healthy.isClosed).toBe(false);
});

test('Speaker: a peer that reads slowly is not given up', async () => {
  const clock = new ManualClock();
  const { subject, source, reader, advertised } = await readers(clock);
  await using _ = subject;
  reader.socket.pause();
  source.send(bigTable());
  await until(() => advertised('127.0.0.4') === BIG_TABLE, 'the healthy peer hears it all');
  await pause(50);
  // A part in each send hold time: less than what waits in our queue.
  for (let i = 0; i < 3; i++) {
    const before = reader.received;
    reader.socket.resume();
    await until(() => reader.received > before + 1_500_000, 'some bytes');
    reader.socket.pause();
    reader.send(message(KEEPALIVE));
    await pause(20);
    await clock.advance(5000);
    expect(subject.speaker.neighbor(BAD)!.state).toBe('Established');
  }
  reader.socket.resume();
  await until(() => advertised(BAD) === BIG_TABLE, 'the whole table in the end');
});

test('Neighbor: attempts to connect that fail again and again are neither lines nor rejections', async () => {
  const port = await freePort();
  await using subject = await run(`
as: 65001
router-id: 10.0.0.1
listen: []
neighbors: [{ address: 127.0.0.1, port: ${port}, peer-as: 65002, connect-retry: 100ms, import: accept, export: accept }]
`);
  const log = await logOf(subject);
  const attempts = () =>
    subject.events.filter((it) => it.type === 'stateChange' && it.newState === 'Connect');
  await until(() => attempts().length > 5, 'some attempts');
  expect(log).toEqual([]);
  expect(subject.speaker.neighbor('127.0.0.1')).toMatchObject({
    rejectedConnections: {},
    flaps: 0,
    lastError: { reason: `cannot connect to 127.0.0.1 port ${port}: connection refused` },
  });
});

const FAULTS: readonly {
  name: string;
  update: string;
  event: object;
  counter: 'attributeDiscard' | 'treatAsWithdraw' | 'sessionReset';
  answer: string[];
}[] = [
  {
    name: 'an AGGREGATOR of the wrong length is discarded',
    update: updateMessage('18cb0071', 'c00703000001'),
    event: { type: 'updateError', disposition: 'attribute-discard', attribute: 7 },
    counter: 'attributeDiscard',
    answer: [],
  },
  {
    name: 'an ORIGIN of 9 makes the routes withdrawn',
    update: updateMessage('18cb0071').replace('40010100', '40010109'),
    event: { type: 'updateError', disposition: 'treat-as-withdraw', attribute: 1 },
    counter: 'treatAsWithdraw',
    answer: [],
  },
  {
    name: 'a prefix of 33 bits ends the session',
    update: updateMessage('21cb007100ff'),
    event: { type: 'stateChange', oldState: 'Established', newState: 'Idle', code: 3, subcode: 10 },
    counter: 'sessionReset',
    answer: ['030a'],
  },
];

test.each(FAULTS)('Speaker: in an UPDATE $name', async ({ update, event, counter, answer }) => {
  await using stage = await scene();
  const log = await logOf(stage.subject);
  const peer = await (await RawPeer.connect(stage.port, BAD)).establish();
  await until(() => stage.status().state === 'Established', 'the session');
  peer.send(update);
  await until(() => stage.status().updateErrors[counter] === 1, 'the counter');
  await stage.untouched();
  if (answer.length > 0) await peer.closed;
  expect(peer.notifications).toEqual(answer);
  expect(stage.subject.notices(BAD)).toMatchObject([event]);
  expect(log.filter((line) => line.peer === BAD && line.level === 'warn')).toHaveLength(1);
  const { attributeDiscard, treatAsWithdraw, sessionReset } = stage.status().updateErrors;
  expect(attributeDiscard + treatAsWithdraw + sessionReset).toBe(1);
});
