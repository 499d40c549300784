/**
 * The image of the Dockerfile in containers. Not part of the suite: BELLHOP_LAB=podman asks for it, as root, behind
 * `image.sh` and `lab-images.sh`, with their CONTAINERS_STORAGE_CONF.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { PodmanLab, podman } from '../interop/lab/podman.ts';
import { eventually } from '../interop/lab/process.ts';

const NAME = `bellhop-test-${process.pid}`;
const VALID = 'as: 65001\nrouter-id: 192.0.2.1\n';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-image-'));
  chmodSync(directory, 0o755);
});
afterEach(async () => {
  await podman('rm', '--force', '--ignore', '--volumes', '--time', '5', NAME);
  rmSync(directory, { recursive: true, force: true });
});

/** What a container has logged. */
function logs(name: string): string {
  const { stdout, stderr } = spawnSync('podman', ['logs', name], { encoding: 'utf8' });
  return stdout + stderr;
}

/** Starts the image without a network; `options` are those of `podman run`, `words` replace its CMD. */
async function start(options: readonly string[], words: readonly string[] = []): Promise<void> {
  const always = ['run', '--detach', '--pull', 'never', '--network', 'none', '--name', NAME];
  await podman(...always, ...options, 'bellhop:latest', ...words);
}

async function logged(name: string, text: string | RegExp): Promise<void> {
  await eventually(() => expect(logs(name)).toMatch(text), { what: `${name} logs ${text}`, timeout: 20_000 });
}

async function exitCode(name: string): Promise<string> {
  return (await podman('inspect', '--format', '{{.State.ExitCode}}', name)).trim();
}

describe.skipIf(process.env['BELLHOP_LAB'] !== 'podman')('image', { timeout: 90_000 }, () => {
  test('a broken configuration is reported, a mended one taken; port 179 without root; SIGTERM ends it', async () => {
    const file = join(directory, 'bellhop.yaml');
    writeFileSync(file, 'as: many\n');
    await start(['--volume', `${file}:/etc/bellhop/bellhop.yaml:ro`]);
    await logged(NAME, /"line":1,"column":5.*`many` is not an AS number/);
    writeFileSync(file, VALID);
    await logged(NAME, 'listening on 0.0.0.0:179');
    expect(await podman('exec', NAME, 'id', '-un')).toBe('bellhop\n');
    expect(await podman('exec', NAME, 'bellhop', 'show', 'summary')).toContain(
      'AS 65001, router id 192.0.2.1',
    );
    // No session: not healthy.
    expect(spawnSync('podman', ['healthcheck', 'run', NAME]).status).toBe(1);
    await podman('stop', '--time', '30', NAME);
    expect(await exitCode(NAME)).toBe('0');
  });

  test('without NET_BIND_SERVICE the kernel refuses to start it', () => {
    const words = ['--cap-drop', 'NET_BIND_SERVICE', 'bellhop:latest', '--version'];
    const { status, stderr } = spawnSync('podman', ['run', '--rm', '--network', 'none', ...words], {
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain('Operation not permitted');
  });

  test('in a lab: waits for its links, is healthy with sessions, and ends with Cease and without its address', async () => {
    const lab = await PodmanLab.deploy('anycast/anycast.clab.yml');
    const node = lab.container('node1');
    const route = (): Promise<string> => lab.exec('bird', ['ip', 'route', 'show', '203.0.113.10']);
    try {
      await eventually(async () => expect((await route()).match(/via 10\.1\.[12]\.2 /g)).toHaveLength(2), {
        what: 'bird uses both nodes',
        timeout: 40_000,
      });
      expect(logs(node)).toContain('waiting for 2 links');
      await podman('healthcheck', 'run', node);
      expect(await lab.exec('node1', ['ip', 'addr', 'show', 'lo'])).toContain('203.0.113.10/32');
      await podman('stop', '--time', '30', node);
      expect(await exitCode(node)).toBe('0');
      expect(logs(node)).toMatch(/203\.0\.113\.10\/32 removed from lo[\s\S]*Cease\/administrative-shutdown/);
      await logged(lab.container('bird'), /node1: Received: Administrative shutdown/);
      expect(await route()).toMatch(/^203\.0\.113\.10 via 10\.1\.2\.2 /);
    } finally {
      await lab.destroy();
    }
  });

  test('with the restrictions, arguments and mounts of the Kubernetes manifest', async () => {
    const text = readFileSync(new URL('../../config/kubernetes/bellhop.yaml', import.meta.url), 'utf8');
    const documents = parseAllDocuments(text).map((one) => one.toJS() as Manifest);
    const data = documents.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    const pod = documents.find(({ kind }) => kind === 'DaemonSet')?.spec?.template.spec;
    const [container] = pod?.containers ?? [];
    if (container === undefined) throw new Error('the manifest has no container');
    for (const { name } of container.volumeMounts) mkdirSync(join(directory, name));
    writeFileSync(join(directory, 'config/bellhop.yaml'), 'router-id: 192.0.2.77\n');
    for (const [name, part] of Object.entries(data)) writeFileSync(join(directory, 'drop-ins', name), part);
    const { runAsUser, capabilities } = container.securityContext;
    const options = [
      ['--user', String(runAsUser), '--read-only', '--read-only-tmpfs=false'],
      ['--security-opt', 'no-new-privileges'],
      ...capabilities.drop.map((one) => ['--cap-drop', one]),
      ...capabilities.add.map((one) => ['--cap-add', one]),
      ...container.volumeMounts.map(({ name, mountPath }) => [
        '--volume',
        `${directory}/${name}:${mountPath}`,
      ]),
    ];
    await start(options.flat(), container.args);
    await logged(NAME, 'listening on 0.0.0.0:179');
    await logged(NAME, 'answering on TCP');
    const drop = join(directory, 'drop-ins/20-vips.yaml');
    writeFileSync(drop, readFileSync(drop, 'utf8').replace('203.0.113.10', '203.0.113.11'));
    const vips = (): Promise<string> => podman('exec', NAME, 'bellhop', 'show', 'vips');
    await eventually(async () => expect(await vips()).toContain('203.0.113.11/32'), {
      what: '--watch applies a changed drop-in',
    });
  });
});

/** The parts of the manifest that matter to one container. */
interface Manifest {
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly securityContext: {
            readonly runAsUser: number;
            readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
          };
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
        }[];
      };
    };
  };
}
