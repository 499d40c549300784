/**
 * `GET /v1/config`, `POST /v1/{reload,plan,apply,confirm,rollback,save}`: changes of the configuration of a running daemon. An invalid one is
 * a problem document with all diagnostics, and changes nothing.
 */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { BellhopError } from '../../base/errors.ts';
import type { ConfigManager } from '../../speaker/config-manager.ts';
import { describeRoute } from '../openapi.ts';
import { ApplyBody, ConfigQuery, PlanBody, ReloadBody } from '../parameters.ts';
import { configOutcome, confirmation, exportedConfig, saveOutcome } from '../schemas/config.ts';
import type { SaveOutcome } from '../types.ts';

const AT_MOST = 'With `atMost`, a change that costs more is refused (409, `REFUSED`) and nothing changes.';

const REMOTE =
  'On TCP the text may name files in the directory of the daemon’s configuration, and those that it names itself; ' +
  'it may bring no programs that are not there already.';

/** Adds the routes to `server`. @param remote whether its clients are on TCP */
export function addConfigRoutes(
  server: FastifyInstance,
  manager: ConfigManager,
  { save, remote }: { readonly save?: (() => SaveOutcome) | undefined; readonly remote: boolean },
): void {
  const tag = 'config';

  server.get<{ Querystring: z.output<typeof ConfigQuery> }>(
    '/v1/config',
    {
      schema: describeRoute({
        tag,
        summary: 'The configuration in force, with what was changed at run time',
        description:
          'Routes of `cli` and `api:` owners that do not end by themselves, and disabled neighbors.',
        querystring: ConfigQuery,
        answer: exportedConfig,
      }),
    },
    ({ query: { secrets = false } }) => {
      if (secrets && remote)
        throw new BellhopError('REFUSED', 'secrets are shown on the control socket, not on TCP');
      return manager.export(secrets, remote);
    },
  );

  server.post<{ Body: z.output<typeof ReloadBody> }>(
    '/v1/reload',
    {
      schema: describeRoute({
        tag,
        summary: 'Read the configuration file again',
        description: AT_MOST,
        body: ReloadBody,
        answer: configOutcome,
      }),
    },
    ({ body: { atMost } }) => manager.reload({ atMost }),
  );

  server.post<{ Body: z.output<typeof PlanBody> }>(
    '/v1/plan',
    {
      schema: describeRoute({
        tag,
        summary: 'What a configuration would change',
        description: REMOTE,
        body: PlanBody,
        answer: configOutcome,
      }),
    },
    ({ body: { text, file } }, reply) => {
      const left = new AbortController();
      reply.raw.once('close', () => left.abort());
      return manager.plan(text, file, { signal: left.signal, remote });
    },
  );

  server.post<{ Body: z.output<typeof ApplyBody> }>(
    '/v1/apply',
    {
      schema: describeRoute({
        tag,
        summary: 'Apply a configuration until the next reload or start',
        description: `With \`confirmWithin\` it is undone after that time, unless it is confirmed. ${AT_MOST} ${REMOTE}`,
        body: ApplyBody,
        answer: configOutcome,
      }),
    },
    ({ body: { text, file, confirmWithin, atMost } }) =>
      manager.apply(text, file, { confirmWithinSeconds: confirmWithin, atMost, remote }),
  );

  server.post(
    '/v1/confirm',
    { schema: describeRoute({ tag, summary: 'Keep the configuration applied', answer: confirmation }) },
    () => ({ confirmed: manager.confirm() }),
  );

  server.post(
    '/v1/rollback',
    {
      schema: describeRoute({
        tag,
        summary: 'Undo what was applied and not confirmed',
        answer: configOutcome,
      }),
    },
    () => manager.rollback(),
  );

  if (save === undefined) return;
  server.post(
    '/v1/save',
    {
      schema: describeRoute({
        tag,
        summary: 'Write routes that were announced at run time into a drop-in of the configuration',
        answer: saveOutcome,
      }),
    },
    () => save(),
  );
}
