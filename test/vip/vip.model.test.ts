/**
 * Model-based: anything may happen to a VIP in any order, on a virtual clock, and after every step what is announced
 * must be allowed by the whole history; in the end, when all is well for long enough, it must be announced again.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turns } from '../speaker/manual-clock.ts';
import { vipsOf, World } from './harness.ts';

const CHECK = 'http://10.9.9.9/';
const ADDRESS = '203.0.113.10/32';

const configOf = (onDown: string, med: number) =>
  vipsOf(`  - name: web
    addresses: [203.0.113.10]
    interface: lo
    remove-delay: 500ms
    maintenance-file: /etc/web.off
    on-down: ${onDown}
    announce: { med: ${med} }
    checks: [{ http: "${CHECK}", interval: 1s, fast-interval: 1s, rise: 2, fall: 2, timeout: 500ms }]
`)[0]!;

type Action =
  | { readonly do: 'service'; readonly answer: 'ok' | 'fail' | 'hang' }
  | { readonly do: 'wait'; readonly milliseconds: number }
  | { readonly do: 'maintenance'; readonly on: boolean }
  | { readonly do: 'drain'; readonly seconds: number }
  | { readonly do: 'undrain' }
  | { readonly do: 'reload'; readonly med: number }
  | { readonly do: 'steal' }
  | { readonly do: 'ip'; readonly works: boolean };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('ok', 'fail', 'hang').map((answer) => ({ do: 'service', answer }) as Action),
  },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(0, 400, 1000, 2500)
      .map((milliseconds): Action => ({ do: 'wait', milliseconds })),
  },
  { weight: 2, arbitrary: fc.boolean().map((on): Action => ({ do: 'maintenance', on })) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 30).map((seconds): Action => ({ do: 'drain', seconds })) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'undrain' }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 2).map((med): Action => ({ do: 'reload', med })) },
  { weight: 1, arbitrary: fc.constant<Action>({ do: 'steal' }) },
  { weight: 1, arbitrary: fc.boolean().map((works): Action => ({ do: 'ip', works })) },
);

async function play(actions: readonly Action[], onDown: string): Promise<void> {
  const world = new World();
  const lo = world.interfaces.get('lo')!;
  const vip = world.start(configOf(onDown, 1));
  vip.setMaintenance(false);
  const isKept = onDown !== 'withdraw';

  const check = (what: string): void => {
    const routes = world.routes.sets.get('vip:web') ?? [];
    const status = vip.status();
    expect(routes.length > 0, what).toBe(status.announced !== 'withdrawn');
    if (routes.length === 0) return;
    // Traffic is never sent to an address that is not there.
    expect(lo.has(ADDRESS), what).toBe(true);
    expect(status.maintenance, what).toBe(false);
    expect(status.drain?.stage, what).not.toBe('withdrawn');
    const isServing = status.state === 'UP' || status.state === 'FALLING';
    if (!isKept) expect(isServing, what).toBe(true);
    expect(routes[0]?.localPref === 0, what).toBe(status.drain !== undefined);
    expect(routes[0]?.med === 1000, what).toBe(!isServing);
  };

  const perform = async (one: Action): Promise<void> => {
    switch (one.do) {
      case 'service':
        world.answers.set(CHECK, one.answer);
        break;
      case 'wait':
        await world.clock.advance(one.milliseconds);
        break;
      case 'maintenance':
        vip.setMaintenance(one.on);
        break;
      case 'drain':
        vip.drain(one.seconds);
        break;
      case 'undrain':
        vip.undrain();
        break;
      case 'reload':
        vip.update(configOf(onDown, one.med));
        break;
      case 'steal':
        lo.clear();
        vip.checkAddresses();
        break;
      case 'ip':
        world.ipFailure = one.works ? undefined : 'Operation not permitted';
        break;
    }
  };

  for (const one of actions) {
    await perform(one);
    check(`at once behind ${JSON.stringify(one)}`);
    await turns(2);
    check(`behind ${JSON.stringify(one)}`);
  }
  for (const one of [
    { do: 'ip', works: true },
    { do: 'service', answer: 'ok' },
    { do: 'maintenance', on: false },
    { do: 'undrain' },
    { do: 'wait', milliseconds: 6000 },
  ] as const)
    await perform(one);
  check('in the end');
  expect(vip.status()).toMatchObject({ state: 'UP', announced: 'up', problem: undefined });
  const stopped = vip.stop('the end');
  await turns();
  await world.clock.advance(1000);
  await stopped;
  expect(world.routes.sets.size).toBe(0);
  expect(lo.size).toBe(0);
}

test.each(['withdraw', '{ med: 1000 }'])(
  'Vip: on-down %s, whatever happens',
  { timeout: 60_000 },
  async (onDown) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 18 }), (actions) => play(actions, onDown)),
      { numRuns: 25 },
    );
  },
);
