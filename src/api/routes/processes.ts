/** `/v1/processes`: programs that announce routes with ExaBGP's process API. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ProcessView } from '../../frontends/exabgp/status.ts';
import { describeRoute } from '../openapi.ts';
import { processStatus } from '../schemas/process.ts';

/** Adds the route to `server`. */
export function addProcessRoutes(server: FastifyInstance, processes: ProcessView): void {
  server.get(
    '/v1/processes',
    {
      schema: describeRoute({
        tag: 'processes',
        summary: 'Programs that announce routes',
        answer: z.array(processStatus),
      }),
    },
    () => processes.processes(),
  );
}
