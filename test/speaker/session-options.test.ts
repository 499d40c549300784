/**
 * Shutdown, roles, local-as, pace, default routes, aggregates and conditions between two speakers or a bare peer.
 *
 * Over 300 lines: a section for each option.
 */
import { describe, expect, test } from 'vitest';
import { sessionOptions } from '../../src/speaker/session-options.ts';
import { configOf, established, prefixes, type Running, run, until } from './fixtures.ts';
import { ManualClock, turns } from './manual-clock.ts';
import { NOTIFICATION, OPEN, openMessage, RawPeer, UPDATE, updateMessage } from './raw-peer.ts';

const A = '127.0.0.1';
const B = '127.0.0.2';
const FAST = 'connect-retry: 100ms, idle-hold-time: 10ms, idle-hold-time-maximum: 20ms';

const passive = (keys: string, top = '', as = 65001) => `
as: ${as}
router-id: 10.0.0.1
listen: ["${A}:0"]
neighbors:
  - { address: ${B}, peer-as: 65002, passive: true, import: accept, export: accept, ${keys} }
${top}
`;

const active = (port: number, keys: string, top = '', peerAs = '65001') => `
as: 65002
router-id: 10.0.0.2
listen: []
neighbors:
  - { address: ${A}, port: ${port}, peer-as: ${peerAs}, local-address: ${B}, import: accept, export: accept, ${FAST}, ${keys} }
${top}
`;

const bare = (keys: string, top = '') => passive(`hold-time: 0, minimum-hold-time: 0, ${keys}`, top);

async function connect(subject: Running, capabilities?: string): Promise<RawPeer> {
  const open = { holdTime: 0, ...(capabilities === undefined ? {} : { capabilities }) };
  return (await RawPeer.connect(subject.port, B)).establish(open);
}

/** Applies the text without touching the listeners. */
function apply({ speaker }: Running, text: string): void {
  speaker.apply(configOf(text));
}

const bothUp = (a: Running, b: Running) => until(() => established(a, B) && established(b, A), 'the session');
const updates = (peer: RawPeer) =>
  peer.messages.filter(({ type, body }) => type === UPDATE && body !== '00000000').map(({ body }) => body);

describe('shutdown', () => {
  test('the session ends with Cease/2 and the text (RFC 9003), stays down, and comes back', async () => {
    await using a = await run(passive(''));
    await using b = await run(active(a.port, ''));
    await bothUp(a, b);
    apply(a, passive('shutdown: "rack 7 moves"'));
    await until(() => b.speaker.neighbor(A)!.lastError?.shutdownMessage !== undefined, 'the text');
    expect(b.speaker.neighbor(A)!.lastError).toMatchObject({
      direction: 'received',
      code: 6,
      subcode: 2,
      shutdownMessage: 'rack 7 moves',
    });
    const held = { cause: 'shutdown', reason: 'shut down by configuration: rack 7 moves' };
    expect(a.speaker.neighbor(B)).toMatchObject({ state: 'Idle', held });
    // The other side goes on trying, and hears why not each time.
    await until(() => (a.speaker.neighbor(B)!.rejectedConnections[held.reason] ?? 0) > 1, 'refusals');
    expect(established(a, B)).toBe(false);
    apply(a, passive('shutdown: false'));
    await bothUp(a, b);
    expect(a.speaker.neighbor(B)!.held).toBeUndefined();
  });

  test('from the beginning: no connection is made, none is taken', async () => {
    await using a = await run(passive('shutdown: true'));
    const peer = await RawPeer.connect(a.port, B);
    await peer.next(NOTIFICATION);
    expect(peer.notifications).toEqual(['0602']);
    expect(a.speaker.neighbor(B)!.warnings).toContain('no session: shut down by configuration');
  });

  test('a range that is shut down keeps no place for those who ask', async () => {
    const text = `
as: 65001
router-id: 10.0.0.1
listen: ["${A}:0"]
dynamic-neighbors: [{ prefix: 127.0.0.0/8, peer-as: external, shutdown: true }]
`;
    await using a = await run(text);
    const peer = await RawPeer.connect(a.port, B);
    await peer.next(NOTIFICATION);
    expect(a.speaker.neighbors()).toEqual([]);
  });
});

