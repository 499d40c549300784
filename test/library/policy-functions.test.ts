/** Policies as TypeScript functions on sessions: what they see, what they answer, and what happens when they fail. */
import { expect, test } from 'vitest';
import { type PolicyFunction, type PolicyInput, parseConfig, type RouteChanges } from '../../src/index.ts';
import { Lab } from './lab.ts';

/** AS 65001 with three routes of two attribute sets; `export` is its export policy. */
const ORIGIN = (exported = 'accept') => `
networks:
  - { prefix: 203.0.113.0/25, med: 7, communities: ["65001:1", no-peer], large-communities: ["65001:2:3"] }
  - { prefix: 203.0.113.128/25, med: 7, communities: ["65001:1", no-peer], large-communities: ["65001:2:3"] }
  - { prefix: 198.51.100.0/24 }
neighbors: [{ address: 192.0.2.2, peer-as: 65002, import: accept, export: ${exported} }]
`;
const LISTENER = (imported: string) => `
peer-groups: { transit: { export: accept } }
neighbors: [{ address: 192.0.2.1, peer-as: 65001, peer-group: transit, import: ${imported} }]
`;

/** Two speakers, the second with `functions` as import policies `imported`. */
async function pair(functions: Readonly<Record<string, PolicyFunction>>, imported = Object.keys(functions)) {
  const lab = new Lab();
  await lab.add(65001, ORIGIN());
  const { speaker, events } = await lab.add(65002, LISTENER(`[${imported}]`), functions);
  await lab.converge();
  const accepted = () => speaker.routes({ best: true });
  return { lab, speaker, events, accepted, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() };
}

test('a function is asked once for each distinct set of attributes, with the route and the neighbor', async () => {
  const seen: (Omit<PolicyInput, 'route'> & { med: unknown; communities: unknown })[] = [];
  await using run = await pair({
    look: ({ route, neighbor, direction, localAs }) => {
      const { family, source, asPath, asPathText, neighborAs, originAs, nextHop, localPref, origin } = route;
      expect([family, source, asPath, asPathText]).toEqual(['ipv4-unicast', 'external', [65001], '65001']);
      expect([neighborAs, originAs, nextHop, origin]).toEqual([65001, 65001, '192.0.2.1', 'igp']);
      expect([localPref, route.asPathLength, route.extendedCommunities]).toEqual([100, 1, []]);
      const communities = [...route.communities, ...route.largeCommunities];
      seen.push({ neighbor, direction, localAs, med: route.med, communities });
      return 'accept';
    },
  });
  expect(run.accepted()).toHaveLength(3);
  const neighbor = { address: '192.0.2.1', peerAs: 65001, peerGroup: 'transit' };
  const same = { neighbor, direction: 'import', localAs: 65002 };
  expect(seen).toEqual(
    expect.arrayContaining([
      { ...same, med: 7, communities: ['65001:1', 'no-peer', '65001:2:3'] },
      { ...same, med: undefined, communities: [] },
    ]),
  );
  expect(seen).toHaveLength(2);
  expect(run.speaker.status().policies).toMatchObject({ evaluations: 2, failures: 0 });
});

test('what it returns is what the route gets', async () => {
  await using run = await pair({
    change: ({ route }) => {
      if (route.med === undefined) return 'reject';
      return {
        localPref: 250,
        med: null,
        origin: 'incomplete',
        nextHop: '192.0.2.77',
        prepend: [64500, 64501],
        communities: [...route.communities, '65002:9'],
        largeCommunities: [],
        extendedCommunities: ['rt:65002:1'],
      };
    },
  });
  const routes = run.accepted();
  expect(routes.map(({ prefix }) => prefix).sort()).toEqual(['203.0.113.0/25', '203.0.113.128/25']);
  for (const route of routes) {
    expect(route).toMatchObject({ localPref: 250, nextHop: '192.0.2.77', origin: 'incomplete' });
    expect(route.asPath).toBe('64500 64501 65001');
    expect(route.med).toBeUndefined();
    expect(JSON.stringify(route)).toMatch(/65001:1.*65002:9/);
    expect(JSON.stringify(route)).toContain('rt:65002:1');
    expect(JSON.stringify(route)).not.toContain('65001:2:3');
  }
});

test('functions and terms of the file stand in one chain; nobody deciding is a rejection', async () => {
  await using run = await pair({
    tag: ({ route }) => (route.med === 7 ? { localPref: 300, verdict: 'next' } : undefined),
    high: ({ route }) => (route.localPref === 300 ? 'accept' : 'next'),
  });
  expect(run.accepted().map(({ localPref }) => localPref)).toEqual([300, 300]);
});

