/**
 * The configuration reference, `docs/configuration.md`: generated from the schema, so that it cannot be out of date.
 *
 * A test compares the file with this text; `UPDATE_DOCS=1` writes it.
 */
import type { JsonSchemaNode } from './json-schema.ts';

const INTRODUCTION = `# Configuration

<!-- Generated from src/config/schema.ts: UPDATE_DOCS=1 npx vitest run test/config -->

bellhop reads one YAML file. [config/minimal.yaml](../config/minimal.yaml) is the smallest useful one,
[config/bellhop.yaml](../config/bellhop.yaml) shows every key; [policy.md](policy.md) explains policies. For completion in editors, begin the file with
\`# yaml-language-server: $schema=./bellhop.schema.json\`.

- **Strict.** An unknown key, a wrong type or a value out of range is an error. All errors are reported at once,
  each with its line and what to write instead. Warnings are for what is legal but probably not meant.
- **Durations** are \`90\` (seconds), \`90s\`, \`300ms\`, \`2m\` or \`1h\`. What BGP carries on the wire must be whole seconds.
- **AS numbers** are plain (\`65000\`) or asdot (\`1.10\`). 0, 23456, 65535 and 4294967295 cannot be used.
- **Addresses** may be written in any form; bellhop shows them in the canonical one (RFC 5952).
- **Peer groups.** A key of the neighbor wins over the one of its group, which wins over the default. Of
  \`password\`, \`password-file\` and \`password-env\`, as of \`multihop\` and \`ttl-security\`, a peer has at most one:
  one in the neighbor displaces the group's.
- **Order does not matter** anywhere. Of overlapping dynamic ranges the longest prefix wins; a neighbor with an
  address wins over all ranges.
- YAML anchors, aliases and merge keys (\`<<: *base\`) work.
- [vips.md](vips.md) explains \`vips\`, [metallb.md](metallb.md) \`metallb\`.
`;

/** Sections of the reference: heading, and how to get from the schema of the file to that of the section. */
const SECTIONS: readonly { heading: string; find: (file: JsonSchemaNode) => JsonSchemaNode | undefined }[] = [
  { heading: 'Top level', find: (file) => file },
  { heading: '`best-path`', find: (file) => file.properties?.['best-path'] },
  { heading: '`api`', find: (file) => file.properties?.['api'] },
  { heading: '`api.tls`', find: (file) => file.properties?.['api']?.properties?.['tls'] },
  { heading: '`neighbors[]`', find: (file) => file.properties?.['neighbors']?.items },
  { heading: '`neighbors[].max-prefixes`', find: (file) => neighborKey(file, 'max-prefixes') },
  { heading: '`neighbors[].local-as`', find: (file) => neighborKey(file, 'local-as') },
  { heading: '`peer-groups.NAME`', find: (file) => namedEntry(file.properties?.['peer-groups']) },
  { heading: '`dynamic-neighbors[]`', find: (file) => file.properties?.['dynamic-neighbors']?.items },
  { heading: '`networks[]`', find: (file) => file.properties?.['networks']?.items },
  { heading: '`aggregates[]`', find: (file) => file.properties?.['aggregates']?.items },
  { heading: '`policies.NAME[]`', find: (file) => termOf(file) },
  { heading: '`match` of a term', find: (file) => resolved(termOf(file)?.properties?.['match'], file) },
  { heading: '`set` of a term', find: (file) => termOf(file)?.properties?.['set'] },
  { heading: '`prepend`', find: (file) => termOf(file)?.properties?.['set']?.properties?.['prepend'] },
  { heading: '`community`', find: (file) => termOf(file)?.properties?.['set']?.properties?.['community'] },
  { heading: '`tests[]`', find: (file) => file.properties?.['tests']?.items },
  { heading: '`route` of a test', find: (file) => file.properties?.['tests']?.items?.properties?.['route'] },
  { heading: '`vips[]`', find: vipOf },
  { heading: '`vips[].checks[]`', find: (file) => vipOf(file)?.properties?.['checks']?.items },
  { heading: '`vips[].checks[].dns`', find: (file) => checkOf(file)?.properties?.['dns'] },
  { heading: '`vips[].announce`', find: (file) => vipOf(file)?.properties?.['announce'] },
  { heading: '`vips[].hooks`', find: (file) => vipOf(file)?.properties?.['hooks'] },
  { heading: '`metallb`', find: (file) => file.properties?.['metallb'] },
];

