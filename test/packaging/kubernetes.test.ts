/**
 * `config/kubernetes/bellhop.yaml` without a cluster: what refers to something finds it, the configuration in the
 * ConfigMap is one that bellhop takes, and command line, paths and capabilities are those of bellhop and its image.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/types.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'bellhop-kubernetes-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Probe {
  readonly httpGet: { readonly host: string; readonly port: number; readonly path: string };
}

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly valueFrom: unknown }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext: {
    readonly runAsUser: number;
    readonly readOnlyRootFilesystem: boolean;
    readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] };
  };
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}

interface Manifest {
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly hostNetwork: boolean;
        readonly terminationGracePeriodSeconds: number;
        readonly initContainers: readonly [Container];
        readonly containers: readonly [Container];
        readonly volumes: readonly ({ readonly name: string } & Record<string, unknown>)[];
      };
    };
  };
}

const manifests = parseAllDocuments(readFileSync(join(ROOT, 'config/kubernetes/bellhop.yaml'), 'utf8')).map(
  (document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  },
);
const [namespace, configMap, daemonSet] = manifests as [Manifest, Manifest, Manifest];
const pod = daemonSet.spec.template.spec;
const [init] = pod.initContainers;
const [container] = pod.containers;

/** What the init container and the mounts put together on a node, as bellhop loads it. */
function configOfNode(hostAddress: string): Config {
  const [script = ''] = init.args;
  const file = join(directory, 'bellhop.yaml');
  execFileSync(init.command?.[0] ?? '', ['-ec', script.replace('/etc/bellhop/bellhop.yaml', file)], {
    env: { HOST_IP: hostAddress },
  });
  mkdirSync(join(directory, 'bellhop.d'), { recursive: true });
  for (const [name, text] of Object.entries(configMap.data))
    writeFileSync(join(directory, 'bellhop.d', name), text);
  const loaded = loadConfig(file);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors, undefined, 2));
  return loaded.config;
}

test('manifests: a namespace, and all else in it', () => {
  expect(manifests.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`)).toEqual([
    'v1 Namespace',
    'v1 ConfigMap',
    'apps/v1 DaemonSet',
  ]);
  for (const { metadata } of [configMap, daemonSet]) expect(metadata.namespace).toBe(namespace.metadata.name);
  expect(daemonSet.spec.template.metadata.labels).toEqual(daemonSet.spec.selector.matchLabels);
});

test('volumes: every mount has one, every volume is mounted, the ConfigMap is the one above', () => {
  const mounted = [...init.volumeMounts, ...container.volumeMounts].map(({ name }) => name);
  const names = pod.volumes.map(({ name }) => name);
  expect([...new Set(mounted)].sort()).toEqual([...names].sort());
  expect(pod.volumes.find(({ name }) => name === 'drop-ins')?.['configMap']).toEqual({
    name: configMap.metadata.name,
  });
});

test('volumes: whatever the image writes to is mounted, for its root is read-only', () => {
  expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
  const directories = /install -d .* (\/etc\/bellhop .*?) \\$/m.exec(DOCKERFILE)?.[1]?.split(' ') ?? [];
  expect(directories).toHaveLength(4);
  const paths = container.volumeMounts.map(({ mountPath }) => mountPath);
  for (const one of directories) expect(paths).toContain(one);
});

test('configuration: what a node gets is valid, with the address of the node as router id', () => {
  const config = configOfNode('10.7.0.3');
  expect(config).toMatchObject({ as: 65000, routerId: '10.7.0.3' });
  expect(config.neighbors).toHaveLength(2);
  expect(config.vips.map(({ name }) => name)).toEqual(['ingress']);
  expect(init.env).toEqual([{ name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }]);
  // The time that Kubernetes gives must be enough for the drain, and what comes behind it.
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(config.drainOnStopSeconds + 10);
});

test('container: its arguments are options of bellhop, its probes ask the listener of the configuration', () => {
  const help = execFileSync(process.execPath, [join(ROOT, 'bin/bellhop.js'), 'run', '--help'], {
    encoding: 'utf8',
  });
  expect(container.args[0]).toBe('run');
  for (const option of container.args.filter((word) => word.startsWith('--'))) expect(help).toContain(option);
  const { api } = configOfNode('10.7.0.3');
  const { startupProbe, livenessProbe, readinessProbe } = container;
  for (const [probe, path] of [
    [startupProbe, '/healthz'],
    [livenessProbe, '/healthz'],
    [readinessProbe, '/readyz'],
  ] as const) {
    expect(probe.httpGet.path).toBe(path);
    expect(api).toMatchObject({ listen: { address: probe.httpGet.host, port: probe.httpGet.port } });
  }
});

test('privileges: host network, two capabilities; what the image needs to start is among them', () => {
  expect(pod.hostNetwork).toBe(true);
  expect(container.securityContext.capabilities).toEqual({
    drop: ['ALL'],
    add: ['NET_BIND_SERVICE', 'NET_ADMIN'],
  });
  // The kernel refuses to start a program with a file capability that the container may not have.
  const [, needed = ''] = /setcap cap_(\w+)=\+ep/.exec(DOCKERFILE) ?? [];
  expect(container.securityContext.capabilities.add).toContain(needed.toUpperCase());
});
