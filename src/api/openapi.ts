/**
 * The OpenAPI 3.1 document at `/openapi.json`, made from the zod schemas that the routes check requests with, and the
 * piece of a route's description that all routes share.
 */
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { problem } from './schemas/route.ts';
import { API_VERSION } from './version.ts';

const INTRODUCTION =
  'Everything the command line can do. Keys are camelCase; a value that does not apply is left out. ' +
  'Failures are problem details (RFC 9457) with a stable `code` and a JSON pointer to each wrong value.';

/** The failure of any route. */
const FAILURE = {
  description: 'What went wrong.',
  content: { 'application/problem+json': { schema: problem } },
} as const;

/** Groups of routes, in the order of the document. */
export type RouteTag =
  | 'status'
  | 'neighbors'
  | 'routes'
  | 'policies'
  | 'announcements'
  | 'vips'
  | 'metallb'
  | 'processes'
  | 'config'
  | 'events';

export interface RouteDescription {
  readonly tag: RouteTag;
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodType;
  readonly querystring?: z.ZodType;
  readonly headers?: z.ZodType;
  readonly body?: z.ZodType;
  /** Of the answer's body; text when left out. */
  readonly answer?: z.ZodType;
  /** Status of success; default 200. */
  readonly status?: number;
  /** Other answers that are no failure of the client, such as 503 of a daemon that is not ready. */
  readonly otherAnswers?: Readonly<Record<number, z.ZodType>>;
  /** Default: `application/json`. */
  readonly mediaType?: string;
}

/** The schema of a route: what requests are checked by, and what the document says. */
export function describeRoute(route: RouteDescription): FastifySchema {
  const { tag, summary, description, params, querystring, headers, body, status = 200 } = route;
  const { answer = z.string(), mediaType = 'application/json', otherAnswers = {} } = route;
  const content = (schema: z.ZodType) => ({ content: { [mediaType]: { schema } } });
  return {
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(params !== undefined && { params }),
    ...(querystring !== undefined && { querystring }),
    ...(headers !== undefined && { headers }),
    ...(body !== undefined && { body }),
    response: {
      [status]: { description: answer.description ?? 'Success.', ...content(answer) },
      ...Object.fromEntries(
        Object.entries(otherAnswers).map(([code, schema]) => [
          code,
          { description: schema.description ?? 'See the schema.', ...content(schema) },
        ]),
      ),
      default: FAILURE,
    },
  };
}

/** Makes `server` serve the document. To be called before its routes are added, as it watches them come. */
export async function addOpenApi(server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'bellhop',
        version: API_VERSION,
        description: INTRODUCTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{}, { token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  server.get('/openapi.json', { schema: { hide: true } as FastifySchema }, () => server.swagger());
}
