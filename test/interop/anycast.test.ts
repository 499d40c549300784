/**
 * The lab of config/lab/anycast: one address on two nodes, behind a BIRD and an FRR router that forward with the
 * kernel's routes. Clients fetch a page with curl again and again while one service dies; the requests that fail are
 * counted: withdrawn, made worse with `on-down`, and drained before, by hand or by SIGTERM, which must lose none.
 *
 * A drain moves flows that are under way to the other node, which knows nothing of them and resets them. That is anycast,
 * not bellhop: a client that sends one request after the other may have one of them hit by that, and no more.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Containerlab, daemonsOf, established, labFile } from './lab/containerlab.ts';
import { describeLab } from './lab/guard.ts';
import { eventually, type LabProcess, run } from './lab/process.ts';

const FILE = 'anycast/anycast.clab.yml';
const VIP = '203.0.113.10';

/** One request after the other, each a line `EXIT-CODE NODE`; a pause keeps the machine usable. */
const REQUESTS = `while :; do
  answer=$(curl -s -m 1 http://${VIP}:8080/)
  echo "$? $answer"
  sleep 0.03
done`;

let lab: Containerlab | undefined;
afterEach(async () => {
  await lab?.destroy();
  lab = undefined;
});

interface Answer {
  /** Of curl: 0, 7 refused, 28 no answer in time, 56 reset. */
  readonly code: number;
  /** Who answered. */
  readonly node: string;
}

/** A request that failed, and whose it was. */
interface Loss {
  readonly client: number;
  readonly code: number;
}

/** Exit codes of curl for a connection that was reset while it sent or received. */
const RESET = [55, 56];

/** What was lost though it was sent to a node that served, or was meant to. */
function beyondMoves(lost: readonly Loss[]): readonly Loss[] {
  const moved = new Set<number>();
  return lost.filter(({ client, code }) => {
    if (!RESET.includes(code) || moved.has(client)) return true;
    moved.add(client);
    return false;
  });
}

/** A client that sends requests until the lab is gone. */
class Client {
  readonly #process: LabProcess;

  constructor(deployed: Containerlab, name: string) {
    this.#process = deployed.node(name).spawn('sh', ['-c', REQUESTS]);
  }

  get answers(): readonly Answer[] {
    const lines = this.#process.log.split('\n').slice(0, -1);
    return lines.map((line) => {
      const [code = '', node = ''] = line.split(' ');
      return { code: Number(code), node };
    });
  }
}

/** The lab with both clients at work, answered by both nodes. @param change to the configuration of both. */
async function deploy(
  change?: (text: string) => string,
): Promise<{ lab: Containerlab; clients: readonly Client[] }> {
  const deployed = await Containerlab.deploy(FILE);
  lab = deployed;
  await established(deployed, 'bird', ['10.1.1.2', '10.1.2.2']);
  await established(deployed, 'frr', ['10.2.1.2', '10.2.2.2']);
  for (const node of ['node1', 'node2']) {
    if (change === undefined) continue;
    const bellhop = deployed.bellhop(node);
    const file = join(deployed.node(node).directory, 'changed.yaml');
    writeFileSync(file, change(readFileSync(labFile(`anycast/${node}.yaml`), 'utf8')));
    await bellhop.command('apply', file);
  }
  for (const router of ['bird', 'frr'])
    await eventually(async () => expect(await nextHops(deployed, router)).toHaveLength(2), {
      what: `${router} shares the load between both nodes`,
      timeout: 30_000,
    });
  const clients = ['client1', 'client2'].map((name) => new Client(deployed, name));
  await eventually(
    () => {
      for (const { answers } of clients) {
        const nodes = new Set(answers.slice(-40).map(({ node }) => node));
        expect([...nodes].sort()).toEqual(['node1', 'node2']);
        expect(answers.length).toBeGreaterThan(40);
      }
    },
    { what: 'both nodes answer both clients', timeout: 30_000 },
  );
  return { lab: deployed, clients };
}

/** Gateways of the address in the kernel of a router. */
async function nextHops(deployed: Containerlab, router: string): Promise<readonly string[]> {
  const { namespace } = deployed.node(router);
  const text = await run('ip', ['-n', namespace, 'route', 'show', VIP]);
  return [...text.matchAll(/via (\S+)/g)].map((match) => match[1] ?? '').sort();
}

