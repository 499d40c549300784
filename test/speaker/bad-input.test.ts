/**
 * Bad input before a session: each gets what the RFC says (or a closed socket where it says nothing), one event, one
 * log line and one counter, and no other session notices.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BAD, INTERNAL, type Scene, scene } from './bystander.ts';
import { logOf, until } from './fixtures.ts';
import { hex, KEEPALIVE, message, OPEN, openMessage, RawPeer, UPDATE, updateMessage } from './raw-peer.ts';

let stage: Scene;

beforeAll(async () => {
  stage = await scene();
});

afterAll(() => stage[Symbol.asyncDispose]());

interface Attack {
  readonly name: string;
  readonly from?: string;
  readonly send: readonly string[];
  /** NOTIFICATION received: code, subcode, data as hexadecimal text; undefined: just closed. */
  readonly answer: string | undefined;
  /** Under which the rejection is counted and told. */
  readonly reason: string;
  /** The peer closes after it has sent. */
  readonly closes?: boolean;
}

const ATTACKS: readonly Attack[] = [
  {
    name: 'garbage on the port',
    send: [Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
    answer: '0101',
    reason: 'Message header error/connection-not-synchronized',
  },
  {
    name: 'half an OPEN, then the peer leaves',
    send: [openMessage().slice(0, 40)],
    closes: true,
    answer: undefined,
    reason: 'the peer closed the connection without a NOTIFICATION',
  },
  {
    name: 'nothing at all, then the peer leaves',
    send: [],
    closes: true,
    answer: undefined,
    reason: 'the peer closed the connection without a NOTIFICATION',
  },
  {
    name: 'an OPEN from the wrong AS',
    send: [openMessage({ as: 65003 })],
    answer: '0202',
    reason: 'peer is AS 65003, expected AS 65002',
  },
  {
    name: 'version 3',
    send: [openMessage({ version: 3 })],
    answer: '02010004',
    reason: 'OPEN message error/unsupported-version',
  },
  {
    name: 'hold time 1',
    send: [openMessage({ holdTime: 1 })],
    answer: '0206',
    reason: 'peer proposes hold time 1, which must be 0 or at least 3',
  },
  {
    name: 'router id 0',
    send: [openMessage({ routerId: '00000000' })],
    answer: '0203',
    reason: 'peer has BGP identifier 0.0.0.0',
  },
  {
    name: 'our own router id from an internal peer',
    from: INTERNAL,
    send: [openMessage({ as: 65001, routerId: '0a000001' })],
    answer: '0203',
    reason: 'internal peer has our BGP identifier 10.0.0.1',
  },
  {
    name: 'a header with length 18',
    send: [`${'ff'.repeat(16)}001204`],
    answer: '01020012',
    reason: 'Message header error/bad-message-length',
  },
  {
    name: 'a message type that does not exist',
    send: [message(9)],
    answer: '010309',
    reason: 'Message header error/bad-message-type',
  },
  {
    name: 'an OPEN whose parameters reach beyond it',
    send: [message(OPEN, `04${hex(65002, 2)}005a0a000002ff`)],
    answer: '0200',
    reason: 'OPEN message error/unspecific',
  },
  {
    name: 'an UPDATE before the OPEN',
    send: [updateMessage('18cb0071')],
    answer: `0501${hex(UPDATE, 1)}`,
    reason: 'unexpected UpdateMsg in OpenSent',
  },
  {
    name: 'an UPDATE before the KEEPALIVE',
    send: [openMessage(), updateMessage('18cb0071')],
    answer: `0502${hex(UPDATE, 1)}`,
    reason: 'unexpected UpdateMsg in OpenConfirm',
  },
  {
    name: 'two OPENs',
    send: [openMessage(), openMessage()],
    answer: `0502${hex(OPEN, 1)}`,
    reason: 'unexpected BgpOpen in OpenConfirm',
  },
  {
    name: 'no address family in common',
    send: [openMessage({ capabilities: '010400020001' })],
    answer: '0207010400010001',
    reason: 'no address family in common: the peer does not offer ipv4-unicast',
  },
];

test.each(ATTACKS)('Speaker: $name', async ({ from = BAD, send, answer, reason, closes }) => {
  const { subject, status, port } = stage;
  await until(() => status(from).state === 'Active', 'the neighbor waits for its peer');
  const noticesBefore = subject.notices(from).length;
  const log = await logOf(subject);
  const countedBefore = status(from).rejectedConnections[reason] ?? 0;
  const total = () => Object.values(status(from).rejectedConnections).reduce((sum, count) => sum + count, 0);
  const totalBefore = total();

  const peer = await RawPeer.connect(port, from);
  peer.send(...send);
  await peer.next(OPEN);
  if (closes) peer.socket.end();
  await peer.closed;
  await until(() => status(from).state === 'Active', 'the neighbor is ready again');
  await stage.untouched();

  expect(peer.notifications).toEqual(answer === undefined ? [] : [answer]);
  expect(subject.notices(from).slice(noticesBefore)).toMatchObject([{ reason }]);
  const lines = log.filter((line) => line.peer === from);
  expect(lines.map(({ msg }) => msg)).toEqual([`no session with ${from}: ${reason}`]);
  expect(status(from).rejectedConnections[reason]).toBe(countedBefore + 1);
  expect(total()).toBe(totalBefore + 1);
  // A connection that just ends does not hide the NOTIFICATION before it.
  expect(status(from)).toMatchObject({
    flaps: 0,
    ...(answer === undefined ? {} : { lastError: { reason } }),
  });
});

test('Speaker: an unknown peer gets a closed socket, one event, one line and the counter of strangers', async () => {
  const { subject, port } = stage;
  const log = await logOf(subject);
  const peer = await RawPeer.connect(port, '127.0.0.77');
  peer.send(openMessage(), message(KEEPALIVE));
  await peer.closed;
  await stage.untouched();
  expect(peer.received).toBe(0);
  expect(subject.notices('127.0.0.77')).toEqual([
    {
      type: 'connectionRejected',
      peer: '127.0.0.77',
      known: false,
      reason: 'no neighbor has this address',
    },
  ]);
  expect(log.filter(({ peer }) => peer === '127.0.0.77')).toHaveLength(1);
  expect(subject.speaker.status().unknownPeerConnections).toBe(1);
});

test('Speaker: of ten connections at once from one peer one becomes the session, the others are closed', async () => {
  const { subject, status, port } = stage;
  await until(() => status().state === 'Active', 'the neighbor waits for its peer');
  const log = await logOf(subject);
  const noticesBefore = subject.notices(BAD).length;
  const total = () => Object.values(status().rejectedConnections).reduce((sum, count) => sum + count, 0);
  const totalBefore = total();
  const peers = await Promise.all(Array.from({ length: 10 }, () => RawPeer.connect(port, BAD)));
  for (const peer of peers) peer.send(openMessage());
  await until(() => peers.filter(({ isClosed }) => isClosed).length === 9, 'nine are closed');
  const [kept] = peers.filter(({ isClosed }) => !isClosed);
  kept!.send(message(KEEPALIVE));
  await until(() => status().state === 'Established', 'the session');
  await stage.untouched();

  // Cease/connection-rejected for those that were too many, Cease/connection-collision for those that lost.
  for (const peer of peers) if (peer !== kept) expect(['0605', '0607']).toContain(peer.notifications.join());
  const notices = subject.notices(BAD).slice(noticesBefore);
  expect(notices.map(({ type }) => type)).toEqual(Array(9).fill('connectionRejected'));
  expect(log.filter(({ msg }) => msg.includes('refused'))).toHaveLength(9);
  expect(total() - totalBefore).toBe(9);
  kept!.socket.destroy();
  await until(() => status().state === 'Active', 'the neighbor is ready again');
});
