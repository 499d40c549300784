/** Ask 17 (GoBGP #618, #2759, #2915): typos and unknown sets are accepted in silence, the default accepts everything. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hears, setting } from './setting.ts';

const TERM = (match: string) => `policies:\n  in: [{ match: { ${match} }, then: accept }]`;

test.each([
  [
    'a key with a typo',
    { neighbor: 'import: accept, export: accept, hold_time: 9' },
    /:\d+:\d+: error: unknown key `hold_time`[\s\S]*did you mean `hold-time`/,
  ],
  ['a policy that does not exist', { neighbor: 'import: in, export: accept' }, /:\d+:\d+: error: .*`in`/],
  ['a set that does not exist', { top: TERM('prefix-set: customers') }, /:\d+:\d+: error: .*customers/],
  ['a bad regular expression', { top: TERM('as-path: "(65010"') }, /:\d+:\d+: error: [\s\S]*\(65010/],
  [
    'a prefix with host bits',
    { top: 'networks: [{ prefix: 192.0.2.1/24 }]' },
    /:\d+:\d+: error: [\s\S]*192\.0\.2\.0\/24/,
  ],
])('%s: check says where it is and ends with 2', async (_what, wishes, complaint) => {
  await using subject = await setting(17, wishes);
  const checked = await subject.bellhop('check', subject.path);
  expect(checked.code).toBe(2);
  expect(checked.text).toMatch(complaint);
});

test('the running daemon refuses such a file as well, and keeps what it has', async () => {
  await using subject = await setting(17, { top: 'networks: [{ prefix: 192.0.2.0/24 }]' });
  await subject.start();
  const typo = join(subject.directory, 'typo.yaml');
  writeFileSync(typo, subject.config({ top: TERM('prefix-set: customers') }));
  expect(await subject.bellhop('apply', typo)).toMatchObject({ code: 2 });
  await hears(subject, '192.0.2.0/24');
});

test('without a policy nothing is accepted and nothing announced', async () => {
  await using subject = await setting(17, { neighbor: '', top: 'networks: [{ prefix: 192.0.2.0/24 }]' });
  await subject.start();
  expect(await subject.bellhop('wait', 'quiet', '--for', '1s')).toMatchObject({ code: 0 });
  expect(subject.heard()).toEqual([]);
  const { text } = await subject.bellhop('show', 'neighbors', '--json');
  expect(JSON.parse(text)[0].families[0]).toMatchObject({ received: 2, accepted: 0, advertised: 0 });
});