/** Both routers forward to node2 alone: whatever comes of node1 now, nobody is sent there. */
async function moved(deployed: Containerlab): Promise<void> {
  for (const [router, address] of [
    ['bird', '10.1.2.2'],
    ['frr', '10.2.2.2'],
  ] as const)
    await eventually(async () => expect(await nextHops(deployed, router)).toEqual([address]), {
      what: `${router} uses node2 alone`,
      timeout: 30_000,
    });
}

/** Every client has asked so often again. */
async function asked(clients: readonly Client[], times = 30): Promise<void> {
  const before = clients.map(({ answers }) => answers.length);
  await eventually(
    () => {
      for (const [i, { answers }] of clients.entries())
        expect(answers.length).toBeGreaterThanOrEqual(before[i]! + times);
    },
    { what: `${times} requests more`, timeout: 60_000 },
  );
}

/** What failed while `work` was done, and that in the end node2 alone answers. */
async function lostDuring(
  title: string,
  clients: readonly Client[],
  work: () => Promise<void>,
): Promise<readonly Loss[]> {
  const before = clients.map(({ answers }) => answers.length);
  await work();
  const during = clients.flatMap(({ answers }, client) =>
    answers.slice(before[client]).map(({ code }) => ({ client, code })),
  );
  const lost = during.filter(({ code }) => code !== 0);
  const codes = [...new Set(lost.map(({ code }) => code))].map(
    (code) => `${lost.filter((one) => one.code === code).length} with exit code ${code} of curl`,
  );
  console.log(`${title}: ${lost.length} of ${during.length} requests lost ${codes.join(', ')}`);
  for (const { answers } of clients)
    expect(new Set(answers.slice(-20).map(({ code, node }) => `${code} ${node}`))).toEqual(
      new Set(['0 node2']),
    );
  return lost;
}

describeLab('anycast: two bellhop nodes, BIRD and FRR', daemonsOf(FILE), () => {
  for (const [title, onDown] of [
    ['withdraw', undefined],
    ['on-down: { med: 1000 }', { med: 1000 }],
  ] as const)
    test(`service killed, ${title}: requests are lost until the check has failed, and then no more`, async () => {
      const { lab: deployed, clients } = await deploy(
        onDown && ((text) => text.replace('on-down: withdraw', `on-down: ${JSON.stringify(onDown)}`)),
      );
      const lost = await lostDuring(title, clients, async () => {
        await deployed.process('web1').kill();
        await moved(deployed);
        await asked(clients);
      });
      // Half of the requests of less than two seconds.
      expect(lost.length).toBeGreaterThan(0);
      expect(await nextHops(deployed, 'bird')).toEqual(['10.1.2.2']);
      expect(await nextHops(deployed, 'frr')).toEqual(['10.2.2.2']);
      // Withdrawn is gone; made worse is still there, behind the other one.
      for (const router of ['bird', 'frr']) {
        const routes = await deployed.peer(router).routes('ipv4-unicast');
        const meds = routes.map(({ med }) => med ?? 0).sort((a, b) => a - b);
        expect(meds).toEqual(onDown === undefined ? [0] : [0, 1000]);
      }

      await deployed.start('web1');
      for (const router of ['bird', 'frr'])
        await eventually(async () => expect(await nextHops(deployed, router)).toHaveLength(2), {
          what: `${router} uses node1 again`,
        });
    });

  test('service drained, then killed: no request is lost', async () => {
    const { lab: deployed, clients } = await deploy();
    const bellhop = deployed.bellhop('node1');
    const lost = await lostDuring('drain', clients, async () => {
      await bellhop.command('drain', 'web', '--grace', '1h', '--no-wait');
      await moved(deployed);
      // The grace time is over.
      expect(await bellhop.command('drain', 'web', '--grace', '0s')).toContain(
        'withdrawn, with all peers after',
      );
      await deployed.process('web1').kill();
      await asked(clients);
    });
    expect(beyondMoves(lost)).toEqual([]);
  });

  test('a node taken down with drain-on-stop: no request is lost', async () => {
    const { lab: deployed, clients } = await deploy((text) => `drain-on-stop: 1h\n${text}`);
    const lost = await lostDuring('SIGTERM, drain-on-stop', clients, async () => {
      const { process } = deployed.bellhop('node1');
      process.signal('SIGTERM');
      await moved(deployed);
      // Two signals within 100 ms would be one.
      await sleep(150);
      process.signal('SIGTERM');
      expect((await process.exited).code).toBe(0);
      await deployed.process('web1').kill();
      await asked(clients);
    });
    expect(beyondMoves(lost)).toEqual([]);
  });
});
