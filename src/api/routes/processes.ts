/** `/v1/processes`: programs that announce routes with ExaBGP's process API. */
import type { FastifyInstance } from 'fastify';
import type { ProcessView } from '../../frontends/exabgp/status.ts';

/** Adds the route to `server`. */
export function addProcessRoutes(server: FastifyInstance, processes: ProcessView): void {
  server.get('/v1/processes', () => processes.processes());
}