/** Markdown text of the reference for the schema of `configJsonSchema`. */
export function configurationReference(schema: JsonSchemaNode): string {
  const neighborKeys = schema.properties?.['neighbors']?.items?.properties ?? {};
  const sections = SECTIONS.map(({ heading, find }) => {
    const node = find(schema) ?? {};
    const isPeer = node.properties?.['peer-as'] !== undefined && node.properties !== neighborKeys;
    return `## ${heading}\n\n${isPeer ? peerSection(node, neighborKeys) : table(node)}`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

/** Says how a set of peer settings differs from that of a neighbor, instead of repeating it. */
function peerSection(node: JsonSchemaNode, neighborKeys: NonNullable<JsonSchemaNode['properties']>): string {
  const keys = node.properties ?? {};
  const missing = Object.keys(neighborKeys).filter((key) => keys[key] === undefined);
  const extra = Object.entries(keys).filter(([key]) => neighborKeys[key] === undefined);
  const without = missing.map((key) => `\`${key}\``).join(', ');
  const sentence = `The keys of \`neighbors[]\` without ${without}${extra.length === 0 ? '.\n' : ', and:\n'}`;
  return extra.length === 0
    ? sentence
    : `${sentence}\n${table({ ...node, properties: Object.fromEntries(extra) })}`;
}

function table(node: JsonSchemaNode): string {
  const rows = Object.entries(node.properties ?? {}).map(([key, value]) => {
    const fallback = node.required?.includes(key) ? 'required' : defaultText(value.default);
    const cells = [`\`${key}\``, typeText(value), fallback, value['x-unit'] ?? '', value.description ?? ''];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| Key | Type | Default | Unit | Meaning |', '| --- | --- | --- | --- | --- |', ...rows, ''].join(
    '\n',
  );
}

function typeText(node: JsonSchemaNode): string {
  if (node.title !== undefined) return node.title;
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(', ');
  if (node.items !== undefined) return 'list, see below';
  return node.type === 'object' ? 'keys, see below' : String(node.type ?? '');
}

function defaultText(value: unknown): string {
  if (value === undefined) return '';
  return Array.isArray(value) ? value.map((entry) => `\`${entry}\``).join(', ') : `\`${value}\``;
}

function neighborKey(file: JsonSchemaNode, key: string): JsonSchemaNode | undefined {
  return file.properties?.['neighbors']?.items?.properties?.[key];
}

/** One entry of a policy. */
function termOf(file: JsonSchemaNode): JsonSchemaNode | undefined {
  return namedEntry(file.properties?.['policies'])?.items;
}

/** The node that a reference points at: conditions may hold conditions. */
function resolved(node: JsonSchemaNode | undefined, file: JsonSchemaNode): JsonSchemaNode | undefined {
  const name = node?.$ref?.split('/').at(-1);
  return name === undefined ? node : file.$defs?.[name];
}

function vipOf(file: JsonSchemaNode): JsonSchemaNode | undefined {
  return file.properties?.['vips']?.items;
}

function checkOf(file: JsonSchemaNode): JsonSchemaNode | undefined {
  return vipOf(file)?.properties?.['checks']?.items;
}

function namedEntry(node: JsonSchemaNode | undefined): JsonSchemaNode | undefined {
  return typeof node?.additionalProperties === 'object' ? node.additionalProperties : undefined;
}
