/**
 * The configuration pairs of README.md and docs/peering.md, word for word: a reader who copies them gets what is promised there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startBellhopFile } from './lab/bellhop.ts';
import { bird } from './lab/bird.ts';
import { frr } from './lab/frr.ts';
import { gobgp } from './lab/gobgp.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import { isIpv6, type PeerDaemon } from './lab/peer.ts';
import { eventually, type LabProcess } from './lab/process.ts';

const README = ['README.md', 'docs/peering.md']
  .map((name) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
  .join('\n');

const COMMAND = fileURLToPath(new URL('../../bin/bellhop.js', import.meta.url));

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

/** The fenced block behind `<!-- commands: NAME -->`, a command a line, without comments. */
function readmeCommands(name: string): string[] {
  const block = new RegExp(`<!-- commands: ${name} -->\\n\`\`\`\\w*\\n([\\s\\S]*?)\`\`\``).exec(README);
  if (block?.[1] === undefined) throw new Error(`README.md has no commands ${name}`);
  return block[1].split('\n').flatMap((line) => line.replace(/ +#.*$/, '').trim() || []);
}

describeLab('README: an address that follows its service', [bird], () => {
  test('line by line', { timeout: 90_000 }, async () => {
    const lab = new Lab();
    try {
      const ours = await lab.node('bellhop');
      const theirs = await lab.node('peer');
      await lab.connect(
        { node: ours, interface: 'eth1', addresses: ['10.0.0.1/24', 'fd00::1/64'] },
        { node: theirs, interface: 'eth1', addresses: ['10.0.0.2/24', 'fd00::2/64'] },
      );
      const peer = await bird.startFile(theirs, write(theirs, 'bird.conf'));
      write(ours, 'vip.yaml');
      const state = { STATE_DIRECTORY: ours.directory, BELLHOP_SOCKET: join(ours.directory, 'bellhop.sock') };
      const commands = readmeCommands('vip').map((line) =>
        line
          .replaceAll('sudo ', '')
          .replaceAll('bin/bellhop.js', `${process.execPath} ${COMMAND}`)
          .replaceAll('/run/bellhop-web.off', join(ours.directory, 'web.off')),
      );
      writeFileSync(
        join(ours.directory, 'vip.yaml'),
        readmeFile('vip.yaml').replace('/run/bellhop-web.off', join(ours.directory, 'web.off')),
      );
      const vipAt = async (): Promise<boolean> =>
        (await peer.routes('ipv4-unicast')).some(({ prefix }) => prefix === '203.0.113.10/32');
      const announced = (present: boolean): Promise<void> =>
        eventually(async () => expect(await vipAt()).toBe(present), {
          what: `BIRD ${present ? 'has' : 'has lost'} the address`,
          timeout: 30_000,
        });
      const background: LabProcess[] = [];
      for (const command of commands) {
        if (command === 'kill %1') background[0]?.signal('SIGTERM');
        else {
          const words = command.replace(/ &$/, '').split(' ');
          const running = ours.spawn(words[0] ?? '', words.slice(1), state);
          if (command.endsWith('&')) background.push(running);
          else expect(await running.exited, `${command}\n${running.log}`).toMatchObject({ code: 0 });
          if (command.includes(' doctor '))
            expect(running.log).toMatch(/ok +peer 10\.0\.0\.2 \(tor-1\) +advertised/);
        }
        if (background.length === 2) await announced(!/ drain |touch|kill/.test(command));
      }
      expect(background).toHaveLength(2);
    } finally {
      await lab.destroy();
    }
  });
});
