/**
 * bellhop with no more than the capabilities that it is given by the systemd unit (as a user of its own, ambient) and
 * by the Kubernetes manifest (as root, everything else dropped): port 179 is bound, the address of a VIP comes and goes.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { Bellhop } from './lab/bellhop.ts';
import { describeLab } from './lab/guard.ts';
import { Lab, type LabNode } from './lab/namespaces.ts';
import { eventually, run } from './lab/process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NOBODY = '65534';

const CONFIG = `as: 65000
router-id: 192.0.2.1
vips: [{ name: web, addresses: [203.0.113.10], interface: lo, maintenance-file: DIRECTORY/off }]
`;

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.destroy();
  lab = undefined;
});

function ofUnit(): readonly string[] {
  const unit = readFileSync(join(ROOT, 'config/systemd/bellhop.service'), 'utf8');
  return (
    /^CapabilityBoundingSet=(.*)$/m.exec(unit)?.[1]?.replaceAll('CAP_', '').toLowerCase().split(' ') ?? []
  );
}

function ofManifest(): readonly string[] {
  const text = readFileSync(join(ROOT, 'config/kubernetes/bellhop.yaml'), 'utf8');
  const found = parseAllDocuments(text).flatMap(
    (document) =>
      (
        document.getIn([
          'spec',
          'template',
          'spec',
          'containers',
          0,
          'securityContext',
          'capabilities',
          'add',
        ]) as { toJSON(): string[] } | undefined
      )?.toJSON() ?? [],
  );
  return found.map((name) => name.toLowerCase());
}

/** Words of setpriv (util-linux) that leave these capabilities, to root or with `user` to somebody else. */
function limited(capabilities: readonly string[], user?: string): readonly string[] {
  const set = `-all,${capabilities.map((name) => `+${name}`).join(',')}`;
  const ambient = [
    `--reuid=${user}`,
    `--regid=${user}`,
    '--clear-groups',
    `--inh-caps=${set}`,
    `--ambient-caps=${set}`,
  ];
  return ['setpriv', `--bounding-set=${set}`, ...(user === undefined ? [] : ambient), '--no-new-privs'];
}

async function comesAndGoes(capabilities: readonly string[], user?: string): Promise<void> {
  expect(capabilities).toHaveLength(2);
  lab = new Lab();
  const node: LabNode = await lab.node('bellhop');
  const file = join(node.directory, 'bellhop.yaml');
  writeFileSync(file, CONFIG.replace('DIRECTORY', node.directory));
  const bellhop = new Bellhop(node, file, { wrapper: limited(capabilities, user) });
  await bellhop.ready();
  const status = readFileSync(`/proc/${bellhop.process.pid}/status`, 'utf8');
  // CAP_NET_BIND_SERVICE is number 10, CAP_NET_ADMIN number 12.
  expect(Number.parseInt(/^CapEff:\s+(\w+)$/m.exec(status)?.[1] ?? '', 16)).toBe((1 << 10) | (1 << 12));
  expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).toBe(user ?? '0');

  const address = () => run('ip', ['-n', node.namespace, '-o', 'address', 'show', 'dev', 'lo']);
  const listening = () => run('ss', ['-Hltn', 'sport', '=', ':179'], { namespace: node.namespace });
  await eventually(async () => expect(await address()).toContain('203.0.113.10/32'), {
    what: 'the address is there',
  });
  expect(await listening()).toContain(':179');
  writeFileSync(join(node.directory, 'off'), '');
  await eventually(async () => expect(await address()).not.toContain('203.0.113.10'), {
    what: 'the address is gone',
  });
  expect((await bellhop.stop()).code).toBe(0);
}

describeLab('capabilities', [], () => {
  test('those of the Kubernetes manifest are enough for root', () => comesAndGoes(ofManifest()));

  const readable = spawnSync('setpriv', [
    `--reuid=${NOBODY}`,
    '--clear-groups',
    'test',
    '-r',
    join(ROOT, 'bin/bellhop.js'),
  ]);
  test.skipIf(readable.status !== 0)(
    'those of the systemd unit are enough for a user without any others',
    () => comesAndGoes(ofUnit(), NOBODY),
  );
});