describe('roles (RFC 9234)', () => {
  const CUSTOMER = '090103';
  const PEERING = '090104';
  const BASE = '010400010001410400 00fdea'.replaceAll(' ', '');

  test('offered in OPEN, and a peer that does not match hears OPEN error 11', async () => {
    await using a = await run(bare('role: provider'));
    const peer = await RawPeer.connect(a.port, B);
    peer.send(openMessage({ capabilities: BASE + PEERING }));
    expect((await peer.next(OPEN)).body).toContain('090100');
    await peer.next(NOTIFICATION);
    expect(peer.notifications).toEqual(['020b']);
    const { lastError } = a.speaker.neighbor(B)!;
    expect(lastError?.reason).toContain('our role is provider, but that of the peer is peer');
    expect(a.speaker.errors(B)[0]).toMatchObject({ subcode: 11, rfc: 'RFC 9234 section 4.2' });
  });

  test('strict: a peer that says none hears it too', async () => {
    await using a = await run(bare('role: provider, role-strict: true'));
    const peer = await RawPeer.connect(a.port, B);
    peer.send(openMessage({ capabilities: BASE }));
    await peer.next(NOTIFICATION);
    expect(peer.notifications).toEqual(['020b']);
  });

  test('a customer leaks a route: not accepted, counted, and the reason is shown', async () => {
    await using a = await run(bare('role: provider'));
    const peer = await connect(a, BASE + CUSTOMER);
    peer.send(updateMessage('18cb0071', 'c02304 0000fdf1'.replaceAll(' ', '')), updateMessage('18c63364'));
    await until(() => a.speaker.neighbor(B)!.families[0]!.received === 2, 'two routes');
    expect(a.speaker.neighbor(B)!.families[0]!.accepted).toBe(1);
    const reason = 'route leak: it is only for customers, and comes from one (RFC 9234 section 5)';
    expect(a.speaker.neighbor(B)!.refusedRoutes).toEqual({ [reason]: 1 });
    expect(a.speaker.routes({ prefix: '203.0.113.0/24' })[0]?.rejectReason).toBe(reason);
  });
});

describe('local-as', () => {
  test('the session comes up under the other number, which is in the paths of both sides', async () => {
    await using a = await run(passive('local-as: { as: 64999 }', 'networks: [{ prefix: 10.1.0.0/16 }]'));
    await using b = await run(active(a.port, '', 'networks: [{ prefix: 10.2.0.0/16 }]', '64999'));
    await bothUp(a, b);
    await until(() => prefixes(a).length === 2 && prefixes(b).length === 2, 'the routes');
    expect(b.speaker.routes({ prefix: '10.1.0.0/16' })[0]?.asPath).toBe('64999 65001');
    expect(a.speaker.routes({ prefix: '10.2.0.0/16' })[0]?.asPath).toBe('64999 65002');
    expect(a.speaker.neighbor(B)).toMatchObject({ localAs: 64999, type: 'external' });
    expect(a.speaker.neighbor(B)!.capabilities.local).toContain('four-octet-as 64999');
  });

  test('a session that was in our AS until now is an eBGP one all the same', async () => {
    await using a = await run(passive('local-as: { as: 64999, no-prepend: true, replace-as: true }'));
    await using b = await run(active(a.port, '', 'networks: [{ prefix: 10.2.0.0/16 }]', 'external'));
    await bothUp(a, b);
    await until(() => prefixes(a).length === 1, 'the route');
    expect(a.speaker.routes({})[0]?.asPath).toBe('65002');
  });
});

