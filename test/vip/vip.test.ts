/**
 * One VIP from check to routes: the order of steps, what is announced in each state, and that it fails closed. Over 300
 * lines: one table of situations, each a few lines.
 */
import { describe, expect, test } from 'vitest';
import { unrunnable } from '../../src/vip/checks/check.ts';
import { vipsOf, World } from './harness.ts';

const CHECK = 'http://10.9.9.9/';
const WEB = `  - name: web
    addresses: [203.0.113.10]
    checks: [{ http: "${CHECK}", interval: 1s, fast-interval: 1s, rise: 2, fall: 2, timeout: 500ms }]
`;
const vipOf = (more = '') => vipsOf(WEB + more)[0]!;

describe('up and down', () => {
  test('announced behind rise successes, withdrawn in the turn of the failure that decides', async () => {
    const world = new World();
    world.start(vipOf());
    await world.clock.advance(1500);
    expect(world.steps).toEqual([]);
    await world.clock.advance(1000);
    expect(world.steps).toEqual(['announce 203.0.113.10/32']);
    await world.clock.advance(5000);
    world.answers.set(CHECK, 'fail');
    await world.clock.advance(1000);
    expect(world.steps).toHaveLength(1);
    await world.clock.advance(1000);
    expect(world.steps).toEqual(['announce 203.0.113.10/32', 'withdraw vip:web']);
    const states = world.events.flatMap((event) => (event.type === 'vipState' ? [event.newState] : []));
    expect(states).toEqual(['RISING', 'UP', 'FALLING', 'DOWN']);
  });

  test('a check that flaps below the thresholds changes nothing', async () => {
    const world = new World();
    world.start(vipOf());
    await world.clock.advance(3000);
    for (let i = 0; i < 6; i++) {
      world.answers.set(CHECK, i % 2 === 0 ? 'fail' : 'ok');
      await world.clock.advance(1000);
    }
    expect(world.steps).toEqual(['announce 203.0.113.10/32']);
  });

  test('a service that hangs is down behind its timeouts', async () => {
    const world = new World();
    world.start(vipOf());
    await world.clock.advance(3000);
    world.answers.set(CHECK, 'hang');
    await world.clock.advance(2500);
    expect(world.steps.at(-1)).toBe('withdraw vip:web');
  });

  test('a check that cannot be run is DOWN at once with its reason', async () => {
    const world = new World();
    const vip = world.start(vipOf());
    await world.clock.advance(3000);
    world.answers.set(CHECK, unrunnable('cannot run it: there is no such program'));
    await world.clock.advance(1000);
    expect(world.steps.at(-1)).toBe('withdraw vip:web');
    expect(vip.status()).toMatchObject({ state: 'DOWN', announced: 'withdrawn' });
    expect(vip.status().reason).toContain('there is no such program');
  });

  test('require: any, all, a number', async () => {
    for (const [require, downAfter] of [
      ['all', 1],
      ['2', 2],
      ['any', 3],
    ] as const) {
      const world = new World();
      const urls = ['http://10.0.0.1/', 'http://10.0.0.2/', 'http://10.0.0.3/'];
      const checks = urls.map((url) => `{ http: "${url}", interval: 1s, rise: 1, fall: 1 }`).join(', ');
      world.start(
        vipsOf(`  - { name: web, addresses: [10.0.0.9], require: ${require}, checks: [${checks}] }`)[0]!,
      );
      await world.clock.advance(2000);
      expect(world.steps).toEqual(['announce 10.0.0.9/32']);
      for (const [i, url] of urls.entries()) {
        world.answers.set(url, 'fail');
        await world.clock.advance(1100);
        expect(world.steps.length, `${require} with ${i + 1} down`).toBe(i + 1 >= downAfter ? 2 : 1);
      }
    }
  });
});

