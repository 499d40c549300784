/** `bellhop fuzz` against BIRD: its report makes sense, and BIRD lives. */
import { expect, test } from 'vitest';
import type { AttackReport } from '../../src/fuzz/target/report.ts';
import { bird } from './lab/bird.ts';
import { describeLab } from './lab/guard.ts';
import { Lab } from './lab/namespaces.ts';
import { run } from './lab/process.ts';

const COMMAND = new URL('../../bin/bellhop.js', import.meta.url).pathname;

describeLab('bellhop fuzz against BIRD', [bird], () => {
  test('sends broken messages, tells what BIRD made of them, and BIRD lives', async () => {
    const lab = new Lab();
    try {
      const ours = await lab.node('fuzz');
      const theirs = await lab.node('bird');
      await lab.connect(
        { node: ours, interface: 'eth1', addresses: ['10.99.0.1/24'] },
        { node: theirs, interface: 'eth1', addresses: ['10.99.0.2/24'] },
      );
      const peer = await bird.start(theirs, {
        as: 65002,
        routerId: '10.99.0.2',
        localAddress: '10.99.0.2',
        localAddress6: 'fd99::2',
        neighbors: [
          {
            address: '10.99.0.1',
            as: 65001,
            holdTime: 90,
            families: ['ipv4-unicast', 'ipv6-unicast'],
            passive: true,
          },
        ],
        routes: [],
      });
      const options =
        '--target 10.99.0.2 --as 65001 --peer-as 65002 --router-id 10.99.0.1 --seed 1 --count 40 --json';
      const output = await run(process.execPath, [COMMAND, 'fuzz', ...options.split(' ')], {
        namespace: ours.namespace,
        timeout: 80_000,
      });
      const report = JSON.parse(output) as AttackReport;
      expect(report).toMatchObject({ messages: 40, alive: true });
      expect(report.closes.some(({ code }) => code === 3)).toBe(true);
      expect(peer.process.running).toBe(true);
    } finally {
      await lab.destroy();
    }
  });
});
