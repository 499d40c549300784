/**
 * The shapes of all answers are a file of the package, `config/bellhop.openapi.json`: what changes them changes the file,
 * and what breaks clients needs another major version. `UPDATE_SCHEMA=1` writes it anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ApiContext, type ApiServices } from '../../src/api/context.ts';
import { buildServer } from '../../src/api/http-server.ts';
import { API_VERSION } from '../../src/api/version.ts';
import { main } from '../../src/cli/main.ts';
import { Observers } from '../../src/observers/observers.ts';
import { breakingChanges } from './compatible.ts';
import { FakeSpeaker } from './fake-speaker.ts';

type Document = Parameters<typeof breakingChanges>[0] & { readonly info: { readonly version: string } };

const file = new URL('../../config/bellhop.openapi.json', import.meta.url).pathname;
let document: Document;
let committed: Document | undefined;

beforeAll(async () => {
  const speaker = new FakeSpeaker();
  const observers = new Observers(speaker);
  // Only which services there are counts: nobody asks them.
  const services = { vips: {}, processes: {}, metallb: {}, configManager: {}, save: () => undefined };
  const context = new ApiContext(speaker, observers, services as unknown as ApiServices);
  const server = await buildServer(context);
  await server.ready();
  document = JSON.parse((await server.inject('/openapi.json')).body) as Document;
  await server.close();
  observers.close();
  committed = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Document) : undefined;
});

const major = (version: string): string => version.split('.')[0]!;

test('nothing breaks clients within a major version', () => {
  if (committed === undefined || major(committed.info.version) !== major(API_VERSION)) return;
  expect(breakingChanges(committed, document)).toEqual([]);
});

test('config/bellhop.openapi.json is that of the API', () => {
  if (process.env['UPDATE_SCHEMA'] === '1') {
    writeFileSync(file, `${JSON.stringify(document, undefined, 2)}\n`);
    committed = document;
  }
  expect(document).toEqual(committed);
  expect(document.info.version).toBe(API_VERSION);
});

describe('breakingChanges', () => {
  const copy = () => structuredClone(document) as unknown as Record<string, never>;
  const change = (path: string, edit: (node: Record<string, unknown>) => void) => {
    const changed = copy();
    let node: Record<string, unknown> = changed;
    for (const step of path.split(' ')) node = node[step] as Record<string, unknown>;
    edit(node);
    return breakingChanges(document, changed as unknown as Document);
  };

  test('nothing, and a key more, are none', () => {
    expect(breakingChanges(document, document)).toEqual([]);
    expect(
      change('components schemas Policy properties', (node) =>
        Object.assign(node, { colour: { type: 'string' } }),
      ),
    ).toEqual([]);
  });

  test('a key of an answer that goes, may be missing, or has another type', () => {
    expect(change('components schemas Policy properties', (node) => delete node['end'])).toEqual([
      'get /v1/policies answer [] .end is gone',
      'get /v1/policies/{name} answer .end is gone',
    ]);
    expect(change('components schemas Policy', (node) => Object.assign(node, { required: [] }))).toContain(
      'get /v1/policies answer [] .name may be missing',
    );
    expect(
      change('components schemas Policy properties name', (node) => Object.assign(node, { type: 'number' })),
    ).toContain('get /v1/policies answer [] .name is "number", was "string"');
  });

  test('an operation or a parameter that goes, a key of a request that is needed', () => {
    expect(change('paths', (node) => delete node['/v1/save'])).toEqual(['post /v1/save is gone']);
    expect(change('paths /v1/explain get', (node) => Object.assign(node, { parameters: [] }))).toContain(
      'get /v1/explain parameter to is gone',
    );
    expect(
      change('paths /v1/apply post requestBody content application/json schema', (node) =>
        Object.assign(node, { required: ['file', 'text', 'confirmWithin'] }),
      ),
    ).toEqual(['post /v1/apply body .confirmWithin is needed']);
  });
});

describe('bellhop schema', () => {
  async function bellhop(...words: string[]) {
    let text = '';
    const output = {
      write: (piece: string | Uint8Array) => {
        text += Buffer.from(piece).toString();
      },
    };
    const code = await main(['schema', ...words], { stdout: output, stderr: output, environment: {} });
    return { code, text };
  }

  test('lists what there is, and has each of it', async () => {
    const { text } = await bellhop();
    const names = [...text.matchAll(/^ {2}(.*)$/gm)].map(([, name]) => name!);
    expect(text).toMatch(new RegExp(`^Schemas of API version ${API_VERSION}:\n`));
    expect(names).toContain('show routes');
    for (const name of names) {
      const schema = await bellhop(...name.split(' '));
      expect(schema.code, name).toBe(0);
      expect(JSON.parse(schema.text), name).toBeTypeOf('object');
    }
    expect(await bellhop('weather')).toEqual({
      code: 2,
      text: 'error: there is no schema of `weather`; `bellhop schema` lists them\n',
    });
  });

  test('the schema of a command stands on its own', async () => {
    const { text } = await bellhop('policy', 'show');
    const schema = JSON.parse(text) as { readonly $defs: object };
    expect(schema).toMatchObject({
      title: `bellhop policy show --json, API ${API_VERSION}`,
      type: 'array',
      items: { $ref: '#/$defs/Policy' },
    });
    expect(Object.keys(schema.$defs).sort()).toEqual(['Policy', 'PolicyTerm', 'PolicyUse']);
    expect(text).not.toContain('#/components');
  });
});
