/**
 * Chaos around a whole daemon, with BIRD beside it: interfaces that go, a disk that is full, a clock that jumps, a
 * process that stands still. For each the fate of the VIP, and the line in the log. (Checks that misbehave:
 * `test/vip/chaos.test.ts`.)
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { requests } from '../../src/api/client.ts';
import { Bellhop } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { describeLab } from './lab/guard.ts';
import { eventually, run } from './lab/process.ts';
import { HEALTHZ, logged, type Rack, rack, TOR } from './lab/rack.ts';

const VIP = '203.0.113.10/32';
const WEB = { name: 'web', addresses: ['203.0.113.10'], checks: [HEALTHZ] };

/** Lets SIGUSR2 move the wall clock of the daemon on by a year, and back with the next one. */
const JUMPING_DATE = `
const System = Date;
let jump = 0;
process.on('SIGUSR2', () => { jump = jump === 0 ? 365 * 86_400_000 : 0; });
globalThis.Date = class extends System {
  constructor(...words) { if (words.length === 0) super(System.now() + jump); else super(...words); }
  static now() { return System.now() + jump; }
};
`;

const ip = (subject: Rack, ...words: string[]) => run('ip', ['-n', subject.host.namespace, ...words]);

/** Reasons in the log of what did not work. */
const problems = ({ bellhop }: Rack) => logged(bellhop, 'vipProblem').map(({ reason }) => String(reason));

/** Waits for a line about this. */
const told = (subject: Rack, pattern: RegExp) =>
  eventually(() => expect(problems(subject)).toContainEqual(expect.stringMatching(pattern)), {
    what: String(pattern),
  });

