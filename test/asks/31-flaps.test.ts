/** Ask 31 (GoBGP #806, #2167, FRR PR #14175): what flaps makes churn for everybody else, and a broken peer is dialled without end. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { established, freePort, pause, run, until } from '../speaker/fixtures.ts';
import { message, RawPeer, UPDATE, updateMessage } from '../speaker/raw-peer.ts';

const FLAPPER = '127.0.131.2';
const BYSTANDER = '127.0.131.3';
const ROUTE = '18cb0071';
const WITHDRAWAL = message(UPDATE, `0004${ROUTE}0000`);

test('200 flaps of a route are a handful of UPDATEs for a neighbor with an advertisement-interval, and the last state counts', async () => {
  await using subject = await run(`
as: 65001
router-id: 10.0.0.1
listen: ["127.0.0.1:0"]
neighbors:
  - { address: ${FLAPPER}, peer-as: 65002, passive: true, import: accept, export: accept }
  - { address: ${BYSTANDER}, peer-as: 65003, passive: true, import: accept, export: accept, advertisement-interval: 1s }
`);
  const flapper = await (await RawPeer.connect(subject.port, FLAPPER)).establish();
  const bystander = await (await RawPeer.connect(subject.port, BYSTANDER)).establish({
    as: 65003,
    routerId: '0a000003',
  });
  await until(() => established(subject, FLAPPER) && established(subject, BYSTANDER), 'both sessions');
  const about = () => bystander.messages.filter(({ type, body }) => type === UPDATE && body.includes(ROUTE));
  const began = performance.now();
  for (let i = 0; i < 200; i++) {
    flapper.send(i % 2 === 0 ? updateMessage(ROUTE) : WITHDRAWAL);
    await pause(5);
  }
  flapper.send(updateMessage(ROUTE));
  await until(() => about().at(-1)?.body.endsWith(ROUTE) === true, 'the last state');
  await pause(1500);
  const seconds = (performance.now() - began) / 1000;
  expect(about().length).toBeGreaterThan(0);
  expect(about().length).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
  expect(about().at(-1)?.body).toMatch(new RegExp(`${ROUTE}$`));
  flapper.socket.end();
  bystander.socket.end();
});

test('a peer that hangs up at once is dialled at growing intervals', { timeout: 20_000 }, async () => {
  const port = await freePort(FLAPPER);
  const times: number[] = [];
  const server = createServer((socket) => {
    times.push(performance.now());
    socket.once('data', () => socket.resetAndDestroy());
    socket.on('error', () => undefined);
  }).listen(port, FLAPPER);
  await once(server, 'listening');
  await using subject = await run(`
as: 65001
router-id: 10.0.0.1
listen: []
neighbors: [{ address: ${FLAPPER}, port: ${port}, local-address: 127.0.131.1, peer-as: 65002, import: accept, export: accept }]
`);
  await until(() => times.length >= 4, 'four attempts', 18_000);
  const [first = 0, second = 0, third = 0, fourth = 0] = times;
  expect(fourth - third).toBeGreaterThan(second - first);
  expect(subject.speaker.neighbor(FLAPPER)?.flaps).toBe(0);
  server.close();
});
