/**
 * The MetalLB part of the schema: where the manifests are, and which node of the cluster this is. What the manifests
 * say is read by `frontends/metallb`, whenever they change.
 */
import { resolve as resolvePath } from 'node:path';
import { z } from 'zod';
import type { Report } from './diagnostic.ts';
import { text } from './schema-types.ts';
import type { MetallbConfig } from './types.ts';

/** Where assignments are kept. */
export const DEFAULT_METALLB_STATE_FILE = 'metallb.json';

export const metallbShape = {
  files: z
    .array(text)
    .min(1)
    .meta({
      description:
        'Manifests as `kubectl get -o yaml` shows them; `*`, `?`, `[...]` and `**` stand for names. A relative path starts at the folder of the configuration file. Changes are noticed.',
      examples: [['/etc/bellhop/metallb/*.yaml']],
      title: 'list of file patterns',
    }),
  node: text.meta({
    description: 'Name of this node: in endpoints, and as its label `kubernetes.io/hostname`.',
    examples: ['node-1'],
  }),
  'node-labels': z
    .record(z.string(), z.string().meta({ description: 'Value of the label.' }))
    .optional()
    .meta({
      description: 'Labels of this node, for `nodeSelectors`; those of its Node manifest count as well.',
      title: 'labels and values',
    }),
  'state-file': text.optional().meta({
    description:
      'Where the addresses of services are remembered, so that they stay as they are. A relative path starts at the folder of the configuration file; `$STATE_DIRECTORY` (systemd) replaces the folder of the default.',
    default: `/var/lib/bellhop/${DEFAULT_METALLB_STATE_FILE}`,
  }),
};

/** What was good in the file. */
interface MetallbInput {
  readonly files?: readonly string[] | undefined;
  readonly node?: string | undefined;
  readonly 'node-labels'?: Readonly<Record<string, string>> | undefined;
  readonly 'state-file'?: string | undefined;
}

/** Checked and defaulted; undefined when there is none, or when it is not known whom it is for. */
export function resolveMetallb(
  input: MetallbInput | undefined,
  folder: string,
  stateDirectory: string,
  report: Report,
): MetallbConfig | undefined {
  if (input?.node === undefined || input.files === undefined) return undefined;
  const labels = input['node-labels'] ?? {};
  const name = labels['kubernetes.io/hostname'];
  if (name !== undefined && name !== input.node)
    report.warning(
      ['metallb', 'node-labels', 'kubernetes.io/hostname'],
      `the label says \`${name}\`, but \`node\` is \`${input.node}\``,
      'endpoints are compared with `node`, selectors with the label',
    );
  return {
    files: input.files.map((pattern) => resolvePath(folder, pattern)),
    node: input.node,
    nodeLabels: { 'kubernetes.io/hostname': input.node, ...labels },
    stateFile: resolvePath(folder, input['state-file'] ?? `${stateDirectory}/${DEFAULT_METALLB_STATE_FILE}`),
  };
}
