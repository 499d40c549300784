/** Two connections with one peer: ours, which the peer answers slowly or never, and the one it opens itself. */
import { expect, test } from 'vitest';
import {
  configOf,
  established,
  freePort,
  logOf,
  pause,
  prefixes,
  type Running,
  run,
  until,
} from './fixtures.ts';
import { KEEPALIVE, message, OPEN, openMessage, RawListener, RawPeer } from './raw-peer.ts';

const OWN = '127.0.0.1';
const PEER = '127.0.0.2';

interface Scene extends AsyncDisposable {
  readonly subject: Running;
  /** The connection that the speaker has opened to the peer; its OPEN has arrived. */
  readonly ours: RawPeer;
}

/** The speaker's router id is 10.0.0.5. */
async function calling(): Promise<Scene> {
  const listener = new RawListener();
  const port = await listener.listen(PEER);
  const subject = await run(`
as: 65001
router-id: 10.0.0.5
listen: ["127.0.0.1:0"]
neighbors:
  - { address: ${PEER}, port: ${port}, peer-as: 65002, connect-retry: 30s, idle-hold-time: 60s, import: accept, export: accept }
`);
  await until(() => listener.accepted.length === 1, 'the call');
  const ours = listener.accepted[0]!;
  await ours.next(OPEN);
  return {
    subject,
    ours,
    async [Symbol.asyncDispose]() {
      listener.close();
      await subject[Symbol.asyncDispose]();
    },
  };
}

test('Neighbor: garbage on the second connection is one event and one counter, and the first goes on', async () => {
  await using scene = await calling();
  const { subject, ours } = scene;
  const log = await logOf(subject);
  const theirs = await RawPeer.connect(subject.port, PEER);
  theirs.send('00'.repeat(30));
  await theirs.closed;
  expect(theirs.notifications).toEqual(['0101']);
  const reason = 'Message header error/connection-not-synchronized';
  expect(subject.notices(PEER)).toMatchObject([{ type: 'connectionRejected', known: true, reason, code: 1 }]);
  expect(log).toHaveLength(1);
  expect(subject.speaker.neighbor(PEER)).toMatchObject({
    state: 'OpenSent',
    rejectedConnections: { [reason]: 1 },
  });
  await ours.establish();
  await until(() => established(subject, PEER), 'the session');
});

test('Neighbor: the first connection fails, the second becomes the session', async () => {
  await using scene = await calling();
  const { subject, ours } = scene;
  const theirs = await RawPeer.connect(subject.port, PEER);
  await theirs.next(OPEN);
  ours.send(openMessage({ as: 65009 }));
  await ours.closed;
  expect(ours.notifications).toEqual(['0202']);
  expect(subject.notices(PEER)).toMatchObject([{ type: 'connectionRejected', code: 2, subcode: 2 }]);
  await theirs.establish();
  await until(() => established(subject, PEER), 'the session');
  expect(subject.speaker.neighbor(PEER)).toMatchObject({ flaps: 0, remotePort: theirs.socket.localPort });
});

test.each([
  ['lower', 'ours', '0a000001'],
  ['higher', 'theirs', '0a000009'],
])('Neighbor: against a %s identifier the connection that is kept is %s', async (_name, kept, routerId) => {
  await using scene = await calling();
  const { subject, ours } = scene;
  const theirs = await RawPeer.connect(subject.port, PEER);
  await theirs.next(OPEN);
  ours.send(openMessage({ routerId }));
  await pause(10);
  theirs.send(openMessage({ routerId }));
  const [winner, loser] = kept === 'ours' ? [ours, theirs] : [theirs, ours];
  await loser.closed;
  expect(loser.notifications).toEqual(['0607']);
  winner.send(message(KEEPALIVE));
  await until(() => established(subject, PEER), 'the session');
  expect(winner.isClosed).toBe(false);
  expect(subject.notices(PEER)).toMatchObject([
    { type: 'connectionRejected', reason: 'connection collision: the other connection is kept', subcode: 7 },
  ]);
  expect(subject.speaker.neighbor(PEER)!.rejectedConnections).toEqual({
    'connection collision: the other connection is kept': 1,
  });
  const up = subject.events.filter(
    (event) => event.type === 'stateChange' && event.newState === 'Established',
  );
  expect(up).toMatchObject([{ oldState: 'OpenConfirm', peerAs: 65002 }]);
  winner.socket.destroy();
});

test('Neighbor: the second connection of a higher peer wins while nothing comes on the first', async () => {
  await using scene = await calling();
  const { subject, ours } = scene;
  const theirs = await (await RawPeer.connect(subject.port, PEER)).establish({ routerId: '0a000009' });
  await until(() => established(subject, PEER), 'the session');
  await ours.closed;
  expect(ours.notifications).toEqual(['0607']);
  const up = subject.events.filter(
    (event) => event.type === 'stateChange' && event.newState === 'Established',
  );
  expect(up).toMatchObject([{ oldState: 'OpenConfirm', peerAs: 65002 }]);
  // What it was told at that moment is what holds.
  expect(subject.speaker.neighbor(PEER)).toMatchObject({ remotePort: theirs.socket.localPort, flaps: 0 });
  theirs.socket.destroy();
});

test('Speaker: two that call each other at the same time end in one session, fifty times', async () => {
  let attempts = 0;
  for (let round = 0; round < 50; round++) {
    const [portA, portB] = [await freePort(OWN), await freePort(PEER)];
    const config = (as: number, own: string, ownPort: number, other: string, port: number) => `
as: ${as}
router-id: 10.0.${round % 2}.${as === 65001 ? 1 : 2}
listen: ["${own}:${ownPort}"]
neighbors:
  - { address: ${other}, port: ${port}, peer-as: external, local-address: ${own}, connect-retry: 100ms, idle-hold-time: 10ms, import: accept, export: accept }
networks: [{ prefix: 10.${as - 65000}.0.0/16 }]
`;
    const [a, b] = await Promise.all([
      run(config(65001, OWN, portA, PEER, portB)),
      run(config(65002, PEER, portB, OWN, portA)),
    ]);
    await using _a = a;
    await using _b = b;
    await until(() => prefixes(a).length === 2 && prefixes(b).length === 2, `round ${round}: routes`);
    await pause(10);
    for (const [who, peer] of [
      [a, PEER],
      [b, OWN],
    ] as const) {
      const status = who.speaker.neighbor(peer)!;
      expect(status).toMatchObject({ state: 'Established', flaps: 0 });
      attempts += status.messagesSent.opens;
    }
    // Both ends speak of the same connection.
    const [left, right] = [a.speaker.neighbor(PEER)!, b.speaker.neighbor(OWN)!];
    expect([left.localPort, left.remotePort]).toEqual([right.remotePort, right.localPort]);
  }
  console.log(`50 collisions: ${attempts / 2} connections with an OPEN`);
  expect(attempts / 2).toBeLessThanOrEqual(110);
});

test('Speaker.apply: does nothing once the speaker has been stopped', async () => {
  const listener = new RawListener();
  const port = await listener.listen(PEER);
  const text = (neighbors: string) => `
as: 65001
router-id: 10.0.0.5
listen: []
neighbors: [${neighbors}]
`;
  const subject = await run(text(''));
  await subject.speaker.stop('done');
  subject.speaker.apply(configOf(text(`{ address: ${PEER}, port: ${port}, peer-as: 65002 }`)));
  await pause(50);
  expect(listener.accepted.length).toBe(0);
  expect(subject.events.at(-1)).toEqual({ type: 'stopped', reason: 'done' });
  listener.close();
});
