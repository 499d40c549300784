/** Ask 21 (GoBGP PR #2722): reload by itself when the mounted ConfigMap changes. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