describe('on-down', () => {
  test.each([
    ['{ med: 1000 }', '203.0.113.10/32 med 1000'],
    ['{ prepend: 3 }', '203.0.113.10/32 med 10 path 65000 65000 65000'],
    ['{ communities: ["65000:9"] }', '203.0.113.10/32 med 10 65000:1 65000:9'],
    ['{ local-pref: 50 }', '203.0.113.10/32 med 10 local-pref 50'],
  ])('%s', async (onDown, worse) => {
    const world = new World();
    const announce = worse.includes('65000:1') ? '{ med: 10, communities: ["65000:1"] }' : '{ med: 10 }';
    const vip = world.start(vipOf(`    on-down: ${onDown}\n    announce: ${announce}\n`));
    await world.clock.advance(3000);
    world.answers.set(CHECK, 'fail');
    await world.clock.advance(2000);
    expect(world.steps.at(-1)).toBe(`announce ${worse}`);
    expect(vip.status().announced).toBe('degraded');
    world.answers.set(CHECK, 'ok');
    await world.clock.advance(1000);
    expect(vip.status()).toMatchObject({ state: 'RISING', announced: 'degraded' });
    await world.clock.advance(1000);
    expect(world.steps).toHaveLength(3);
    expect(world.steps[2]).toBe(world.steps[0]);
  });

  test('a service that was never seen is announced as down, but not before it was looked at', async () => {
    const world = new World();
    world.answers.set(CHECK, 'fail');
    world.start(vipOf('    on-down: { med: 1000 }\n'));
    expect(world.steps).toEqual([]);
    await world.clock.advance(1000);
    expect(world.steps).toEqual(['announce 203.0.113.10/32 med 1000']);
  });
});

describe('announce', () => {
  test('aggregation, link bandwidth, peers', async () => {
    const world = new World();
    const [vip] = vipsOf(`  - name: web
    addresses: [203.0.113.10, 203.0.113.11, "2001:db8::1"]
    announce: { aggregation-length: 24, aggregation-length-v6: 64, link-bandwidth: 10G, large-communities: ["1:2:3"] }
`);
    world.start(vip!);
    const routes = world.routes.sets.get('vip:web')!;
    expect(routes.map(({ prefix }) => prefix)).toEqual(['203.0.113.0/24', '2001:db8::/64']);
    // 1.25e9 bytes a second as float32 behind type 0x0004 and AS 65000.
    expect(routes[0]).toMatchObject({
      extendedCommunities: ['0004fde84e9502f9'],
      largeCommunities: [[1, 2, 3]],
    });
  });
});

describe('interface', () => {
  const settings = (delay = '2s') => vipOf(`    interface: lo\n    remove-delay: ${delay}\n`);

  test('up: address, then route; down: route, flushed, delay, then address', async () => {
    const world = new World();
    world.start(settings());
    await world.clock.advance(3000);
    expect(world.steps).toEqual(['add 203.0.113.10/32', 'announce 203.0.113.10/32']);
    world.routes.holdFlushes = true;
    world.answers.set(CHECK, 'fail');
    await world.clock.advance(10_000);
    expect(world.steps.slice(2)).toEqual(['withdraw vip:web']);
    world.routes.release();
    await world.clock.advance(0);
    await world.clock.advance(1900);
    expect(world.steps.slice(2)).toEqual(['withdraw vip:web']);
    await world.clock.advance(200);
    expect(world.steps.slice(3)).toEqual(['remove 203.0.113.10/32']);
  });

  test('up again during the delay: the address stays', async () => {
    const world = new World();
    world.start(settings('5s'));
    await world.clock.advance(3000);
    world.answers.set(CHECK, 'fail');
    await world.clock.advance(2000);
    world.answers.set(CHECK, 'ok');
    await world.clock.advance(5000);
    expect(world.steps).toEqual([
      'add 203.0.113.10/32',
      'announce 203.0.113.10/32',
      'withdraw vip:web',
      'announce 203.0.113.10/32',
    ]);
  });

  test('no address, no route; tried again', async () => {
    const world = new World();
    world.ipFailure = 'Operation not permitted';
    const vip = world.start(settings());
    await world.clock.advance(4000);
    expect(world.steps).toEqual([]);
    expect(vip.status().problem).toContain('Operation not permitted');
    expect(world.problems()).toHaveLength(1);
    world.ipFailure = undefined;
    await world.clock.advance(1500);
    expect(world.steps).toEqual(['add 203.0.113.10/32', 'announce 203.0.113.10/32']);
  });

  test('an address that somebody takes away: withdrawn, added again, announced', async () => {
    const world = new World();
    const vip = world.start(settings());
    await world.clock.advance(3000);
    world.interfaces.get('lo')!.clear();
    vip.checkAddresses();
    await world.clock.advance(10);
    expect(world.steps.slice(2)).toEqual([
      'withdraw vip:web',
      'add 203.0.113.10/32',
      'announce 203.0.113.10/32',
    ]);
    world.interfaces.delete('lo');
    vip.checkAddresses();
    await world.clock.advance(10);
    expect(world.steps.at(-1)).toBe('withdraw vip:web');
    expect(vip.status().problem).toContain('Cannot find device');
  });
});

