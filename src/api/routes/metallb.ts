/** `/v1/metallb`: the objects of MetalLB manifests, and what became of each. */
import type { FastifyInstance } from 'fastify';
import { BellhopError } from '../../base/errors.ts';
import type { MetallbView } from '../../frontends/metallb/status.ts';
import { describeRoute } from '../openapi.ts';
import { metallb as answer } from '../schemas/metallb.ts';

/** Adds the route to `server`. */
export function addMetallbRoutes(server: FastifyInstance, metallb: MetallbView): void {
  server.get(
    '/v1/metallb',
    { schema: describeRoute({ tag: 'metallb', summary: 'MetalLB manifests, object by object', answer }) },
    () => {
      const status = metallb.status();
      if (status === undefined) throw new BellhopError('NOT_FOUND', 'the configuration has no `metallb`');
      return status;
    },
  );
}
