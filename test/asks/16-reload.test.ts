/** Ask 16 (FRR #15574, #4204, #6641, ExaBGP #966): a reload resets sessions, depends on order, is applied by half. */
import { expect, test } from 'vitest';
import { until } from '../speaker/fixtures.ts';
import { hears, setting } from './setting.ts';

const POLICY = `policies:
  out: [{ set: { community: { add: ['65001:9'] } }, then: accept }]`;
const NETWORK =
  'networks: [{ prefix: 192.0.2.0/24 }, { prefix: 10.9.0.0/16 }]\ndynamic-neighbors: [{ prefix: 10.0.0.0/8, peer-as: 65010, import: accept, export: accept }]';

test('policies, networks and neighbors change in one reload, in any order in the file, and no session notices', async () => {
  await using subject = await setting(16, { top: 'networks: [{ prefix: 192.0.2.0/24 }]' });
  await subject.start();
  await hears(subject, '192.0.2.0/24');
  for (const top of [`${POLICY}\n${NETWORK}`, `${NETWORK}\n${POLICY}`]) {
    subject.write({ neighbor: 'import: accept, export: out', top });
    const plan = await subject.bellhop('plan', subject.path);
    expect(plan.code, plan.text).toBe(0);
    expect(plan.text).not.toMatch(/^(session reset|restart|refresh) /m);
    const reload = await subject.bellhop('reload');
    // The same changes; what they mean to the peers is for the plan to say.
    expect(reload.text).toContain(plan.text.split('\n\n')[0]!.trimEnd());
    expect(reload.text).toContain(plan.text.trimEnd().split('\n').at(-1)!.replace('Would apply', 'Applied'));
    await until(() => subject.heard().every((route) => route.communities?.includes('65001:9')), 'the policy');
    await hears(subject, '192.0.2.0/24', '10.9.0.0/16');
  }
  // The second file said the same in another order.
  expect((await subject.bellhop('reload')).text).toBe('Nothing changes.\n');
  expect(subject.opens()).toBe(1);
});

test('what needs a new session is named before it happens, and a file with one mistake is not applied in part', async () => {
  await using subject = await setting(16, { top: 'networks: [{ prefix: 192.0.2.0/24 }]' });
  await subject.start();
  await hears(subject, '192.0.2.0/24');
  subject.write({ neighbor: 'import: accept, export: accept, hold-time: 30s' });
  expect((await subject.bellhop('plan', subject.path)).text).toMatch(
    /^session reset +neighbor \S+ +hold-time: 90s -> 30s/m,
  );
  subject.write({ neighbor: 'import: accept, export: nowhere', top: 'networks: [{ prefix: 10.9.0.0/16 }]' });
  expect(await subject.bellhop('reload')).toMatchObject({
    code: 2,
    text: expect.stringContaining('nothing changed'),
  });
  expect(subject.heard().map(({ prefix }) => prefix)).toEqual(['192.0.2.0/24']);
  expect(subject.opens()).toBe(1);
});
