/**
 * `POST /v1/{reload,plan,apply,confirm,rollback,save}`: changes of the configuration of a running daemon. An invalid one is
 * a problem document with all diagnostics, and changes nothing.
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { MAX_API_BODY_BYTES } from '../../base/limits.ts';
import { duration } from '../../config/schema-types.ts';
import type { ConfigManager } from '../../speaker/config-manager.ts';
import type { SaveOutcome } from '../types.ts';
import { parseBody } from '../validate.ts';

/** A configuration as text; `file` is its name in diagnostics and where relative paths start. */
const document = { file: z.string().min(1), text: z.string() };
const PlanBody = z.strictObject(document);
const ApplyBody = z.strictObject({
  ...document,
  /** Seconds. */
  confirmWithin: duration({ minimum: 1, maximum: 86_400 }).optional(),
});

/** Adds the routes to `server`. */
export function addConfigRoutes(
  server: FastifyInstance,
  manager: ConfigManager,
  save?: () => SaveOutcome,
): void {
  const options = { bodyLimit: MAX_API_BODY_BYTES };

  server.post('/v1/reload', () => manager.reload());

  server.post('/v1/plan', options, (request) => {
    const { text, file } = parseBody(PlanBody, request.body);
    return manager.plan(text, file);
  });

  server.post('/v1/apply', options, (request) => {
    const { text, file, confirmWithin } = parseBody(ApplyBody, request.body);
    return manager.apply(text, file, confirmWithin);
  });

  server.post('/v1/confirm', () => ({ confirmed: manager.confirm() }));

  if (save !== undefined) server.post('/v1/save', () => save());

  server.post('/v1/rollback', () => manager.rollback());
}
