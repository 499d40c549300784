/**
 * Fifty speakers in one process on virtual time: a ring with chords, one AS each. They converge on the shortest paths
 * of a plain breadth-first search; a link dies without a word, hold timers find out, and they converge again.
 */
import { expect, test } from 'vitest';
import { Speaker } from '../../src/speaker/speaker.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { MemoryNetwork } from '../../src/testing/memory-network.ts';
import { configOf } from '../speaker/fixtures.ts';

const COUNT = 50;
const HOLD_SECONDS = 90;

type Link = readonly [number, number];

const address = (i: number) => `10.0.0.${i + 1}`;
const prefix = (i: number) => `198.51.${i}.0/24`;
const asOf = (i: number) => 64_512 + i;

/** A ring, and a chord from every fifth speaker to the one eleven places on. */
const LINKS: readonly Link[] = [
  ...Array.from({ length: COUNT }, (_, i): Link => [i, (i + 1) % COUNT]),
  ...Array.from({ length: COUNT / 5 }, (_, i): Link => [5 * i, (5 * i + 11) % COUNT]),
];

function neighborsOf(node: number, links: readonly Link[]): number[] {
  return links.flatMap(([a, b]) => (a === node ? [b] : b === node ? [a] : []));
}

/** Hops from `start` to every speaker: the model. */
function distances(start: number, links: readonly Link[]): number[] {
  const hops = new Array<number>(COUNT).fill(Number.POSITIVE_INFINITY);
  hops[start] = 0;
  const queue = [start];
  for (const node of queue)
    for (const next of neighborsOf(node, links))
      if (hops[next] === Number.POSITIVE_INFINITY) {
        hops[next] = hops[node]! + 1;
        queue.push(next);
      }
  return hops;
}

function configText(node: number): string {
  const neighbors = neighborsOf(node, LINKS).map(
    (other) => `  - { address: ${address(other)}, peer-as: ${asOf(other)}, hold-time: ${HOLD_SECONDS} }`,
  );
  return `
as: ${asOf(node)}
router-id: ${address(node)}
listen: ["${address(node)}:179"]
import: accept
export: accept
networks: [{ prefix: ${prefix(node)} }]
neighbors:
${neighbors.join('\n')}
`;
}

class Lab {
  readonly clock = new ManualClock();
  readonly network = new MemoryNetwork(this.clock, { delayMilliseconds: 3 });
  /** What happened, with the virtual time. */
  readonly journal: string[] = [];
  readonly speakers: readonly Speaker[] = Array.from({ length: COUNT }, (_, i) => {
    const transport = this.network.host(address(i));
    const speaker = new Speaker(configOf(configText(i)), { clock: this.clock, transport });
    speaker.subscribe((event) => this.journal.push(`${this.clock.now()} ${i} ${JSON.stringify(event)}`));
    return speaker;
  });

  async start(): Promise<void> {
    for (const speaker of this.speakers) await speaker.start();
  }

  /** Established sessions, each counted at both ends. */
  get established(): number {
    return this.speakers.flatMap((speaker) => speaker.neighbors()).filter(isEstablished).length;
  }

  /** AS_PATH lengths and next ASes of every best route, against the model. */
  expectShortestPaths(links: readonly Link[]): void {
    for (const [node, speaker] of this.speakers.entries()) {
      const hops = distances(node, links);
      const best = speaker.routes({ family: 'ipv4-unicast', best: true });
      const lengths = new Map(best.map((route) => [route.prefix, pathOf(route).length]));
      expect(lengths, `speaker ${node}`).toEqual(new Map(hops.map((count, i) => [prefix(i), count])));
      for (const route of best) {
        const path = pathOf(route);
        if (path.length === 0) continue;
        const walk = [node, ...path.map((as) => as - asOf(0))];
        for (const [i, here] of walk.slice(1).entries())
          expect(neighborsOf(walk[i]!, links), `${node} to ${route.prefix}: ${walk}`).toContain(here);
        expect(prefix(walk.at(-1)!)).toBe(route.prefix);
      }
    }
  }

  async stop(): Promise<void> {
    await this.clock.finish(Promise.all(this.speakers.map((speaker) => speaker.stop('the test is over'))));
  }
}

function isEstablished({ state }: { readonly state: string }): boolean {
  return state === 'Established';
}

function pathOf({ asPath }: { readonly asPath: string }): number[] {
  return asPath === '' ? [] : asPath.split(' ').map(Number);
}

/** Converges, loses a link and converges again; returns what happened. */
async function story(check: boolean): Promise<readonly string[]> {
  const lab = new Lab();
  await lab.start();
  const all = 2 * LINKS.length;
  expect(await lab.clock.advanceUntil(() => lab.established === all, 60_000)).toBe(true);
  await lab.clock.advance(5000);
  if (check) lab.expectShortestPaths(LINKS);

  const [dead] = LINKS;
  const cutAt = lab.clock.now();
  lab.network.cut(address(dead![0]), address(dead![1]));
  await lab.clock.advance((HOLD_SECONDS / 3) * 1000);
  expect(lab.established).toBe(all);
  expect(await lab.clock.advanceUntil(() => lab.established === all - 2, 2 * HOLD_SECONDS * 1000)).toBe(true);
  expect(lab.clock.now() - cutAt).toBeLessThanOrEqual(HOLD_SECONDS * 1000);
  await lab.clock.advance(5000);
  if (check) {
    lab.expectShortestPaths(LINKS.slice(1));
    expect(() => lab.expectShortestPaths(LINKS)).toThrow();
  }

  lab.network.mend(address(dead![0]), address(dead![1]));
  expect(await lab.clock.advanceUntil(() => lab.established === all, 300_000)).toBe(true);
  await lab.clock.advance(5000);
  if (check) lab.expectShortestPaths(LINKS);
  await lab.stop();
  return lab.journal;
}

test('fifty speakers converge, lose a link to the hold timer, and converge again', async () => {
  const journal = await story(true);
  expect(journal.filter((line) => /hold[- ]timer/i.test(line))).not.toEqual([]);
}, 60_000);

test('the same run twice is the same, event by event', async () => {
  expect(await story(false)).toEqual(await story(false));
}, 60_000);
