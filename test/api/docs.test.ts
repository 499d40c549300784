/** docs/api.md and the API in README.md, word for word: its commands run, its program compiles and runs, its answers are what comes. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Pair, startPair } from '../cli/pair.ts';
import { established, until } from '../speaker/fixtures.ts';

const ROOT = join(import.meta.dirname, '../..');
const TEXT = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

let pair: Pair;
let directory: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-docs-'));
  mkdirSync(join(directory, 'bin'));
  symlinkSync(join(ROOT, 'bin/bellhop.js'), join(directory, 'bin/bellhop'));
  pair = await startPair(31);
  environment = {
    ...process.env,
    PATH: `${join(directory, 'bin')}:${process.env['PATH']}`,
    BELLHOP_SOCKET: pair.socketPath,
  };
  await until(() => established(pair.subject, pair.peerAddress), 'the session');
  await until(() => pair.subject.speaker.routes({}).length === 2, 'the route');
});

afterAll(async () => {
  await pair[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

function blocks(language: string): string[] {
  return [...TEXT.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, code]) => code!,
  );
}

function bash(code: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)('bash', ['--norc', '-euc', `set -o pipefail\n${code}`], {
    cwd: directory,
    env: environment,
  });
}

const ofReadme = /<!-- run: test\/api\/docs\.test\.ts -->\n```sh\n([\s\S]*?)```/.exec(README)![1]!;
const commands = [...blocks('sh'), ofReadme];
const endless = (code: string) => code.includes('# until Ctrl-C');

test('the page has commands, a program and an answer', () => {
  expect(commands.length).toBeGreaterThan(6);
  expect(blocks('ts')).toHaveLength(1);
  expect(blocks('json')).toHaveLength(1);
});

describe('commands', () => {
  test.each(commands.filter((code) => !endless(code)))(
    '%s',
    async (code) => {
      const { stdout, stderr } = await bash(code);
      expect(stderr).toBe('');
      if (code.includes('curl')) expect(stdout.length).toBeGreaterThan(20);
    },
    60_000,
  );

  test.each(commands.filter(endless))('%s', async (code) => {
    const child = spawn('bash', ['-c', `exec ${code.trim()}`], { env: environment });
    let text = '';
    child.stdout.on('data', (piece: Buffer) => {
      text += piece;
    });
    try {
      await until(() => /event: ready|listening/.test(text), 'ready');
      pair.announce(['203.0.113.0/24', '198.51.100.0/24']);
      await until(() => text.includes('198.51.100.0/24'), 'the new route');
    } finally {
      child.kill('SIGINT');
      pair.announce(['203.0.113.0/24']);
      await until(() => pair.subject.speaker.routes({}).length === 2, 'the route is gone');
    }
  });
});

test('the problem document is what comes', async () => {
  const code = commands.find((one) => one.includes('colour=red'))!;
  expect(JSON.parse((await bash(code)).stdout)).toEqual(JSON.parse(blocks('json')[0]!));
});

test('pages of one route have a next one, its cursor in two headers', async () => {
  const { stdout } = await bash(
    commands
      .find((one) => one.includes('limit=1'))!
      .split('\n')
      .at(-2)!,
  );
  expect(stdout).toMatch(/^bellhop-next-cursor: \d+\.\d+\.\d+\r$/im);
  expect(stdout).toMatch(/^link: <\/v1\/routes\?limit=1&cursor=.*>; rel="next"\r$/im);
});

test('the program compiles with strict types, and runs', async () => {
  const folder = mkdtempSync(join(ROOT, 'test/api/.example-'));
  try {
    const file = join(folder, 'example.ts');
    writeFileSync(file, blocks('ts')[0]!.replace("'bellhop/client'", "'../../../src/client.ts'"));
    const config = { extends: '../../../tsconfig.json', include: ['example.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env: environment });
    expect(stdout.split('\n')).toEqual([
      'AS 65001, 1 neighbors',
      '192.0.2.0/24 ',
      '203.0.113.0/24 65002',
      'the last page has 1 route',
      'NOT_FOUND',
      '',
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
