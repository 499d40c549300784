/** The schema of one answer, cut out of the OpenAPI document with all that it refers to. */

/** A part of a JSON document. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** The OpenAPI document, as far as it is used. */
export interface OpenApiDocument {
  readonly info: { readonly version: string };
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly responses: Readonly<
              Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonObject }>> }>
            >;
          }
        >
      >
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, JsonObject>> };
}

const REFERENCE = '#/components/schemas/';

/**
 * JSON Schema (draft 2020-12) of the answer to success.
 *
 * @param title what has the answer
 * @throws Error when there is no such operation
 */
export function answerSchema(
  { info, paths, components }: OpenApiDocument,
  title: string,
  method: string,
  path: string,
): JsonObject {
  const responses = paths[path]?.[method]?.responses ?? {};
  const status = Object.keys(responses).find((code) => code.startsWith('2'));
  const schema = status === undefined ? undefined : responses[status]?.content?.['application/json']?.schema;
  if (schema === undefined) throw new Error(`no answer of ${method} ${path}`);
  const definitions = new Map<string, Json>();
  const localize = (part: Json): Json => {
    if (Array.isArray(part)) return part.map(localize);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, value]) => {
        if (key !== '$ref' || typeof value !== 'string') return [key, localize(value)];
        const name = value.slice(REFERENCE.length);
        if (!definitions.has(name)) {
          // Before its content, which may refer to itself.
          definitions.set(name, true);
          definitions.set(name, localize(components.schemas[name]!));
        }
        return [key, `#/$defs/${name}`];
      }),
    );
  };
  const body = localize(schema) as JsonObject;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `bellhop ${title} --json, API ${info.version}`,
    ...body,
    ...(definitions.size > 0 && { $defs: Object.fromEntries(definitions) }),
  };
}
