/** The example of docs/wire.md: compiled with strict types, then run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const WIRE = join(ROOT, 'src/wire');

let directory: string;
let file: string;

// Inside of the tests, so that the types of Node are found.
beforeAll(() => {
  directory = mkdtempSync(join(ROOT, 'test/wire/.example-'));
  file = join(directory, 'example.ts');
  const text = readFileSync(join(ROOT, 'docs/wire.md'), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(text)![1]!;
  writeFileSync(file, code.replaceAll("'bellhop/wire'", "'../../../src/wire/index.ts'"));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('docs/wire.md: the example compiles', () => {
  const config = { extends: '../../../tsconfig.json', include: ['example.ts'] };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  expect(() => execFileSync(compiler, ['-p', directory], { encoding: 'utf8' })).not.toThrow();
});

test('docs/wire.md: the example runs, and its assertions hold', async () => {
  await import(file);
});

test('nothing that wire needs is of Node or a package', () => {
  const seen = new Set<string>();
  const foreign: string[] = [];
  const queue = readdirSync(WIRE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(WIRE, name));
  for (const path of queue) {
    if (seen.has(path)) continue;
    seen.add(path);
    const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, target] of code.matchAll(/(?:from |import\(|import )'([^']+)'/g)) {
      if (target!.startsWith('.')) queue.push(join(path, '..', target!));
      else foreign.push(`${path}: ${target}`);
    }
    if (/\b(?:Buffer|process|require|__dirname)\b\s*[.([]/.test(code))
      foreign.push(`${path}: a global of Node`);
  }
  expect(seen.size).toBeGreaterThan(40);
  expect(foreign).toEqual([]);
});