describeLab('chaos around a VIP', [bird], () => {
  test('its interface is taken down, removed, and made again; its address is removed by somebody', async () => {
    await using subject = await rack(bird, [{ name: 'web', addresses: ['203.0.113.10'], interface: 'vip0' }]);
    await told(subject, /cannot add 203\.0\.113\.10\/32 to vip0: Cannot find device/);
    expect(await subject.route(VIP)).toBeUndefined();
    const add = async () => {
      await ip(subject, 'link', 'add', 'vip0', 'type', 'veth', 'peer', 'name', 'vip1');
      await ip(subject, 'link', 'set', 'vip1', 'up');
      await ip(subject, 'link', 'set', 'vip0', 'up');
    };
    await add();
    await subject.has(VIP);

    await ip(subject, 'link', 'set', 'vip0', 'down');
    await subject.has();
    await told(subject, /203\.0\.113\.10\/32 has vanished from vip0|vip0 is down/);
    await ip(subject, 'link', 'set', 'vip0', 'up');
    await subject.has(VIP);

    await ip(subject, 'address', 'del', VIP, 'dev', 'vip0');
    // Withdrawn and back: it adds it again itself.
    await eventually(() => expect(logged(subject.bellhop, 'vipWithdrawn')).toHaveLength(2), {
      what: 'withdrawn',
    });
    await subject.has(VIP);
    expect(await ip(subject, 'address', 'show', 'dev', 'vip0')).toContain(VIP);

    await ip(subject, 'link', 'del', 'vip0');
    await subject.has();
    await eventually(() => expect(logged(subject.bellhop, 'vipWithdrawn')).toHaveLength(3), {
      what: 'the line',
    });
    await add();
    await subject.has(VIP);
  });

  test('the disk of the state file is full: announced; a crash is cleaned up after as soon as there was room', async () => {
    let disk = '';
    await using subject = await rack(bird, [{ ...WEB, interface: 'lo' }], {
      more: { 'vip-state-file': '$DIR/disk/addresses.json' },
      async before({ directory }) {
        disk = join(directory, 'disk');
        mkdirSync(disk);
        await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
        await run('sh', ['-c', `head -c 1000000 /dev/zero > ${disk}/filler || true`]);
      },
    });
    try {
      subject.startService();
      await subject.has(VIP);
      await told(
        subject,
        /cannot write .*addresses\.json: ENOSPC.*addresses would stay behind after a crash/,
      );
      rmSync(join(disk, 'filler'));
      const file = join(disk, 'addresses.json');
      await eventually(() => expect(readFileSync(file, 'utf8')).toContain(VIP), { what: 'it is written' });
      expect(problems(subject)).toHaveLength(1);
      expect(logged(subject.bellhop, 'vipWithdrawn')).toEqual([]);

      await subject.bellhop.process.kill();
      expect(await ip(subject, 'address', 'show', 'dev', 'lo')).toContain(VIP);
      writeFileSync(join(subject.host.directory, 'sick'), '');
      const next = new Bellhop(subject.host, join(subject.host.directory, 'bellhop.yaml'));
      await next.ready();
      await eventually(
        async () => expect(await ip(subject, 'address', 'show', 'dev', 'lo')).not.toContain(VIP),
        {
          what: 'the leftover is removed',
        },
      );
      await eventually(() => expect(logged(next, 'addressRemoved')).toHaveLength(1), { what: 'the line' });
      expect(existsSync(file)).toBe(true);
      await next.process.kill();
    } finally {
      await run('umount', ['-l', disk]);
    }
  });

  test('the clock jumps a year and back: nothing is withdrawn, sessions stay, leases and drains last as long as before', async () => {
    await using subject = await rack(bird, [WEB], {
      neighbor: { 'hold-time': '9s' },
      files: { 'date.mjs': JUMPING_DATE },
      env: { NODE_OPTIONS: '--import $DIR/date.mjs' },
    });
    subject.startService();
    await subject.has(VIP);
    const year = () => new Date(lastTime(subject)).getFullYear();
    const before = year();
    const { failures } = (await subject.bellhop.ask(requests.vip('web'))).checks[0]!;
    await subject.bellhop.command('announce', '192.0.2.0/24', '--ttl', '1h');
    await subject.has(VIP, '192.0.2.0/24');
    for (const expected of [before + 1, before]) {
      subject.bellhop.process.signal('SIGUSR2');
      const { checks } = await subject.bellhop.ask(requests.vip('web'));
      await eventually(
        async () => {
          const now = (await subject.bellhop.ask(requests.vip('web'))).checks[0]!;
          expect(now.runs).toBeGreaterThan(checks[0]!.runs + 5);
          expect(new Date(now.history[0]!.time).getFullYear()).toBe(expected);
        },
        { what: `checks in ${expected}` },
      );
    }
    await subject.has(VIP, '192.0.2.0/24');
    const vip = await subject.bellhop.ask(requests.vip('web'));
    expect(vip).toMatchObject({ state: 'UP', changes: 1, checks: [{ failures, timeouts: 0 }] });
    expect(await subject.bellhop.neighbor(TOR)).toMatchObject({ flaps: 0 });
    subject.bellhop.process.signal('SIGUSR2');
    expect(await subject.bellhop.command('drain', 'web', '--grace', '500ms')).toMatch(
      /withdrawn, with all peers after \d{3,4}(\.\d)? ms/,
    );
    await subject.has('192.0.2.0/24');
  });

  test('bellhop stands still for longer than a check may take: nothing is withdrawn for that', async () => {
    await using subject = await rack(bird, [{ ...WEB, checks: [{ ...HEALTHZ, timeout: '2s', fall: 1 }] }]);
    subject.startService();
    await subject.has(VIP);
    for (let i = 0; i < 3; i++) {
      subject.bellhop.process.signal('SIGSTOP');
      await sleep(2500);
      subject.bellhop.process.signal('SIGCONT');
      const { checks } = await subject.bellhop.ask(requests.vip('web'));
      await eventually(
        async () =>
          expect((await subject.bellhop.ask(requests.vip('web'))).checks[0]!.runs).toBeGreaterThan(
            checks[0]!.runs + 2,
          ),
        { what: 'checks go on' },
      );
    }
    expect(await subject.bellhop.ask(requests.vip('web'))).toMatchObject({ state: 'UP', changes: 1 });
    expect(logged(subject.bellhop, 'vipWithdrawn')).toEqual([]);
  });
});

/** Time of the last line of the log. */
function lastTime({ bellhop }: Rack): string {
  const line = bellhop.process.log.trim().split('\n').at(-1)!;
  return (JSON.parse(line) as { time: string }).time;
}