describe('reload', () => {
  test('what only changes the announcement is not withdrawn, and checks keep their state', async () => {
    const world = new World();
    const vip = world.start(vipOf());
    await world.clock.advance(3000);
    const runs = world.runs.get(CHECK);
    vip.update(vipOf('    announce: { med: 5 }\n'));
    expect(world.steps).toEqual(['announce 203.0.113.10/32', 'announce 203.0.113.10/32 med 5']);
    expect(world.runs.get(CHECK)).toBe(runs);
    expect(vip.status().state).toBe('UP');
  });

  test('a new check of a VIP that is up is trusted until its first result, no longer', async () => {
    const world = new World();
    const vip = world.start(vipOf());
    await world.clock.advance(3000);
    const more = WEB.replace('}]', '}, { tcp: "10.9.9.9:1", interval: 1s }]');
    vip.update(vipsOf(more)[0]!);
    await world.clock.advance(1);
    expect(world.steps).toHaveLength(1);
    await world.clock.advance(2000);
    expect(vip.status().state).toBe('UP');
    expect(world.steps).toHaveLength(1);

    world.answers.set('grpc', 'fail');
    vip.update(vipsOf(WEB.replace('}]', '}, { grpc: "10.9.9.9:1", interval: 1s }]'))[0]!);
    await world.clock.advance(1);
    expect(world.steps.at(-1)).toBe('withdraw vip:web');
  });

  test('a new check of a VIP that was never up is not trusted, in MAINTENANCE neither', async () => {
    const world = new World();
    const file = '    maintenance-file: /etc/web.off\n';
    const vip = world.start(vipOf(file));
    vip.setMaintenance(true);
    world.answers.set('grpc', 'hang');
    vip.update(
      vipsOf(`${WEB.replace(/checks: .*/, 'checks: [{ grpc: "10.9.9.9:1", interval: 1s }]')}${file}`)[0]!,
    );
    vip.setMaintenance(false);
    await world.clock.advance(10_000);
    expect(world.steps).toEqual([]);
    expect(vip.status().state).toBe('DOWN');
  });

  test('other addresses: the new one is there and announced before the old one goes', async () => {
    const world = new World();
    const vip = world.start(vipOf('    interface: lo\n'));
    await world.clock.advance(3000);
    vip.update(vipsOf(`${WEB.replace('.10]', '.11]')}    interface: lo\n`)[0]!);
    await world.clock.advance(10);
    expect(world.steps.slice(2)).toEqual([
      'add 203.0.113.11/32',
      'announce 203.0.113.11/32',
      'remove 203.0.113.10/32',
    ]);
  });

  test('a reload that fails withdraws', async () => {
    const world = new World();
    const vip = world.start(vipOf('    interface: lo\n'));
    await world.clock.advance(3000);
    vip.update(vipsOf(`${WEB}    interface: nowhere\n`)[0]!);
    await world.clock.advance(10);
    expect(world.steps.slice(2)).toEqual(['withdraw vip:web', 'remove 203.0.113.10/32']);
    expect(vip.status().problem).toContain('Cannot find device');
  });

  test('an exception withdraws, until the next reload', async () => {
    const world = new World();
    const vip = world.start(vipOf());
    await world.clock.advance(3000);
    world.routes.failNext = new Error('a table is full');
    vip.update(vipOf('    announce: { med: 5 }\n'));
    expect(world.steps.at(-1)).toBe('withdraw vip:web');
    await world.clock.advance(3000);
    expect(vip.status()).toMatchObject({
      announced: 'withdrawn',
      problem: 'internal error: a table is full',
    });
    vip.update(vipOf('    announce: { med: 6 }\n'));
    expect(world.steps.at(-1)).toBe('announce 203.0.113.10/32 med 6');
  });
});

