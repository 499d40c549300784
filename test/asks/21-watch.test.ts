/** Ask 21 (GoBGP PR #2722): reload by itself when the mounted ConfigMap changes. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../speaker/fixtures.ts';
import { hears, type Setting, setting } from './setting.ts';

const networks = (prefix: string) => ({ top: `networks: [{ prefix: ${prefix} }]` });

/** Changes the file as the kubelet does: a directory with a new name, and one rename of the link to it. */
function mount(subject: Setting, version: number, text: string): void {
  const folder = join(subject.directory, `..version${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'bellhop.yaml'), text);
  symlinkSync(`..version${version}`, join(subject.directory, '..data_tmp'));
  renameSync(join(subject.directory, '..data_tmp'), join(subject.directory, '..data'));
}

test('a ConfigMap that changes is applied, a broken one is not, and the session stays', async () => {
  await using subject = await setting(21);
  rmSync(subject.path);
  mount(subject, 1, subject.config(networks('192.0.2.0/24')));
  symlinkSync('..data/bellhop.yaml', subject.path);
  await subject.start('--watch');
  await hears(subject, '192.0.2.0/24');

  mount(subject, 2, subject.config(networks('10.9.0.0/16')));
  await hears(subject, '10.9.0.0/16');

  mount(subject, 3, subject.config(networks('10.9.0.1/16')));
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(subject.heard().map(({ prefix }) => prefix)).toEqual(['10.9.0.0/16']);

  mount(subject, 4, subject.config(networks('10.7.0.0/16')));
  await hears(subject, '10.7.0.0/16');
  expect(subject.opens()).toBe(1);
});

test('--at-most soft: a file that would reset the session is not applied, and the log says so', async () => {
  await using subject = await setting(21);
  const child = await subject.start('--watch', '--at-most', 'soft');
  let log = '';
  child.stdout!.on('data', (piece) => (log += piece));
  subject.write({
    neighbor: 'import: accept, export: accept, hold-time: 30s',
    top: networks('192.0.2.0/24').top,
  });
  await until(() => log.includes('is a session reset'), `the refusal; the log says ${log}`);
  expect(subject.heard()).toEqual([]);
  subject.write(networks('192.0.2.0/24'));
  await hears(subject, '192.0.2.0/24');
  expect(subject.opens()).toBe(1);
});

test('reload and apply --at-most: exit code 5, and nothing changes', async () => {
  await using subject = await setting(21);
  await subject.start();
  subject.write({ neighbor: 'import: accept, export: accept, hold-time: 30s' });
  for (const words of [['reload'], ['apply', subject.path]]) {
    const { code, text } = await subject.bellhop(...words, '--at-most', 'refresh');
    expect({ code, text }).toEqual({
      code: 5,
      text: `error: nothing changed, as more than \`refresh\` is not allowed: neighbor ${subject.peerAddress} (hold-time) is a session reset\n`,
    });
  }
  expect((await subject.bellhop('reload', '--at-most', 'session')).code).toBe(2);
  expect(subject.opens()).toBe(1);
  expect((await subject.bellhop('reload', '--at-most', 'session-reset')).code).toBe(0);
  await until(() => subject.opens() === 2, 'the new session');
});
