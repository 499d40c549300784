/**
 * Ask 3 (GoBGP #2377, the health checker of ExaBGP): a script announces a route and dies, and the route stays for ever.
 * 03-lease.test.ts has the same for clients of the API.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requests } from '../../src/api/client.ts';
import { bird } from '../interop/lab/bird.ts';
import { exabgp } from '../interop/lab/exabgp.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { eventually } from '../interop/lab/process.ts';
import { rack, TOR } from '../interop/lab/rack.ts';

const VIP = '203.0.113.10/32';

describeLab('ask 3: the script is dead, its route lives', [bird, exabgp], () => {
  test('the health checker of ExaBGP, killed: its route goes at once, and comes back with the next one', async () => {
    await using subject = await rack(bird, [], {
      files: { up: '' },
      more: {
        processes: [
          {
            name: 'web',
            run: `/usr/bin/python3 -m exabgp healthcheck --no-syslog --no-ip-setup --interval 0.5 --fast-interval 0.1 --rise 1 --fall 1 --ip ${VIP} --command "test -e $DIR/up"`,
          },
        ],
      },
    });
    await subject.has(VIP);
    const pid = async () => (await subject.bellhop.ask(requests.processes()))[0]?.pid;
    const first = await pid();
    // Nothing is healthy any more, so that only its end can be what takes the route away and keeps it away.
    process.kill(first ?? 0, 'SIGSTOP');
    rmSync(join(subject.host.directory, 'up'));
    process.kill(first ?? 0, 'SIGKILL');
    await eventually(async () => expect((await subject.route(VIP))?.med ?? 'gone').not.toBe(100), {
      what: 'the route is gone, or what the next checker says of a dead service',
    });
    writeFileSync(join(subject.host.directory, 'up'), '');
    await eventually(async () => expect((await subject.route(VIP))?.med).toBe(100), {
      what: 'the route again',
    });
    expect(await pid()).not.toBe(first);
  });

  test('a script that announces once and never ends its life properly: withdrawn when it is killed', async () => {
    await using subject = await rack(bird, [], {
      files: { announcer: `#!/bin/sh\necho "announce route ${VIP} next-hop self"\nexec sleep 1000\n` },
      more: { processes: [{ name: 'announcer', run: ['$DIR/announcer'], respawn: false }] },
    });
    await subject.has(VIP);
    const [announcer] = await subject.bellhop.ask(requests.processes());
    process.kill(announcer?.pid ?? 0, 'SIGKILL');
    await subject.has();
    expect(subject.bellhop.process.log).toContain('processEnded');
  });

  test('a cron job with `bellhop announce --ttl`: renewed while it runs, withdrawn when it is not run any more', async () => {
    await using subject = await rack(bird, []);
    const announce = (ttl: string) => subject.bellhop.command('announce', VIP, '--ttl', ttl);
    await announce('1h');
    await subject.has(VIP);
    const updates = async () => (await subject.bellhop.neighbor(TOR)).messagesSent.updates;
    const before = await updates();
    await announce('1h');
    await announce('1s');
    expect(await updates()).toBe(before);
    await subject.has();
  });
});
