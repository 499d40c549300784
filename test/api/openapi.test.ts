/**
 * The OpenAPI document: a public validator accepts it, it names every route, and what the daemon answers is what its
 * schemas say, to the last key.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SwaggerParser from '@apidevtools/swagger-parser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type ApiRequest, fetchAnswer, requests } from '../../src/api/client.ts';
import { announcement, ownRouteChange } from '../../src/api/schemas/announcement.ts';
import { configOutcome, confirmation, exportedConfig, saveOutcome } from '../../src/api/schemas/config.ts';
import { explanation } from '../../src/api/schemas/explanation.ts';
import { policy } from '../../src/api/schemas/policy.ts';
import { errorEntry as errorSchema, problem, route } from '../../src/api/schemas/route.ts';
import { neighbor, readiness, summary } from '../../src/api/schemas/status.ts';
import { diagnosis, vip } from '../../src/api/schemas/vip.ts';
import { type Api, startApi } from '../../src/api/server.ts';
import { ConfigManager } from '../../src/speaker/config-manager.ts';
import { Vips } from '../../src/vip/vips.ts';
import { configOf, established, freePort, type Running, run, until } from '../speaker/fixtures.ts';
import { errorEntry, FakeSpeaker } from './fake-speaker.ts';
import { raw } from './raw.ts';

let directory: string;
let socketPath: string;
let api: Api;
let first: Running;
let second: Running;
let vips: Vips;
let text: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-openapi-'));
  socketPath = join(directory, 'bellhop.sock');
  const port = await freePort('127.0.0.11');
  const config = (own: string, other: string, as: number, peerAs: number, networks: string) => `
as: ${as}
router-id: 192.0.2.${as - 65000}
listen: ['${own}:${port}']
neighbors:
  - { address: ${other}, port: ${port}, local-address: ${own}, peer-as: ${peerAs}, connect-retry: 1s, import: accept, export: accept }
networks: [${networks}]
`;
  first = await run(config('127.0.0.11', '127.0.0.12', 65001, 65002, '{ prefix: 192.0.2.0/24, med: 5 }'));
  second = await run(
    config(
      '127.0.0.12',
      '127.0.0.11',
      65002,
      65001,
      "{ prefix: 203.0.113.0/24, communities: ['65002:7'], large-communities: ['65002:1:2'] }",
    ),
  );
  const file = join(directory, 'bellhop.yaml');
  text = config('127.0.0.11', '127.0.0.12', 65001, 65002, '{ prefix: 192.0.2.0/24, med: 5 }');
  writeFileSync(file, text);
  vips = new Vips(
    first.speaker,
    configOf(
      'as: 1\nrouter-id: 1.1.1.1\nvips: [{ name: web, addresses: [203.0.113.10], checks: [{ exec: [/does/not/exist] }] }]\n',
    ),
  );
  await vips.start();
  api = await startApi(first.speaker, {
    socketPath,
    vips,
    configManager: new ConfigManager(first.speaker, file, [{ file, text }]),
    save: () => ({ file: 'announced.yaml', saved: 1, leftOut: 0, disabled: 0 }),
  });
  await until(() => established(first, '127.0.0.12'), 'the session');
  await until(() => first.speaker.routes({}).length === 2, 'the route of the other one');
});

afterAll(async () => {
  await api.close();
  await vips.stop('the test is over');
  await second[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
}

async function document(): Promise<OpenApi> {
  return (await raw(socketPath, '/openapi.json')).body as OpenApi;
}

test('/openapi.json: is valid OpenAPI 3.1 by a public validator', async () => {
  const found = await document();
  expect(found.openapi).toBe('3.1.0');
  await expect(SwaggerParser.validate(structuredClone(found) as never)).resolves.toBeDefined();
  const broken = structuredClone(found) as unknown as { info: object };
  broken.info = {};
  await expect(SwaggerParser.validate(broken as never)).rejects.toThrow();
});

test('/openapi.json: every operation says what it answers, and how it fails', async () => {
  const { paths } = await document();
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      ...['/healthz', '/readyz', '/v1/status', '/v1/routes', '/v1/explain', '/v1/neighbors/{address}'],
      ...['/v1/neighbors/{address}/disable', '/v1/announcements/{owner}', '/v1/vips/{name}', '/v1/doctor'],
      ...['/v1/policies', '/v1/policies/{name}'],
      ...['/v1/drain', '/v1/undrain', '/v1/plan', '/v1/apply', '/v1/confirm', '/v1/rollback', '/v1/save'],
    ]),
  );
  for (const [path, operations] of Object.entries(paths))
    for (const [method, operation] of Object.entries(operations)) {
      const place = `${method} ${path}`;
      expect(operation, place).toMatchObject({ summary: expect.any(String), tags: [expect.any(String)] });
      expect(Object.keys(operation.responses), place).toContain('default');
    }
});

test('/openapi.json: the parameters of /v1/routes are those that are checked', async () => {
  const { paths } = await document();
  const { parameters } = paths['/v1/routes']!['get'] as unknown as { parameters: { name: string }[] };
  const names = parameters.map(({ name }) => name).sort();
  expect(names).toEqual(
    'advertised as best community cursor family limit longerPrefixes peer prefix received'.split(' '),
  );
});

test('answers of a running speaker are what the schemas say, and nothing more', async () => {
  summary.parse(await fetchAnswer(socketPath, requests.summary()));
  z.array(neighbor)
    .nonempty()
    .parse(await fetchAnswer(socketPath, requests.neighbors()));
  for (const query of [{}, { received: '127.0.0.12' }, { advertised: '127.0.0.12' }])
    z.array(route)
      .nonempty()
      .parse(await fetchAnswer(socketPath, requests.routes(query)));
  for (const query of [
    { prefix: '203.0.113.0/24' },
    { prefix: '192.0.2.9', to: '127.0.0.12' },
    { prefix: '::/0' },
  ])
    explanation.parse(await fetchAnswer(socketPath, requests.explain(query)));
  z.array(policy)
    .nonempty()
    .parse(await fetchAnswer(socketPath, requests.policies()));
  readiness.parse((await raw(socketPath, '/readyz')).body);
  problem.parse((await raw(socketPath, '/v1/routes?limit=0&prefix=nonsense')).body);
});

test('so are those to requests that change something, and those of VIPs', async () => {
  const ask = <Answer>(call: ApiRequest<Answer>) => fetchAnswer(socketPath, call);
  const everything = {
    prefix: '198.51.100.0/24',
    nextHop: '127.0.0.11',
    asPath: [65100],
    med: 5,
    localPref: 200,
    communities: ['65001:1'],
    largeCommunities: ['65001:1:2'],
    extendedCommunities: ['rt:65001:1'],
    atomicAggregate: true,
    aggregator: '65001 10.0.0.1',
    peers: ['127.0.0.12'],
  };
  announcement.parse(await ask(requests.announce('cli', everything, '30s')));
  announcement.parse(await ask(requests.announce('blue', { prefix: '198.51.100.0/24' })));
  z.array(announcement)
    .length(3)
    .parse(await ask(requests.announcements()));
  ownRouteChange.parse(await ask(requests.announceSet('blue', [])));
  ownRouteChange.parse(await ask(requests.withdraw('cli')));
  z.array(vip)
    .length(1)
    .parse(await ask(requests.vips()));
  await until(() => vips.vip('web')?.state === 'DOWN', 'the check has run');
  vip.parse(await ask(requests.vip('web')));
  z.array(diagnosis)
    .length(1)
    .parse(await ask(requests.doctor()));
  z.array(vip)
    .length(1)
    .parse(await ask(requests.drain('web', 60)));
  z.array(vip)
    .length(1)
    .parse(await ask(requests.undrain('web')));
  const other = `${text.replace('med: 5', 'med: 6')}drain-on-stop: 2s\napi: { ready: all }\n`;
  configOutcome.parse(await ask(requests.plan('new.yaml', other)));
  configOutcome.parse(await ask(requests.apply('new.yaml', other, '60s')));
  confirmation.parse(await ask(requests.confirm()));
  configOutcome.parse(await ask(requests.apply('new.yaml', text, '60s')));
  configOutcome.parse(await ask(requests.rollback()));
  configOutcome.parse(await ask(requests.reload()));
  saveOutcome.parse(await ask(requests.save()));
  exportedConfig.parse(await ask(requests.exportConfig(true)));
  neighbor.parse(await ask(requests.disable('127.0.0.12', 'for a test')));
  readiness.parse((await raw(socketPath, '/readyz')).body);
  neighbor.parse(await ask(requests.enable('127.0.0.12')));
  const wrong = { ...requests.plan('new.yaml', 'as: nonsense'), answer: undefined };
  await expect(ask(wrong)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('a malformed message is what its schema says', () => {
  errorSchema.parse(JSON.parse(JSON.stringify(errorEntry())));
  expect(new FakeSpeaker().errors()).toHaveLength(1);
});
