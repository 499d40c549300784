/** Hooks: run once for each change, bounded, one at a time, the last state wins. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { HookRunner } from '../../src/vip/hooks.ts';

const folder = mkdtempSync(join(tmpdir(), 'bellhop-hooks-'));

function hooks(up: string, down: string, timeoutSeconds = 5) {
  const failures: string[] = [];
  const log = join(folder, `${Math.random()}.log`);
  writeFileSync(log, '');
  const shell = (text: string): string[] => ['/bin/sh', '-c', text.replaceAll('LOG', log)];
  const runner = new HookRunner(
    { clock: systemClock, failed: (hook, reason) => void failures.push(`${hook} ${reason}`) },
    { up: shell(up), down: shell(down), timeoutSeconds },
  );
  return { runner, failures, lines: () => readFileSync(log, 'utf8').trim().split('\n') };
}

test('each change once, with what it is about in the environment', async () => {
  const { runner, failures, lines } = hooks(
    'echo up $BELLHOP_VIP $STATE >> LOG',
    'echo down $BELLHOP_VIP >> LOG',
  );
  runner.fire('up', { BELLHOP_VIP: 'web', STATE: 'UP' });
  runner.fire('up', { BELLHOP_VIP: 'web', STATE: 'UP' });
  await runner.idle();
  runner.fire('down', { BELLHOP_VIP: 'web', STATE: 'DOWN' });
  await runner.idle();
  expect(lines()).toEqual(['up web UP', 'down web']);
  expect(failures).toEqual([]);
});

test('changes while one runs: only the last of them is run', async () => {
  const { runner, lines } = hooks('sleep 0.2; echo up $STATE >> LOG', 'echo down >> LOG');
  runner.fire('up', { STATE: '1' });
  runner.fire('down', {});
  runner.fire('up', { STATE: '2' });
  await runner.idle();
  expect(lines()).toEqual(['up 1', 'up 2']);
});

test('one that hangs is killed, one that fails is told', async () => {
  const { runner, failures } = hooks('sleep 100', 'echo no disk >&2; exit 4', 0.2);
  runner.fire('up', {});
  runner.fire('down', {});
  await runner.idle();
  expect(failures).toEqual(['up /bin/sh: killed after 0.2 s', 'down /bin/sh: exit code 4: no disk']);
});
