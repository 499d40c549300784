/** Ask 20 (GoBGP #2697, #2002, PR #3434): the export policy changed, and what was announced before stays. */
import { expect, test } from 'vitest';
import { until } from '../speaker/fixtures.ts';
import { hears, setting } from './setting.ts';

const wishes = (terms: string) => ({
  neighbor: 'import: accept, export: out',
  top: `networks: [{ prefix: 192.0.2.0/24 }, { prefix: 10.9.0.0/16 }]\npolicies:\n  out: [${terms}]`,
});

test('after a reload the peer has what the new policy says, without clear, refresh or a new session', async () => {
  await using subject = await setting(20, wishes('default: accept'));
  await subject.start();
  await hears(subject, '192.0.2.0/24', '10.9.0.0/16');

  subject.write(wishes('{ match: { prefix-length: 16 }, then: reject }, { default: accept }'));
  expect(await subject.bellhop('reload')).toMatchObject({ code: 0 });
  await hears(subject, '192.0.2.0/24');

  subject.write(wishes("{ set: { med: 50, community: { add: ['65001:1'] } }, then: accept }"));
  expect(await subject.bellhop('reload')).toMatchObject({ code: 0 });
  await hears(subject, '192.0.2.0/24', '10.9.0.0/16');
  await until(() => subject.heard().every(({ med }) => med === 50), 'the new MED');
  expect(subject.heard().every(({ communities }) => communities?.includes('65001:1'))).toBe(true);

  const { messagesReceived, messagesSent } = subject.peer.speaker.neighbor(subject.address)!;
  expect([messagesReceived.opens, messagesReceived.routeRefreshes, messagesSent.routeRefreshes]).toEqual([
    1, 0, 0,
  ]);
});

test('a new import policy takes effect on routes that came long before', async () => {
  await using subject = await setting(20);
  await subject.start();
  await subject.bellhop('wait', 'route', '203.0.113.0/24');
  subject.write({
    neighbor: 'import: in, export: accept',
    top: 'policies:\n  in: [{ match: { prefix: 203.0.113.0/24 }, then: reject }, { default: accept }]',
  });
  expect(await subject.bellhop('reload')).toMatchObject({ code: 0 });
  expect(await subject.bellhop('wait', 'route', '203.0.113.0/24', '--timeout', '0')).toMatchObject({
    code: 5,
  });
  expect(await subject.bellhop('wait', 'route', '198.51.100.0/24', '--timeout', '0')).toMatchObject({
    code: 0,
  });
  expect(subject.peer.speaker.neighbor(subject.address)!.messagesReceived.routeRefreshes).toBe(0);
});
