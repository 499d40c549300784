/** VIPs between two speakers on loopback: what the peer hears, what the doctor says, and that silence is kept. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { VipEvent } from '../../src/vip/events.ts';
import { Vips } from '../../src/vip/vips.ts';
import { configOf, established, pause, type Running, run, until } from '../speaker/fixtures.ts';

const A = '127.0.0.1';
const B = '127.0.0.2';
const FAST = 'connect-retry: 100ms, idle-hold-time: 10ms, idle-hold-time-maximum: 20ms';

const closing: (() => PromiseLike<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Service {
  readonly url: string;
  status: number;
}

async function service(): Promise<Service> {
  const state = { url: '', status: 200 };
  const server: Server = createServer((_request, response) => response.writeHead(state.status).end('ok'));
  await new Promise<void>((resolve) => server.listen(0, A, resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  state.url = `http://${A}:${(server.address() as AddressInfo).port}/`;
  return state;
}

function ours(port: number, vips: string): string {
  return `
as: 65001
router-id: 10.0.0.1
listen: []
neighbors:
  - { address: ${B}, port: ${port}, peer-as: 65002, local-address: ${A}, description: tor-1, ${FAST}, import: accept, export: accept }
vips:
${vips}`;
}

const vipText = (url: string, more = '') => `  - name: web
    addresses: [203.0.113.10]
    checks: [{ http: "${url}", interval: 50ms, fast-interval: 50ms, timeout: 2s, rise: 2, fall: 2 }]
${more}`;

async function start(vips: string) {
  const theirs = await run(`
as: 65002
router-id: 10.0.0.2
listen: ["${B}:0"]
neighbors: [{ address: ${A}, peer-as: 65001, passive: true, ${FAST}, import: accept, export: accept }]
`);
  closing.push(() => theirs[Symbol.asyncDispose]());
  const text = ours(theirs.port, vips);
  const speaker = await run(text);
  closing.push(() => speaker[Symbol.asyncDispose]());
  const running = new Vips(speaker.speaker, configOf(text));
  const events: VipEvent[] = [];
  running.subscribe((event) => events.push(event));
  closing.push(() => running.stop('the test is over'));
  await running.start();
  await until(() => established(speaker, B) && established(theirs, A), 'the session');
  return { theirs, speaker, vips: running, events, port: theirs.port };
}

/** The route at the peer, as text; undefined when it has none. */
function heard({ speaker }: Running, prefix = '203.0.113.10/32'): string | undefined {
  const route = speaker.routes({ prefix })[0];
  if (route === undefined) return undefined;
  const { asPath, med, communities } = route;
  return [asPath, ...(med === undefined ? [] : [`med ${med}`]), ...communities].join(' ');
}

test('announced while the service answers; nothing is sent again while nothing changes', async () => {
  const web = await service();
  const { theirs, speaker } = await start(vipText(web.url));
  await until(() => heard(theirs) === '65001', 'the route');
  const sent = () => speaker.speaker.neighbor(B)!.messagesSent.updates;
  const before = sent();
  await pause(500);
  expect(sent()).toBe(before);
  web.status = 500;
  await until(() => heard(theirs) === undefined, 'the withdrawal');
  expect(sent()).toBe(before + 1);
  web.status = 204;
  await until(() => heard(theirs) === '65001', 'the route again');
});

