/** `max-prefixes`: warn, block, restart, shutdown; received and accepted; what the peer is told (RFC 4486 section 4). */
import { expect, test } from 'vitest';
import { configOf, established, type Running, run, until } from './fixtures.ts';
import { ManualClock, turns } from './manual-clock.ts';
import { KEEPALIVE, message, NOTIFICATION, RawPeer, UPDATE, updateMessage } from './raw-peer.ts';

const PEER = '127.0.0.2';
/** 10.N.0.0/16 */
const nlri = (...numbers: number[]) => numbers.map((n) => `100a${n.toString(16).padStart(2, '0')}`).join('');
const withdraw = (...numbers: number[]) =>
  message(UPDATE, `${(numbers.length * 3).toString(16).padStart(4, '0')}${nlri(...numbers)}0000`);

const config = (keys: string) => `
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
neighbors:
  - { address: ${PEER}, peer-as: 65002, passive: true, export: accept, ${keys} }
`;
const limited = (keys: string, policy = 'accept') =>
  config(`import: ${policy}, hold-time: 0, minimum-hold-time: 0, max-prefixes: { ${keys} }`);

async function connect(subject: Running): Promise<RawPeer> {
  const peer = await (await RawPeer.connect(subject.port, PEER)).establish({ holdTime: 0 });
  await until(() => established(subject, PEER), 'the session');
  return peer;
}

const family = ({ speaker }: Running) => speaker.neighbor(PEER)!.families[0]!;
const warnings = (subject: Running) =>
  subject.events.flatMap((event) => (event.type === 'warning' && event.peer === PEER ? event.reason : []));
const limitWarnings = (subject: Running) => warnings(subject).filter((text) => text.includes('max-prefixes'));

test('warn: said once at the threshold and once above the limit; the session goes on', async () => {
  await using subject = await run(limited('count: 5, action: warn'));
  const peer = await connect(subject);
  peer.send(updateMessage(nlri(1, 2, 3)));
  await until(() => family(subject).received === 3, '3 prefixes');
  expect(limitWarnings(subject)).toEqual([]);
  peer.send(updateMessage(nlri(4)), updateMessage(nlri(5)));
  await until(() => family(subject).received === 5, '5 prefixes');
  peer.send(updateMessage(nlri(6, 7)), updateMessage(nlri(8)));
  await until(() => family(subject).received === 8, '8 prefixes');
  expect(limitWarnings(subject)).toEqual([
    '4 ipv4-unicast prefixes received, max-prefixes is 5',
    '7 ipv4-unicast prefixes received, max-prefixes is 5: too many',
  ]);
  expect(established(subject, PEER)).toBe(true);
  // Far below it is quiet again, and the next time is told again.
  peer.send(withdraw(1, 2, 3, 4, 5, 6), updateMessage(nlri(1, 2)));
  await until(() => limitWarnings(subject).length === 3, 'another warning');
});

test('block: more is refused, counted and shown, and there is room again after a withdrawal', async () => {
  await using subject = await run(limited('count: 2, action: block'));
  const peer = await connect(subject);
  peer.send(updateMessage(nlri(1, 2, 3, 4)));
  await until(() => family(subject).refused === 2, '2 refused');
  expect(family(subject)).toMatchObject({ received: 2, accepted: 2, refused: 2 });
  expect(subject.speaker.neighbor(PEER)!.warnings.join()).toContain('`bellhop refresh 127.0.0.2`');
  // New attributes of a prefix that is there are no new prefix.
  peer.send(updateMessage(nlri(1), '80040400000007'));
  await until(() => subject.speaker.routes({ prefix: '10.1.0.0/16' })[0]?.med === 7, 'the new MED');
  peer.send(withdraw(1), updateMessage(nlri(5)));
  await until(() => subject.speaker.routes({ prefix: '10.5.0.0/16' }).length === 1, 'the fifth');
  expect(family(subject)).toMatchObject({ received: 2, refused: 2 });
  expect(established(subject, PEER)).toBe(true);
  expect(peer.notifications).toEqual([]);
});

test('block, accepted: what policy rejects does not count', async () => {
  await using subject = await run(limited('count: 1, action: block, counts: accepted', 'reject'));
  const peer = await connect(subject);
  peer.send(updateMessage(nlri(1, 2, 3)));
  await until(() => family(subject).received === 3, '3 prefixes');
  expect(family(subject)).toMatchObject({ accepted: 0, refused: 0 });
});