test('advertisement-interval: changes wait, and the newest state of each prefix is sent', async () => {
  const clock = new ManualClock();
  const networks = (...list: string[]) => `networks: [${list.join(', ')}]`;
  const text = (med: number) =>
    bare('advertisement-interval: 5s', networks(`{ prefix: 10.1.0.0/16, med: ${med} }`));
  await using a = await run(text(1), { clock });
  const peer = await connect(a);
  await until(() => updates(peer).length === 1, 'the first table');
  const med = (body: string | undefined) => /800404(\w{8})/.exec(body ?? '')?.[1];

  // The time begins with the first table.
  for (let value = 2; value <= 5; value++) {
    apply(a, text(value));
    await turns();
  }
  await clock.advance(4_900);
  expect(updates(peer).map(med)).toEqual(['00000001']);
  await clock.advance(200);
  expect(updates(peer).map(med)).toEqual(['00000001', '00000005']);
  // A change that is taken back in the meantime is none.
  apply(a, text(6));
  await turns();
  apply(a, text(5));
  await clock.advance(10_000);
  expect(updates(peer)).toHaveLength(2);
  // After a quiet time a change goes out at once.
  apply(a, text(7));
  await turns();
  expect(updates(peer).map(med)).toEqual(['00000001', '00000005', '00000007']);
});

test('graceful-shutdown: switched on in the running session, the other side stops preferring the routes', async () => {
  const networks = 'networks: [{ prefix: 10.1.0.0/16 }]';
  await using a = await run(passive('', networks));
  await using b = await run(active(a.port, '', 'networks: [{ prefix: 10.2.0.0/16 }]'));
  await bothUp(a, b);
  const theirs = () => b.speaker.routes({ prefix: '10.1.0.0/16' })[0];
  const ours = () => a.speaker.routes({ prefix: '10.2.0.0/16' })[0];
  await until(() => theirs() !== undefined && ours() !== undefined, 'the routes');
  apply(a, passive('', `${networks}\ngraceful-shutdown: true`));
  await until(() => theirs()?.localPref === 0, 'LOCAL_PREF 0');
  expect(theirs()?.communities).toEqual(['graceful-shutdown']);
  expect(ours()?.localPref).toBe(0);
  apply(a, passive('', networks));
  await until(() => theirs()?.communities.length === 0 && ours()?.localPref === undefined, 'the end of it');
  expect(a.speaker.neighbor(B)!.flaps).toBe(0);
});

test('default-originate: on and off in the running session; without an export policy not at all', async () => {
  await using a = await run(passive('default-originate: true'));
  await using b = await run(active(a.port, ''));
  await bothUp(a, b);
  await until(() => prefixes(b).includes('0.0.0.0/0'), 'the default route');
  expect(prefixes(a)).toEqual([]);
  apply(a, passive('default-originate: true').replace('export: accept, ', ''));
  await until(() => prefixes(b).length === 0, 'its withdrawal');
});

describe('aggregates', () => {
  const aggregate = (more = '') =>
    passive('', `aggregates: [{ prefix: 10.0.0.0/8, communities: ["65001:8"]${more} }]`);
  const contributor = (...list: string[]) => `networks: [${list.join(', ')}]`;

  test('announced while there is a route inside of it, without its AS numbers', async () => {
    await using a = await run(aggregate());
    await using c = await run(active(a.port, '', contributor('{ prefix: 10.2.0.0/16, origin: incomplete }')));
    await bothUp(a, c);
    await until(() => prefixes(a).includes('10.0.0.0/8'), 'the aggregate');
    expect(a.speaker.routes({ advertised: B })).toMatchObject([
      {
        prefix: '10.0.0.0/8',
        asPath: '65001',
        origin: 'incomplete',
        atomicAggregate: true,
        aggregator: '65001 10.0.0.1',
        communities: ['65001:8'],
      },
    ]);
    expect(a.speaker.status().aggregates).toEqual([
      { prefix: '10.0.0.0/8', summaryOnly: false, contributors: 1 },
    ]);
    c.speaker.apply(configOf(active(a.port, '', contributor('{ prefix: 11.0.0.0/16 }'))));
    await until(() => !prefixes(a).includes('10.0.0.0/8'), 'the end of the aggregate');
  });

  test('summary-only is switched on and off; what is inside goes and comes', async () => {
    const own = (more: string) => aggregate(more).replace(/$/, contributor('{ prefix: 10.1.0.0/16 }'));
    await using a = await run(own(''));
    await using b = await run(active(a.port, ''));
    await bothUp(a, b);
    await until(() => prefixes(b).length === 2, 'both');
    apply(a, own(', summary-only: true'));
    await until(() => prefixes(b).length === 1, 'the summary alone');
    expect(prefixes(b)).toEqual(['10.0.0.0/8']);
    apply(a, own(''));
    await until(() => prefixes(b).length === 2, 'both again');
    apply(a, passive('', contributor('{ prefix: 10.1.0.0/16 }')));
    await until(() => prefixes(b).join() === '10.1.0.0/16', 'the aggregate to go');
  });
});