describe('maintenance, drain, stop', () => {
  test('nothing is announced before it is known whether the maintenance file exists', async () => {
    const world = new World();
    const vip = world.start(vipOf('    maintenance-file: /etc/web.off\n'));
    await world.clock.advance(3000);
    expect(world.steps).toEqual([]);
    vip.setMaintenance(false);
    expect(world.steps).toEqual(['announce 203.0.113.10/32']);
    vip.setMaintenance(true);
    expect(world.steps.at(-1)).toBe('withdraw vip:web');
    expect(vip.status().state).toBe('MAINTENANCE');
    await world.clock.advance(3000);
    vip.setMaintenance(false);
    expect(world.steps.at(-1)).toBe('announce 203.0.113.10/32');
  });

  test('drain: GRACEFUL_SHUTDOWN and LOCAL_PREF 0, wait, withdraw; undrain', async () => {
    const world = new World();
    const vip = world.start(vipOf('    announce: { local-pref: 200 }\n'));
    await world.clock.advance(3000);
    const drain = vip.drain(30);
    expect(world.steps.at(-1)).toBe('announce 203.0.113.10/32 local-pref 0 65535:0');
    await world.clock.advance(29_000);
    expect(world.steps).toHaveLength(2);
    await world.clock.advance(1500);
    await drain.done;
    expect(world.steps.at(-1)).toBe('withdraw vip:web');
    expect(vip.status().drain).toMatchObject({ stage: 'withdrawn', withdrawnMilliseconds: 30_000 });
    vip.undrain();
    expect(world.steps.at(-1)).toBe('announce 203.0.113.10/32 local-pref 200');
  });

  test('a drain can be hurried, taken back half-way, and does not keep a dead service', async () => {
    const world = new World();
    const vip = world.start(vipOf());
    await world.clock.advance(3000);
    vip.drain(30);
    vip.undrain();
    expect(world.steps).toEqual([
      'announce 203.0.113.10/32',
      'announce 203.0.113.10/32 local-pref 0 65535:0',
      'announce 203.0.113.10/32',
    ]);
    vip.drain(30).hurry();
    expect(world.steps.at(-1)).toBe('withdraw vip:web');
    vip.undrain();
    vip.drain(30);
    world.answers.set(CHECK, 'fail');
    await world.clock.advance(2000);
    expect(world.steps.at(-1)).toBe('withdraw vip:web');
  });

  test('stop withdraws, removes the address, and tells nobody anything afterwards', async () => {
    const world = new World();
    const vip = world.start(vipOf('    interface: lo\n'));
    await world.clock.advance(3000);
    await vip.stop('the end');
    expect(world.steps.slice(2)).toEqual(['withdraw vip:web', 'remove 203.0.113.10/32']);
    await world.clock.advance(10_000);
    expect(world.steps).toHaveLength(4);
  });
});