test('at export a function decides what the peer hears, for each peer by itself', async () => {
  await using lab = new Lab();
  await lab.add(65001, ORIGIN('[told]'), {
    told: ({ route, neighbor, direction }) => {
      expect([direction, neighbor.peerAs, route.source]).toEqual(['export', 65002, 'local']);
      return route.med === 7 ? { med: 9, prepend: [65001] } : 'reject';
    },
  });
  const { speaker } = await lab.add(65002, LISTENER('accept'));
  await lab.converge();
  expect(speaker.routes({}).map(({ asPath, med }) => [asPath, med])).toEqual([
    ['65001 65001', 9],
    ['65001 65001', 9],
  ]);
});

test('with perPrefix it is asked for every route; without, reading the prefix is an error', async () => {
  const run: PolicyFunction = ({ route }) => (route.prefix.endsWith('/24') ? 'reject' : 'accept');
  await using lab = new Lab();
  await lab.add(65001, ORIGIN());
  const { speaker } = await lab.add(65002, LISTENER('long'), { long: { run, perPrefix: true } });
  await lab.converge();
  expect(speaker.routes({ best: true }).map(({ prefix }) => prefix)).toEqual([
    '203.0.113.0/25',
    '203.0.113.128/25',
  ]);
  expect(speaker.status().policies).toMatchObject({ failures: 0 });
  await using other = await pair({ long: run });
  expect(other.accepted()).toEqual([]);
  expect(other.events).toContainEqual({
    type: 'warning',
    reason:
      'the function of policy `long` failed: it reads `prefix` and is not declared with `perPrefix: true`',
  });
});

test('a function that throws rejects the route, is counted each time and told once', async () => {
  await using run = await pair({
    broken: ({ route }) => {
      throw new Error(`no idea about MED ${route.med}`);
    },
  });
  expect(run.accepted()).toEqual([]);
  expect(run.speaker.neighbor('192.0.2.1')?.state).toBe('Established');
  expect(run.speaker.status().policies).toMatchObject({ evaluations: 2, failures: 2 });
  const warnings = run.events.filter(({ type }) => type === 'warning');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({
    reason: expect.stringMatching(
      /^the function of policy `broken` failed: no idea about MED (7|undefined)$/,
    ),
  });
});

const wrong: readonly [string, unknown, RegExp][] = [
  ['a truth value', true, /returned boolean/],
  ['a promise', Promise.resolve('accept'), /returned a promise/],
  ['a misspelt key', { localpref: 200 }, /unknown key `localpref`/],
  ['a number that is none', { localPref: -1 }, /`localPref` has -1/],
  ['AS 0', { prepend: [0] }, /`prepend` has 0/],
  ['a community that is none', { communities: ['65000:1', 'x'] }, /`communities` has "x"/],
  ['a next hop of the other family', { nextHop: '2001:db8::1' }, /no address for ipv4-unicast/],
  ['an unknown verdict', { verdict: 'reject' }, /`verdict` is neither/],
  ['an unknown origin', { origin: 'bgp' }, /`origin` is "bgp"/],
];

test.each(wrong)('%s is no answer: the route is rejected', async (_, answer, message) => {
  await using run = await pair({ wrong: () => answer as RouteChanges });
  expect(run.accepted()).toEqual([]);
  expect(run.events).toContainEqual({ type: 'warning', reason: expect.stringMatching(message) });
});

test('another function under the same name is applied to what is there, the session stays', async () => {
  await using run = await pair({ choose: () => 'reject' });
  expect(run.accepted()).toEqual([]);
  const { config } = run.speaker;
  const policies = config.policies.map((policy) => ({
    ...policy,
    program: { run: () => ({ localPref: 7 }), perPrefix: false },
  }));
  run.speaker.apply({ ...config, policies });
  await run.lab.clock.advance(100);
  expect(run.accepted().map(({ localPref }) => localPref)).toEqual([7, 7, 7]);
  const ends = run.events.filter((event) => event.type === 'stateChange' && event.newState === 'Idle');
  expect(ends).toEqual([]);
});

test('names: an unknown one is an error of the file, one that both have too', () => {
  const body = `as: 65002\nrouter-id: 192.0.2.2\n${LISTENER('chose')}`;
  const misspelt = parseConfig(body, 'lab.yaml', { policies: { choose: () => 'accept' } });
  expect(misspelt).toMatchObject({ ok: false, errors: [{ hint: 'did you mean `choose`?' }] });
  const twice = parseConfig(`${body}policies: { chose: [{ then: accept }] }\n`, 'lab.yaml', {
    policies: { chose: () => 'accept' },
  });
  expect(twice).toMatchObject({
    ok: false,
    errors: [{ message: 'the program has a policy `chose` as well', path: 'policies.chose' }],
  });
  expect(() => parseConfig(body, 'lab.yaml', { policies: { accept: () => 'accept' } })).toThrow(/built in/);
});
