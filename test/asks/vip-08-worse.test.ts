/** Ask 8 (exabgp-helpers #14, kube-vip #1498): some of it is broken: announce it as a worse choice instead of not at all. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requests } from '../../src/api/client.ts';
import { bird } from '../interop/lab/bird.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { eventually } from '../interop/lab/process.ts';
import { logged, rack, TOR } from '../interop/lab/rack.ts';

const VIP = '203.0.113.10/32';
const BACKENDS = ['a', 'b', 'c'];

describeLab('ask 8: worse instead of withdrawn', [bird], () => {
  test('two of three backends must live: one dead changes nothing, two dead make the route worse', async () => {
    const checks = BACKENDS.map((name) => ({
      exec: ['/usr/bin/test', '-e', `$DIR/${name}`],
      name,
      interval: '100ms',
      rise: 1,
      fall: 1,
    }));
    await using subject = await rack(
      bird,
      [
        {
          name: 'web',
          addresses: ['203.0.113.10'],
          require: 2,
          checks,
          'on-down': { med: 1000, prepend: 2, communities: ['65000:666'] },
        },
      ],
      { files: { a: '', b: '', c: '' } },
    );
    const file = (name: string) => join(subject.host.directory, name);
    const states = async () => {
      const { checks: all } = await subject.bellhop.ask(requests.vip('web'));
      return all.map(({ state }) => state).join(' ');
    };
    const updates = async () => (await subject.bellhop.neighbor(TOR)).messagesSent.updates;
    const become = async (wanted: string) =>
      await eventually(async () => expect(await states()).toBe(wanted), { what: wanted });
    await subject.has(VIP);
    await become('UP UP UP');
    const good = { med: undefined, asPath: [65000], communities: [] };
    expect(await subject.route(VIP)).toMatchObject(good);
    const before = await updates();
    rmSync(file('a'));
    await become('DOWN UP UP');
    expect(await updates()).toBe(before);

    rmSync(file('b'));
    await eventually(
      async () =>
        expect(await subject.route(VIP)).toMatchObject({
          med: 1000,
          asPath: [65000, 65000, 65000],
          communities: ['65000:666'],
        }),
      { what: 'worse' },
    );
    // The last one: still there, because nobody else may have it either.
    rmSync(file('c'));
    await become('DOWN DOWN DOWN');
    expect(await subject.route(VIP)).toMatchObject({ med: 1000 });

    for (const name of ['b', 'c']) writeFileSync(file(name), '');
    await eventually(async () => expect(await subject.route(VIP)).toMatchObject(good), { what: 'as before' });
    expect(logged(subject.bellhop, 'vipWithdrawn')).toEqual([]);
    expect(await updates()).toBe(before + 2);
  });
});