test('restart: Cease/1 with family and limit, nobody gets in, and a new session after the pause', async () => {
  const clock = new ManualClock();
  await using subject = await run(limited('count: 2, restart-after: 60s'), { clock });
  const peer = await connect(subject);
  peer.send(updateMessage(nlri(1, 2, 3)));
  await peer.next(NOTIFICATION);
  expect(peer.notifications).toEqual(['06010001 01 00000002'.replaceAll(' ', '')]);
  peer.socket.end();
  await turns();
  const { state, held, warnings, lastError } = subject.speaker.neighbor(PEER)!;
  expect(state).toBe('Idle');
  expect(lastError).toMatchObject({ direction: 'sent', code: 6, subcode: 1 });
  expect(held).toEqual({
    cause: 'max-prefixes',
    reason: '3 ipv4-unicast prefixes received, max-prefixes is 2',
    remainingSeconds: 60,
  });
  expect(warnings.join()).toContain('no session for another 60 s');
  expect(subject.speaker.routes({})).toEqual([]);

  await clock.advance(30_000);
  const early = await RawPeer.connect(subject.port, PEER);
  await early.next(NOTIFICATION);
  expect(early.notifications).toEqual(['0605']);
  expect(subject.speaker.neighbor(PEER)!.rejectedConnections).toEqual({ [held!.reason]: 1 });
  early.socket.destroy();

  await clock.advance(31_000);
  expect(subject.speaker.neighbor(PEER)!.held).toBeUndefined();
  const again = await connect(subject);
  again.send(updateMessage(nlri(1)), message(KEEPALIVE));
  await until(() => family(subject).received === 1, 'a route');
});

test('shutdown: until the limit of the neighbor changes', async () => {
  const clock = new ManualClock();
  await using subject = await run(limited('count: 2, action: shutdown'), { clock });
  const peer = await connect(subject);
  peer.send(updateMessage(nlri(1, 2, 3)));
  await peer.next(NOTIFICATION);
  peer.socket.end();
  await clock.advance(86_400_000);
  expect(subject.speaker.neighbor(PEER)).toMatchObject({
    state: 'Idle',
    held: { cause: 'max-prefixes', remainingSeconds: undefined },
  });
  const { listen } = subject.speaker.status();
  const text = limited('count: 5, action: shutdown').replace('127.0.0.1:0', `127.0.0.1:${listen[0]!.port}`);
  subject.speaker.apply({ ...configOf(text), listen: configOf(limited('count: 5')).listen });
  await connect(subject);
});

test('a smaller limit takes effect in the running session', async () => {
  await using subject = await run(limited('count: 5'));
  const peer = await connect(subject);
  peer.send(updateMessage(nlri(1, 2, 3)));
  await until(() => family(subject).received === 3, '3 prefixes');
  subject.speaker.apply(configOf(limited('count: 2')));
  await peer.next(NOTIFICATION);
  expect(peer.notifications).toEqual(['06010001010000 0002'.replaceAll(' ', '')]);
});

test('show neighbor: what is configured, under the names of the configuration', async () => {
  await using subject = await run(
    config(
      'max-prefixes: { count: 9 }, max-prefixes-out: 3, role: peer, allow-own-as: 1, send-communities: []',
    ),
  );
  expect(subject.speaker.neighbor(PEER)!.options).toEqual({
    'max-prefixes': '9 received, then restart after 300 s; warning at 80%',
    'max-prefixes-out': '3',
    role: 'peer',
    'allow-own-as': '1',
    'send-communities': 'none',
  });
});

test('accepted: a policy that accepts more is too much as soon as all routes are judged again', async () => {
  const keys = 'count: 2, counts: accepted, action: shutdown';
  await using subject = await run(limited(keys, 'reject'));
  const peer = await connect(subject);
  peer.send(updateMessage(nlri(1, 2, 3)));
  await until(() => family(subject).received === 3, '3 prefixes');
  subject.speaker.apply(configOf(limited(keys)));
  await peer.closed;
  expect(peer.notifications).toEqual(['060100010100000002']);
  expect(subject.speaker.neighbor(PEER)).toMatchObject({ state: 'Idle', held: { cause: 'max-prefixes' } });
  // By hand it comes back before the limit changes, and the peer may try again.
  subject.speaker.clear(PEER);
  expect(subject.speaker.neighbor(PEER)!.held).toBeUndefined();
  const again = await connect(subject);
  again.send(updateMessage(nlri(1, 2)));
  await until(() => family(subject).accepted === 2, '2 prefixes');
});
