/**
 * The JSON Schema of the configuration file, for completion and checks in editors.
 *
 * Written to `config/bellhop.schema.json`; a file names it in its first line:
 * `# yaml-language-server: $schema=./bellhop.schema.json`.
 */
import { z } from 'zod';
import { fileSchema } from './schema.ts';

/** One key or object of the JSON Schema, as far as we use it. */
export interface JsonSchemaNode {
  /** `#/$defs/NAME`. */
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchemaNode>>;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  /** Unit of the value; our own extension. */
  readonly 'x-unit'?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchemaNode;
  readonly additionalProperties?: JsonSchemaNode | boolean;
}

/** JSON Schema (draft 2020-12) of what a configuration file may hold. */
export function configJsonSchema(): JsonSchemaNode {
  return z.toJSONSchema(fileSchema, {
    io: 'input',
    // zod leaves these out where a value is transformed, as it cannot know that ours are in the terms of the file.
    override: ({ zodSchema, jsonSchema }) => {
      const { default: fallback, examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (fallback !== undefined) jsonSchema.default = fallback as typeof jsonSchema.default;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  }) as JsonSchemaNode;
}