test('doctor: the whole chain, and its first broken link', async () => {
  const web = await service();
  const { theirs, vips, speaker } = await start(vipText(web.url));
  await until(() => heard(theirs) !== undefined, 'the route');
  const [good] = await vips.doctor('web');
  expect(good).toMatchObject({ healthy: true, firstBroken: undefined, state: 'UP' });
  const links = Object.fromEntries(good!.links.map((link) => [link.link, link]));
  expect(links[`check ${web.url}`]).toMatchObject({ status: 'ok' });
  expect(links[`check ${web.url}`]?.more[0]).toMatch(/ok {3}200 OK \([\d.]+ ms\)$/);
  expect(links['table 203.0.113.10/32']).toMatchObject({ status: 'ok', detail: 'best, and the only one' });
  expect(links[`peer ${B} (tor-1)`]).toMatchObject({
    status: 'ok',
    detail: 'advertised, export policy accept',
    more: ['203.0.113.10/32 next hop 127.0.0.1, path 65001'],
  });
  expect(links['sockets']).toMatchObject({ status: 'ok' });

  // Another node of the anycast, whose path is as short.
  theirs.speaker.ownRoutes.announce('test', { prefix: '203.0.113.10/32' });
  await until(() => speaker.speaker.routes({ prefix: '203.0.113.10/32' }).length === 2, 'the rival');
  const [rival] = await vips.doctor('web');
  expect(rival?.links.find(({ link }) => link.startsWith('table'))?.more[0]).toContain(
    `also from ${B}: path 65002`,
  );
  theirs.speaker.ownRoutes.remove('test');

  web.status = 503;
  await until(() => vips.vip('web')?.state === 'DOWN', 'DOWN');
  const [bad] = await vips.doctor();
  expect(bad).toMatchObject({ healthy: false, firstBroken: 0 });
  expect(bad!.links[0]?.detail).toContain('DOWN: 503 Service Unavailable');
  expect(bad!.links.find(({ link }) => link.startsWith('peer'))?.status).toBe('skipped');
  await expect(vips.doctor('nobody')).rejects.toThrow('there is no VIP nobody');
});

test('doctor: a session that is down, an export policy that keeps it back', async () => {
  const web = await service();
  const { vips, theirs, speaker, port } = await start(vipText(web.url));
  await until(() => heard(theirs) !== undefined, 'the route');
  speaker.speaker.apply(configOf(ours(port, vipText(web.url)).replace('export: accept', 'export: reject')));
  await until(() => heard(theirs) === undefined, 'the export policy');
  const [kept] = await vips.doctor('web');
  expect(kept!.links[kept!.firstBroken!]).toMatchObject({
    link: `peer ${B} (tor-1)`,
    detail: expect.stringContaining('export policy is reject') as string,
  });
  await theirs.speaker.stop('gone');
  await until(() => !established(speaker, B), 'the session is lost');
  const [lost] = await vips.doctor('web');
  expect(lost!.links[lost!.firstBroken!]?.detail).toMatch(/session is (Idle|Connect|Active)/);
});

test('a reload: unchanged VIPs stay, changed ones are replaced, removed ones withdrawn', async () => {
  const web = await service();
  const { theirs, vips, port, events } = await start(vipText(web.url));
  await until(() => heard(theirs) !== undefined, 'the route');
  const second = `  - { name: second, addresses: ["203.0.113.20"] }\n`;
  vips.apply(configOf(ours(port, vipText(web.url) + second)));
  await until(() => heard(theirs, '203.0.113.20/32') !== undefined, 'the second VIP');
  const withdrawals = () => events.filter(({ type }) => type === 'vipWithdrawn').length;
  vips.apply(configOf(ours(port, vipText(web.url, '    announce: { med: 7 }\n') + second)));
  await until(() => heard(theirs) === '65001 med 7', 'the MED');
  expect(withdrawals()).toBe(0);
  vips.apply(configOf(ours(port, second)));
  await until(() => heard(theirs) === undefined, 'the removal');
  expect(heard(theirs, '203.0.113.20/32')).toBe('65001');
  expect(vips.vips().map(({ name }) => name)).toEqual(['second']);
});

test('peers: only those that are named hear it', async () => {
  const web = await service();
  const { theirs, vips, port } = await start(vipText(web.url, '    announce: { peers: [tor-1] }\n'));
  await until(() => heard(theirs) !== undefined, 'the route');
  const text = vipText(web.url).replace('name: web', 'name: other').replace('.10]', '.30]');
  vips.apply(configOf(ours(port, `${text}    announce: { peers: [] }\n`)));
  await until(() => vips.vip('other')?.announced === 'up', 'announced');
  await pause(100);
  expect(heard(theirs, '203.0.113.30/32')).toBeUndefined();
  const [diagnosis] = await vips.doctor('other');
  expect(diagnosis!.links[diagnosis!.firstBroken!]).toMatchObject({ detail: 'no neighbor may hear it' });
});

test('stop withdraws before the session ends', async () => {
  const web = await service();
  const { theirs, vips, speaker } = await start(vipText(web.url));
  await until(() => heard(theirs) !== undefined, 'the route');
  await vips.stop('the end');
  await until(() => heard(theirs) === undefined, 'the withdrawal');
  expect(established(speaker, B)).toBe(true);
});
