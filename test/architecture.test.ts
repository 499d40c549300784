/**
 * The layer table as a test: who may import whom, which packages a layer may use, and how long a file may get.
 * The table is the one of src/README.md; a change that moves a border changes both.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = join(import.meta.dirname, '../src');
const MAX_LINES = 500;

interface Layer {
  /** Layers it may import from, besides itself. */
  readonly layers: string;
  /** Packages; `node:*` stands for every module of Node. */
  readonly packages: string;
}

const LAYERS: Readonly<Record<string, Layer>> = {
  base: { layers: '', packages: 'node:buffer' },
  net: { layers: 'base', packages: 'node:* koffi' },
  wire: { layers: 'base', packages: '' },
  pcap: { layers: 'base', packages: '' },
  fsm: { layers: 'base wire', packages: '' },
  rib: { layers: 'base wire', packages: '' },
  policy: { layers: 'base wire rib', packages: '' },
  engine: { layers: 'base wire rib policy', packages: '' },
  config: {
    layers: 'base wire policy',
    packages: 'node:child_process node:crypto node:fs node:module node:path yaml zod ip-address',
  },
  fuzz: { layers: 'base wire net', packages: 'node:net' },
  speaker: {
    layers: 'base net wire fsm rib policy engine config',
    packages: 'node:* pino pino-pretty',
  },
  testing: { layers: 'base net', packages: 'node:net node:stream' },
  vip: { layers: 'base net config speaker', packages: 'node:*' },
  observers: { layers: 'base net wire rib engine config speaker vip', packages: 'node:* prom-client' },
  frontends: { layers: 'base wire policy config speaker vip', packages: 'node:* yaml zod' },
  api: {
    layers: 'base wire rib config speaker observers vip frontends',
    packages: 'node:* fastify zod @fastify/swagger fastify-type-provider-zod eventsource-parser',
  },
  bench: { layers: 'base wire rib', packages: 'node:*' },
  cli: { layers: 'base wire rib pcap fuzz policy config api bench', packages: 'node:* commander' },
};

/** Files at the top put the program together and may import everything. */
const COMPOSITION = [
  'index.ts',
  'client.ts',
  'testing.ts',
  'main.ts',
  'daemon.ts',
  'daemon-code.ts',
  'daemon-parts.ts',
  'daemon-signals.ts',
  'warm-up.ts',
  'warm-up-updates.ts',
  'warm-up-oddities.ts',
  'demo.ts',
  'demo-service.ts',
];

/** Of the API the CLI may use what a client needs; the server would cost every command its start-up time. */
const CLIENT_FILES = ['api/client.ts', 'api/client-streams.ts', 'api/socket-path.ts', 'api/types.ts'];

/** `run` and `demo` load the program only when asked to. */
const LAZY_FILES = ['main.ts', 'demo.ts'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly lazy: boolean;
}

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
  .sort();

function importsOf(file: string): Import[] {
  const code = readFileSync(join(SOURCE, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const found = code.matchAll(
    /^(?:import|export)[^;'"]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map((match) => {
    const target = match[1] ?? match[2] ?? match[3]!;
    const isRelative = target.startsWith('.');
    const to = isRelative ? posix.join(posix.dirname(file), target) : target;
    return { from: file, to: isRelative ? to : `package ${to}`, lazy: match[3] !== undefined };
  });
}

function isAllowed({ from, to, lazy }: Import): boolean {
  const layer = from.split('/')[0]!;
  const rules = LAYERS[layer];
  if (rules === undefined) return COMPOSITION.includes(from);
  if (to.startsWith('package ')) {
    const name = to.slice('package '.length);
    const allowed = rules.packages.split(' ');
    return allowed.includes(name) || (name.startsWith('node:') && allowed.includes('node:*'));
  }
  const target = to.split('/')[0]!;
  if (layer === 'cli' && lazy && LAZY_FILES.includes(to)) return true;
  if (layer === 'cli' && target === 'api') return CLIENT_FILES.includes(to);
  return target === layer || rules.layers.split(' ').includes(target);
}

test('layers: imports follow the table', () => {
  const imports = files.flatMap(importsOf);
  expect(imports.length).toBeGreaterThan(files.length / 2);
  const broken = imports.filter((one) => !isAllowed(one)).map(({ from, to }) => `${from} imports ${to}`);
  expect(broken).toEqual([]);
});

test('layers: only speaker/log.ts knows pino', () => {
  const users = files.filter((file) => importsOf(file).some(({ to }) => to.startsWith('package pino')));
  expect(users).toEqual(['speaker/log.ts']);
});

test(`files: at most ${MAX_LINES} lines, opened by a doc comment`, () => {
  const problems = files.flatMap((file) => {
    const text = readFileSync(join(SOURCE, file), 'utf8');
    const lines = text.split('\n').length - 1;
    return [
      ...(lines > MAX_LINES ? [`${file}: ${lines} lines`] : []),
      ...(text.startsWith('/**') ? [] : [`${file}: no doc comment on top`]),
    ];
  });
  expect(problems).toEqual([]);
});
