/**
 * The configuration pairs of README.md, word for word: a reader who copies them gets what is promised there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startBellhopFile } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { frr } from './lab/frr.ts';
import { gobgp } from './lab/gobgp.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import { isIpv6, type PeerDaemon } from './lab/peer.ts';
import { eventually } from './lab/process.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The fenced block behind `<!-- file: NAME -->`. */
function readmeFile(name: string): string {
  const block = new RegExp(`<!-- file: ${name} -->\\n\`\`\`\\w*\\n([\\s\\S]*?)\`\`\``).exec(README);
  if (block?.[1] === undefined) throw new Error(`README.md has no file ${name}`);
  return block[1];
}

function write(node: LabNode, name: string): string {
  const file = join(node.directory, name);
  writeFileSync(file, readmeFile(name));
  return file;
}

const PAIRS: readonly (readonly [PeerDaemon, string, readonly string[]])[] = [
  [bird, 'bird.conf', []],
  [frr, 'frr.conf', []],
  [
    gobgp,
    'gobgpd.toml',
    ['gobgp global rib add 198.51.100.0/24', 'gobgp global rib add -a ipv6 2001:db8:2::/48 nexthop fd00::2'],
  ],
];

for (const [daemon, file, commands] of PAIRS) {
  describeLab(`README: peering with ${daemon.name}`, [daemon], () => {
    test('both sides have the routes of the other one', { timeout: 60_000 }, async () => {
      const lab = new Lab();
      try {
        const ours = await lab.node('bellhop');
        const theirs = await lab.node('peer');
        await lab.connect(
          { node: ours, interface: 'eth1', addresses: ['10.0.0.1/24', 'fd00::1/64'] },
          { node: theirs, interface: 'eth1', addresses: ['10.0.0.2/24', 'fd00::2/64'] },
        );
        const peer = await daemon.startFile(theirs, write(theirs, file));
        for (const command of commands) {
          expect(README).toContain(command);
          const [program = '', ...words] = command.split(' ');
          expect((await theirs.spawn(program, words).exited).code).toBe(0);
        }
        const bellhop = await startBellhopFile(ours, write(ours, 'bellhop.yaml'));
        const processes = [bellhop.process, peer.process];
        await eventually(
          async () => {
            // FRR sends us our own routes back as well; they are not accepted.
            const received = (await bellhop.routes({ received: '10.0.0.2' })).filter((one) => one.accepted);
            const shown = received.map((route) => `${route.prefix} ${route.asPath}`);
            expect(shown.sort()).toEqual(['198.51.100.0/24 65001', '2001:db8:2::/48 65001']);
            for (const [family, prefix] of [
              ['ipv4-unicast', '192.0.2.0/24'],
              ['ipv6-unicast', '2001:db8:1::/48'],
            ] as const) {
              const route = (await peer.routes(family)).find((one) => one.prefix === prefix);
              expect(route).toMatchObject({ asPath: [65000], origin: 'igp' });
              expect(route?.communities).toEqual(isIpv6(prefix) ? [] : ['65000:100']);
            }
          },
          { what: 'routes are exchanged', timeout: 40_000, processes },
        );
      } finally {
        await lab.destroy();
      }
    });
  });
}
