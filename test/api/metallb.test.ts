/** `GET /v1/metallb`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fetchAnswer, requests } from '../../src/api/client.ts';
import { type Api, startApi } from '../../src/api/server.ts';
import type { MetallbStatus } from '../../src/api/types.ts';
import { FakeSpeaker } from './fake-speaker.ts';

let api: Api | undefined;
const directory = mkdtempSync(join(tmpdir(), 'bellhop-api-'));
afterEach(async () => {
  await api?.close();
  rmSync(directory, { recursive: true, force: true });
});

test('the status as it is; a problem while the configuration has no manifests', async () => {
  let status: MetallbStatus | undefined;
  const socketPath = join(directory, 'bellhop.sock');
  api = await startApi(new FakeSpeaker(), { socketPath, metallb: { status: () => status } });
  await expect(fetchAnswer(socketPath, requests.metallb())).rejects.toThrow('has no `metallb`');
  status = { node: 'node-1', nodeLabels: { a: 'b' }, files: [], unmatched: [], problems: [], objects: [] };
  expect(await fetchAnswer(socketPath, requests.metallb())).toEqual(status);
});
