/**
 * One HTTP server over an {@link ApiContext}: how requests are checked, how failures are answered, and all routes.
 * Where it listens and who may talk to it is the business of `server.ts` and `access.ts`.
 */
import Fastify, { type FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { BellhopError } from '../base/errors.ts';
import { MAX_API_BODY_BYTES } from '../base/limits.ts';
import type { ApiContext } from './context.ts';
import { addOpenApi } from './openapi.ts';
import { ParameterError, problemOf, sendProblem } from './problem.ts';
import { addAnnouncementRoutes } from './routes/announcements.ts';
import { addConfigRoutes } from './routes/config.ts';
import { addControlRoutes } from './routes/control.ts';
import { addErrorRoutes } from './routes/errors.ts';
import { addEventRoutes } from './routes/events.ts';
import { addExplainRoutes } from './routes/explain.ts';
import { addMetallbRoutes } from './routes/metallb.ts';
import { addMetricsRoutes } from './routes/metrics.ts';
import { addNeighborRoutes } from './routes/neighbors.ts';
import { addPolicyRoutes } from './routes/policies.ts';
import { addProcessRoutes } from './routes/processes.ts';
import { addRouteRoutes } from './routes/routes.ts';
import { addStatusRoutes } from './routes/status.ts';
import { addVipRoutes } from './routes/vips.ts';

/** Fastify's names for the parts of a request, in the words of OpenAPI. */
const PARTS = { params: 'path', querystring: 'query', headers: 'header', body: 'body' } as const;

export interface HttpServerOptions {
  /** Hears of failures that are our own fault (answered with 500). */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Certificate chain and private key, as PEM text; undefined: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Whether its clients come over TCP: they may do less. */
  readonly remote?: boolean;
  /** Adds what must happen before any route, such as the check of a token. */
  readonly guard?: (server: FastifyInstance) => void;
}

/** A server with all routes. It never listens: `late-server.ts` hands it connections. */
export async function buildServer(
  context: ApiContext,
  { onError, tls, guard, remote = false }: HttpServerOptions = {},
): Promise<FastifyInstance> {
  const options = { forceCloseConnections: true, bodyLimit: MAX_API_BODY_BYTES } as const;
  // The two calls make servers of different types, of which the routes need only what both have.
  const server =
    tls === undefined
      ? Fastify(options)
      : (Fastify({ ...options, https: tls }) as unknown as FastifyInstance);
  server.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) onError?.(error);
    return sendProblem(reply, problem);
  });
  server.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      problemOf(
        new BellhopError('NOT_FOUND', `no ${request.method} ${request.url}; /openapi.json has all there is`),
      ),
    ),
  );
  server.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (data) => {
    // A body that was not sent is null.
    const result = schema.safeParse(data ?? undefined, { reportInput: true });
    if (result.success) return { value: result.data };
    return { error: new ParameterError(PARTS[httpPart as keyof typeof PARTS], result.error.issues) };
  });
  // Answers are ours: their schemas describe them, and tests hold them to it.
  server.setSerializerCompiler(() => JSON.stringify);
  guard?.(server);
  server.addHook('onRequest', () => context.arrivals.next());
  await addOpenApi(server);
  addStatusRoutes(server, context);
  addNeighborRoutes(server, context.speaker);
  addControlRoutes(server, context);
  addRouteRoutes(server, context);
  addExplainRoutes(server, context);
  addPolicyRoutes(server, context.speaker);
  addErrorRoutes(server, context.speaker);
  addAnnouncementRoutes(server, context);
  const { configManager, save, vips, metallb, processes } = context.services;
  if (configManager !== undefined) addConfigRoutes(server, configManager, { save, remote });
  if (vips !== undefined) addVipRoutes(server, vips);
  if (metallb !== undefined) addMetallbRoutes(server, metallb);
  if (processes !== undefined) addProcessRoutes(server, processes);
  addMetricsRoutes(server, context);
  addEventRoutes(server, context);
  return server;
}
