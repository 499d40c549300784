/** Ask 3 (GoBGP #2377, ExaBGP's health checks): routes of a script that has died stay announced for ever. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { hears, setting } from './setting.ts';

const CONTROLLER = `
import { BellhopClient } from '${new URL('../../src/client.ts', import.meta.url)}';
const bellhop = new BellhopClient(process.argv[1]);
for (;;) {
  await bellhop.announce('controller', { prefix: '192.0.2.0/24' }, '1s');
  await new Promise((resolve) => setTimeout(resolve, 200));
}`;

test('a route with a ttl stays while its controller renews it, without UPDATEs, and goes when that is killed', async () => {
  await using subject = await setting(3);
  await subject.start();
  const controller = spawn(process.execPath, ['--input-type=module', '-e', CONTROLLER, subject.socketPath]);
  let trouble = '';
  controller.stderr.on('data', (piece) => (trouble += piece));
  await hears(subject, '192.0.2.0/24').catch((error: Error) => {
    throw new Error(`${error.message}: ${trouble}`);
  });
  const updates = () => subject.peer.speaker.neighbor(subject.address)!.messagesReceived.updates;
  const before = updates();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(subject.heard().map(({ prefix }) => prefix)).toEqual(['192.0.2.0/24']);
  expect(updates()).toBe(before);

  controller.kill('SIGKILL');
  await once(controller, 'exit');
  await hears(subject);
  expect((await subject.bellhop('show', 'announcements')).text).not.toContain('192.0.2.0/24');
});