test('announce-if-present: a network comes and goes with the route it waits for', async () => {
  await using a = await run(
    passive('', 'networks: [{ prefix: 192.0.2.0/24, announce-if-present: 10.2.0.0/16 }]'),
  );
  await using b = await run(active(a.port, ''));
  await bothUp(a, b);
  expect(prefixes(a)).toEqual([]);
  b.speaker.apply(configOf(active(a.port, '', 'networks: [{ prefix: 10.2.0.0/16 }]')));
  await until(() => prefixes(b).includes('192.0.2.0/24'), 'the network');
  b.speaker.apply(configOf(active(a.port, '')));
  await until(() => prefixes(b).length === 0, 'its withdrawal');
  expect(prefixes(a)).toEqual([]);
});

test('a change for a range reaches its peers without a new session', async () => {
  const text = (keys: string) => `
as: 65001
router-id: 10.0.0.1
listen: ["${A}:0"]
dynamic-neighbors: [{ prefix: 127.0.0.0/8, peer-as: external, import: accept, export: accept${keys} }]
networks: [{ prefix: 10.1.0.0/16, communities: ["65001:1"] }]
`;
  await using a = await run(text(''));
  await using b = await run(active(a.port, ''));
  await bothUp(a, b);
  const theirs = () => b.speaker.routes({ prefix: '10.1.0.0/16' })[0]?.communities;
  await until(() => theirs()?.length === 1, 'the community');
  apply(a, text(', send-communities: [large], limit: 7'));
  await until(() => theirs()?.length === 0, 'no community');
  expect(b.speaker.neighbor(A)!.flaps).toBe(0);
});

describe('sessionOptions', () => {
  const of = (keys: string, peerAs: number, external = true) =>
    sessionOptions(configOf(passive(keys)).neighbors[0]!, { external, peerAs, routerId: 1 });

  test('eBGP peers of different ASes share import rules and update groups, unless it matters whose AS it is', () => {
    const shared = (keys: string) =>
      (['import', 'export'] as const).map(
        (part) => JSON.stringify(of(keys, 65002)[part]) === JSON.stringify(of(keys, 65003)[part]),
      );
    expect(shared('')).toEqual([true, true]);
    expect(shared('allow-own-as: 1, graceful-shutdown: true, local-as: { as: 64999 }')).toEqual([true, true]);
    expect(shared('role: peer')).toEqual([false, true]);
    expect(shared('as-override: true')).toEqual([true, false]);
    expect(shared('remove-private-as: all')).toEqual([true, false]);
  });

  test('enforce-first-as is for external peers', () => {
    expect([of('', 65002).firstAs, of('', 65001, false).firstAs]).toEqual([65002, undefined]);
    expect(of('enforce-first-as: false', 65002).firstAs).toBeUndefined();
    expect(of('role: rs-client', 65002).firstAs).toBeUndefined();
  });
});
