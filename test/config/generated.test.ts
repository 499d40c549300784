/**
 * Files made from the schema are up to date, and the examples load.
 *
 * `UPDATE_SCHEMA=1` and `UPDATE_DOCS=1` write them.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema, type JsonSchemaNode } from '../../src/config/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { configurationReference } from '../../src/config/reference.ts';

const root = new URL('../../', import.meta.url).pathname;

/** The text of a generated file, after writing it anew when asked to. */
function generated(name: string, text: string, update: string): string {
  if (process.env[update] === '1') writeFileSync(root + name, text);
  return readFileSync(root + name, 'utf8');
}

test('config/bellhop.schema.json is that of the schema', () => {
  const text = `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`;
  const file = generated('config/bellhop.schema.json', text, 'UPDATE_SCHEMA');
  expect(JSON.parse(file)).toEqual(JSON.parse(text)); // the formatter decides on white space
});

test('docs/configuration.md is that of the schema', () => {
  const text = configurationReference(configJsonSchema());
  expect(generated('docs/configuration.md', text, 'UPDATE_DOCS')).toBe(text);
});

/** Keys of the schema without a description, as paths. */
function undescribed(node: JsonSchemaNode, path = ''): string[] {
  const inner =
    typeof node.additionalProperties === 'object' ? [['*', node.additionalProperties] as const] : [];
  const children = [...Object.entries(node.properties ?? {}), ...inner];
  const below = children.flatMap(([key, child]) => undescribed(child, `${path}/${key}`));
  const items =
    node.items?.properties === undefined ? [] : undescribed({ ...node.items, description: '-' }, `${path}[]`);
  return [...(node.description === undefined && path !== '' ? [path] : []), ...below, ...items];
}

test('every key of the schema has a description', () => {
  expect(undescribed(configJsonSchema())).toEqual([]);
});

describe('config/*.yaml', () => {
  const files = readdirSync(`${root}config`).filter((name) => name.endsWith('.yaml'));

  test.each(files)('%s loads without errors or warnings', (name) => {
    expect(loadConfig(`${root}config/${name}`, { env: {} })).toMatchObject({ ok: true, warnings: [] });
  });

  test('bellhop.yaml mentions every key', () => {
    const text = readFileSync(`${root}config/bellhop.yaml`, 'utf8');
    expect(parse(text)).toBeTypeOf('object');
    const keysIn = (node: JsonSchemaNode | undefined): string[] =>
      Object.entries(node?.properties ?? {}).flatMap(([key, child]) => [
        key,
        ...keysIn(child),
        ...keysIn(child.items),
      ]);
    const missing = keysIn(configJsonSchema()).filter((key) => !new RegExp(`\\b${key}:`).test(text));
    expect(missing).toEqual([]);
  });
});
