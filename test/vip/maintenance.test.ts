/** Maintenance files: seen at once, in folders that come and go, without a look at every file. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { MaintenanceFiles } from '../../src/vip/maintenance.ts';
import { pause, until } from '../speaker/fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-maintenance-'));
const problems: string[] = [];
const start = () => new MaintenanceFiles(systemClock, (reason) => problems.push(reason));
let files = start();
afterEach(() => {
  files.stop();
  files = start();
  problems.length = 0;
});

/** What is known of a file; undefined before the first look. */
function follow(path: string): { exists: boolean | undefined; unwatch: () => void } {
  const state = { exists: undefined as boolean | undefined, unwatch: () => {} };
  state.unwatch = files.watch(path, (exists) => {
    state.exists = exists;
  });
  return state;
}

test('a file that is made and removed', async () => {
  const path = join(folder, 'web.off');
  const web = follow(path);
  const other = follow(join(folder, 'other.off'));
  await until(() => web.exists === false, 'the first look');
  writeFileSync(path, '');
  await until(() => web.exists === true, 'it is seen', 900);
  expect(other.exists).toBe(false);
  rmSync(path);
  await until(() => web.exists === false, 'it is gone', 900);
});

test('a file that is there at the start', async () => {
  writeFileSync(join(folder, 'db.off'), '');
  const db = follow(join(folder, 'db.off'));
  await until(() => db.exists === true, 'the first look');
  db.unwatch();
  rmSync(join(folder, 'db.off'));
  const again = follow(join(folder, 'db.off'));
  await until(() => again.exists === false, 'the second watcher');
  expect(db.exists).toBe(true);
});

test('a folder that does not exist yet, and one that is replaced', async () => {
  const inner = join(folder, 'later');
  const file = follow(join(inner, 'web.off'));
  await until(() => file.exists === false, 'the first look');
  mkdirSync(inner);
  writeFileSync(join(inner, 'web.off'), '');
  await until(() => file.exists === true, 'found in the new folder', 1900);
  renameSync(inner, join(folder, 'old'));
  await until(() => file.exists === false, 'the folder is gone', 1900);
  mkdirSync(inner);
  writeFileSync(join(inner, 'web.off'), '');
  await until(() => file.exists === true, 'found in the second folder', 1900);
});

test('a folder that cannot be read is told, once', async () => {
  writeFileSync(join(folder, 'plain'), '');
  const file = follow(join(folder, 'plain', 'web.off'));
  await until(() => file.exists === false, 'the first look');
  await pause(1200);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/maintenance files cannot be seen: ENOTDIR/);
});
