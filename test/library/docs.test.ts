/** docs/library.md: each program on the page compiles with strict types, runs, and prints what the page says. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
const SOURCES = {
  "'bellhop'": "'../../../src/index.ts'",
  "'bellhop/testing'": "'../../../src/testing.ts'",
};

/** The title above each program, and the program. */
const programs = [...PAGE.matchAll(/^## (.*)$|```ts\n([\s\S]*?)```/gm)].reduce<[string, string][]>(
  (found, [, title, code]) => {
    if (title !== undefined) found.push([title, '']);
    else found.at(-1)![1] = code!;
    return found;
  },
  [],
);

let folder: string;
const fileOf = (title: string) => join(folder, `${title.toLowerCase().replaceAll(' ', '-')}.ts`);

beforeAll(() => {
  folder = mkdtempSync(join(import.meta.dirname, '.example-'));
  for (const [title, code] of programs) {
    const text = Object.entries(SOURCES).reduce((all, [name, path]) => all.replaceAll(name, path), code);
    writeFileSync(fileOf(title), text);
  }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    '{ "extends": "../../../tsconfig.json", "include": ["*.ts"] }',
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every section has a program with its output', () => {
  expect(programs).toHaveLength(5);
  for (const [title, code] of programs) expect(code, title).toMatch(/\n\/\/ /);
});

test('they compile', () => {
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
}, 60_000);

test.each(programs)('%s: prints what the page says', async (title, code) => {
  // The comments at the end of the program.
  const expected = code.slice(code.search(/(?:\/\/ .*\n)+$/)).replace(/^\/\/ /gm, '');
  const { stdout } = await promisify(execFile)(process.execPath, [fileOf(title)]);
  expect(stdout).toBe(expected);
});
