/** Ask 9 (ExaBGP #1241, #895): every successful check announces the same route again. */
import { expect, test } from 'vitest';
import { requests } from '../../src/api/client.ts';
import { bird } from '../interop/lab/bird.ts';
import { describeLab } from '../interop/lab/guard.ts';
import { eventually } from '../interop/lab/process.ts';
import { HEALTHZ, rack, TOR } from '../interop/lab/rack.ts';

const TIMES = 30;

/** Says the same again and again, as health checks for ExaBGP do. */
const ANNOUNCER = `#!/bin/sh
while :; do echo "announce route 203.0.113.20/32 next-hop self med 100"; sleep 0.05; done
`;

describeLab('ask 9: the same route again and again', [bird], () => {
  test('successful checks, and a process that repeats itself, send nothing', async () => {
    await using subject = await rack(
      bird,
      [{ name: 'web', addresses: ['203.0.113.10'], checks: [{ ...HEALTHZ, interval: '50ms' }] }],
      {
        files: { announcer: ANNOUNCER },
        more: { processes: [{ name: 'announcer', run: ['$DIR/announcer'] }] },
      },
    );
    subject.startService();
    await subject.has('203.0.113.10/32', '203.0.113.20/32');
    const counts = async () => {
      const [process] = await subject.bellhop.ask(requests.processes());
      const vip = await subject.bellhop.ask(requests.vip('web'));
      return { commands: process?.commands ?? 0, runs: vip.checks[0]?.runs ?? 0 };
    };
    const { messagesSent } = await subject.bellhop.neighbor(TOR);
    const before = await counts();
    await eventually(
      async () => {
        const { commands, runs } = await counts();
        expect(commands).toBeGreaterThan(before.commands + TIMES);
        expect(runs).toBeGreaterThan(before.runs + TIMES);
      },
      { what: `${TIMES} checks and commands`, timeout: 60_000 },
    );
    const after = await subject.bellhop.neighbor(TOR);
    expect(after.messagesSent.updates).toBe(messagesSent.updates);
    expect((await subject.bellhop.ask(requests.vip('web'))).changes).toBe(1);
  });
});
