/**
 * The Dockerfile, read but not built, because the tests run without a container engine (`image.test.ts` is for where
 * there is one). What it copies is there, what it starts are commands of bellhop, and nothing is left out of the build
 * that the build needs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const TEXT = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
/** One instruction each, continued lines joined, without comments. */
const INSTRUCTIONS = TEXT.replace(/^#.*\n/gm, '')
  .replaceAll('\\\n', '')
  .split('\n')
  .filter((line) => line !== '');
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly engines: { readonly node: string };
  readonly bin: { readonly bellhop: string };
};

function instructions(name: string): string[] {
  return INSTRUCTIONS.filter((line) => line.startsWith(`${name} `)).map((line) =>
    line.slice(name.length + 1),
  );
}

function words(name: string): string[] {
  const [text = ''] = instructions(name).slice(-1);
  return JSON.parse(text) as string[];
}

test('stages: the Node that bellhop needs is built with and copied from; the last stage has its shared libraries', () => {
  const [build = '', last = ''] = instructions('FROM');
  expect(build).toMatch(new RegExp(`^node:${/\d+/.exec(MANIFEST.engines.node)?.[0]}-(\\w+)-slim AS build$`));
  // One release of Debian, so that the program of one stage runs in the other.
  expect(last).toBe(`debian:${/-(\w+)-slim/.exec(build)?.[1]}-slim`);
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
  expect(libraries.includes('libatomic')).toBe(TEXT.includes('libatomic1'));
  expect(TEXT).toContain('libstdc++6');
});

test('copies: what comes from the checkout is in it, and .dockerignore does not hide it', () => {
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');
  const made = ['node_modules', 'dist'];
  const sources = instructions('COPY').flatMap((line) => {
    const all = line.split(/\s+/).filter((word) => !word.startsWith('--'));
    return all.slice(0, -1).map((source) => source.replace(/^\/src\/|^\.\//, ''));
  });
  for (const source of sources.filter((one) => !made.includes(one))) {
    expect(existsSync(join(ROOT, source)), source).toBe(true);
    expect(ignored, source).not.toContain(source);
  }
  // `npm run build` needs these, and nothing of the checkout's own modules.
  for (const needed of ['src', 'tsconfig.json', 'tsconfig.build.json']) expect(ignored).not.toContain(needed);
  expect(ignored).toEqual(expect.arrayContaining(['node_modules', 'dist', '.git']));
});

test('start: an init is process 1, bellhop its child, and CMD has options that exist', () => {
  const entry = words('ENTRYPOINT');
  expect(entry.slice(0, 2)).toEqual(['/usr/bin/tini', '--']);
  expect(entry.at(-1)).toBe(`/opt/bellhop/${MANIFEST.bin.bellhop}`);
  const [command = '', ...options] = words('CMD');
  const help = execFileSync(process.execPath, [join(ROOT, MANIFEST.bin.bellhop), command, '--help'], {
    encoding: 'utf8',
  });
  for (const option of options.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
  expect(options).toContain('--wait-for-config');
});

test('health: a session is established, in words that bellhop knows', () => {
  const health = instructions('HEALTHCHECK')[0] ?? '';
  const check = JSON.parse(/CMD (\[.*\])$/.exec(health)?.[1] ?? '[]') as string[];
  expect(check).toEqual(['bellhop', 'wait', 'established', '--timeout', '0']);
  const help = execFileSync(
    process.execPath,
    [join(ROOT, MANIFEST.bin.bellhop), 'wait', check[2] ?? '', '--help'],
    {
      encoding: 'utf8',
    },
  );
  expect(help).toContain('--timeout <duration>');
});

test('packages: no lists are left, nothing is recommended; the last user is not root', () => {
  const run = instructions('RUN').find((line) => line.includes('apt-get install')) ?? '';
  expect(run).toContain('--no-install-recommends');
  expect(run).toContain('rm -rf /var/lib/apt/lists/*');
  for (const program of ['iproute2', 'tini', 'libcap2-bin']) expect(run).toContain(program);
  expect(instructions('USER')).toEqual(['bellhop']);
});
