/**
 * Ask 10 (MetalLB #307, #952, Cilium #35934): a liveness probe that wants all sessions kills the speaker when one router
 * is in maintenance, and a startup probe never ends.
 */
import { expect, test } from 'vitest';
import { bird } from '../interop/lab/bird.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { eventually, run } from '../interop/lab/process.ts';
import { HOST, type Rack, rack, TOR } from '../interop/lab/rack.ts';

const NEIGHBOR = { 'peer-as': 65001, import: 'accept', export: 'accept', 'connect-retry': '1s' };
/** Of two routers one is in maintenance. */
const NEIGHBORS = [
  { ...NEIGHBOR, address: TOR },
  { ...NEIGHBOR, address: '10.0.0.3' },
];
const LISTEN = '127.0.0.1:8179';

async function get({ host }: Rack, path: string): Promise<string> {
  const words = ['-s', '-w', '%{http_code}', '-o', '/dev/null', `http://${LISTEN}${path}`];
  return await run('curl', words, { namespace: host.namespace });
}

describeLab('ask 10: probes and sessions', [bird], () => {
  test.each([
    ['any', '200'],
    ['all', '503'],
    [1, '200'],
    [2, '503'],
  ])('one session of two, ready: %s', async (ready, expected) => {
    await using subject = await rack(bird, [], {
      more: { neighbors: NEIGHBORS, api: { listen: LISTEN, ready } },
    });
    expect(await get(subject, '/readyz')).toBe(expected);
    expect(await get(subject, '/healthz')).toBe('200');
  });

  test('no session at all: not ready, but alive; a router that is taken out by hand is not waited for', async () => {
    await using subject = await rack(bird, [], {
      more: { neighbors: NEIGHBORS, api: { listen: LISTEN, ready: 'all' } },
    });
    await subject.bellhop.command('disable', '10.0.0.3', '--message', 'maintenance');
    expect(await get(subject, '/readyz')).toBe('200');
    await subject.tor.kill();
    await eventually(async () => expect(await get(subject, '/readyz')).toBe('503'), { what: 'not ready' });
    expect(await get(subject, '/healthz')).toBe('200');
    // For probes that are commands: exit code 5.
    await expect(subject.bellhop.command('wait', 'established', '--all', '--timeout', '0')).rejects.toThrow(
      /not established|Connect|Active|Idle/,
    );
  });

  test('a service without health takes its VIP down, and not its speaker', async () => {
    await using subject = await rack(
      bird,
      [{ name: 'web', addresses: ['203.0.113.10'], checks: [{ tcp: `${HOST}:1` }] }],
      { more: { api: { listen: LISTEN } } },
    );
    await eventually(async () => expect(await subject.bellhop.command('show', 'vips')).toMatch(/web +DOWN/), {
      what: 'DOWN',
    });
    expect(await get(subject, '/readyz')).toBe('200');
    expect(await get(subject, '/healthz')).toBe('200');
  });
});
