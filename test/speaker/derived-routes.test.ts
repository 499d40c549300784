/** Aggregates and networks with a condition are routes of the owner `config` like any other. */
import { expect, test } from 'vitest';
import { configOf, run, until } from './fixtures.ts';

const config = (more: string) => `
as: 65001
router-id: 10.0.0.1
listen: []
${more}
`;
const AGGREGATE = 'aggregates: [{ prefix: 10.0.0.0/8, communities: ["65001:8"] }]';
const CONDITION = 'networks: [{ prefix: 192.0.2.0/24, med: 4, announce-if-present: 10.2.0.0/16 }]';

async function setup(more: string) {
  const subject = await run(config(more));
  const { ownRoutes } = subject.speaker;
  const active = () =>
    ownRoutes
      .entries()
      .filter((entry) => entry.active)
      .map(({ owner, route }) => `${owner} ${route.prefix}`)
      .sort();
  const announce = (prefix: string) => ownRoutes.announce('cli', { prefix });
  const apply = (text: string) => subject.speaker.apply(configOf(config(text)));
  const settled = (list: string[]) =>
    until(() => active().join() === list.join(), `${list.join(', ')}; there is ${active().join(', ')}`);
  return { ...subject, subject, ownRoutes, active, announce, apply, settled };
}

test('an aggregate is listed while it is announced, and other owners wait for it', async () => {
  const it = await setup(AGGREGATE);
  await using _ = it.subject;
  expect(it.active()).toEqual([]);
  it.announce('10.0.0.0/8');
  expect(it.active()).toEqual(['cli 10.0.0.0/8']);
  it.announce('10.1.0.0/16');
  await it.settled(['cli 10.1.0.0/16', 'config 10.0.0.0/8']);
  expect(it.ownRoutes.entry('config', '10.0.0.0/8')!.route).toMatchObject({
    origin: 'igp',
    atomicAggregate: true,
    aggregator: { as: 65001, address: '10.0.0.1' },
    communities: [65001 * 65536 + 8],
  });
  it.ownRoutes.withdraw('cli', '10.1.0.0/16');
  await it.settled(['cli 10.0.0.0/8']);
});

test('a network with a condition is not announced without it, at the start or by a reload', async () => {
  const it = await setup(CONDITION);
  await using _ = it.subject;
  expect(it.active()).toEqual([]);
  it.announce('10.2.0.0/16');
  await it.settled(['cli 10.2.0.0/16', 'config 192.0.2.0/24']);
  // Another condition, which is not met.
  it.apply(CONDITION.replace('10.2.0.0/16', '10.3.0.0/16'));
  expect(it.active()).toEqual(['cli 10.2.0.0/16']);
  // None at all.
  it.apply(CONDITION.replace(', announce-if-present: 10.2.0.0/16', ''));
  expect(it.active()).toEqual(['cli 10.2.0.0/16', 'config 192.0.2.0/24']);
  it.apply(CONDITION);
  expect(it.active()).toEqual(['cli 10.2.0.0/16', 'config 192.0.2.0/24']);
  it.ownRoutes.withdraw('cli', '10.2.0.0/16');
  await it.settled([]);
});

test('a reload that changes attributes announces the new ones and withdraws nothing in between', async () => {
  const it = await setup(`${CONDITION}\n${AGGREGATE}`);
  await using _ = it.subject;
  it.announce('10.2.0.0/16');
  await it.settled(['cli 10.2.0.0/16', 'config 10.0.0.0/8', 'config 192.0.2.0/24']);
  const changes: string[] = [];
  it.ownRoutes.observe((owner, prefix, route) => changes.push(`${route ? '+' : '-'}${owner} ${prefix}`));
  it.apply(`${CONDITION.replace('med: 4', 'med: 5')}\n${AGGREGATE.replace('65001:8', '65001:9')}`);
  expect(changes.sort()).toEqual(['+config 10.0.0.0/8', '+config 192.0.2.0/24']);
  expect(it.ownRoutes.entry('config', '192.0.2.0/24')!.route.med).toBe(5);
  it.apply('');
  expect(it.active()).toEqual(['cli 10.2.0.0/16']);
});

test('an aggregate that could never be sent is refused with the configuration, not when its time comes', async () => {
  const it = await setup('networks: [{ prefix: 203.0.113.0/24 }]');
  await using _ = it.subject;
  const communities = Array.from({ length: 20_000 }, (_, i) => `65001:${i}`).join(', ');
  expect(() =>
    it.apply(
      `aggregates: [{ prefix: 10.0.0.0/8, communities: ["${communities.replaceAll(', ', '", "')}"] }]`,
    ),
  ).toThrow(/attributes of 10\.0\.0\.0\/8 take \d+ bytes/);
  expect(it.active()).toEqual(['config 203.0.113.0/24']);
});
