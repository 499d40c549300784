/** Ask 19 (GoBGP #2594, #2566, #2700, #1655): what was changed through the API is lost at the next restart. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hears, setting } from './setting.ts';

test('persist: routes survive kill -9; a disabled neighbor: test/cli/operate.test.ts', async () => {
  await using subject = await setting(19, { top: 'persist: true' });
  const first = await subject.start();
  await subject.bellhop('announce', '192.0.2.0/24', '--community', '65001:7');
  await hears(subject, '192.0.2.0/24');
  first.kill('SIGKILL');
  await hears(subject);
  await subject.start();
  await hears(subject, '192.0.2.0/24');
  expect(subject.heard()[0]?.communities).toEqual(['65001:7']);
});

test('save: they become configuration in a drop-in, by which a daemon without memory announces them', async () => {
  await using subject = await setting(19);
  const first = await subject.start();
  await subject.bellhop('announce', '192.0.2.0/24', '--med', '5');
  expect((await subject.bellhop('save')).text).toContain('Wrote 1 route to ');
  const dropIn = join(subject.directory, 'bellhop.d/50-saved.yaml');
  expect(readFileSync(dropIn, 'utf8')).toContain('192.0.2.0/24');
  expect(await subject.bellhop('check', subject.path)).toMatchObject({ code: 0 });
  first.kill('SIGKILL');
  await hears(subject);
  await subject.start();
  await hears(subject, '192.0.2.0/24');
  expect((await subject.bellhop('show', 'announcements')).text).toMatch(
    /^\*> +192\.0\.2\.0\/24 +config .*med 5/m,
  );
});

test('config export: one file that another daemon, without memory and drop-ins, does the same by', async () => {
  await using subject = await setting(19);
  const first = await subject.start();
  await subject.bellhop('announce', '192.0.2.0/24', '--med', '5');
  await subject.bellhop('announce', '192.0.2.128/25', '--ttl', '60s');
  const exported = await subject.bellhop('config', 'export');
  expect(exported.code).toBe(0);
  expect(exported.text).toContain('Routes that end by themselves are left out: 1.');
  first.kill('SIGKILL');
  await hears(subject);
  writeFileSync(subject.path, exported.text.replace('Routes that end', '# Routes that end'));
  expect(await subject.bellhop('check', subject.path)).toMatchObject({ code: 0 });
  await subject.start();
  await hears(subject, '192.0.2.0/24');
});

test('config export: a disabled neighbor is shut down there, and `save` says where that stands', async () => {
  await using subject = await setting(19);
  await subject.start();
  await subject.bellhop('disable', subject.peerAddress, '--message', 'rack 7 moves');
  expect((await subject.bellhop('save')).text).toBe(
    'Nothing to save.\nNot saved: 1 neighbor disabled. `bellhop config export` has that as `shutdown`, `persist: true` keeps it.\n',
  );
  expect((await subject.bellhop('config', 'export')).text).toContain('shutdown: rack 7 moves');
});
