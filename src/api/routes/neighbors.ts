/** `/v1/neighbors`: all of them, one of them, and the request that one sends its routes again. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { BellhopError } from '../../base/errors.ts';
import type { SpeakerView } from '../../speaker/events.ts';
import { describeRoute } from '../openapi.ts';
import { NeighborParameters, RefreshQuery } from '../parameters.ts';
import { neighbor } from '../schemas/status.ts';
import type { NeighborStatus } from '../types.ts';

type Params = z.output<typeof NeighborParameters>;

/** Adds the routes to `server`. */
export function addNeighborRoutes(server: FastifyInstance, speaker: SpeakerView): void {
  const find = (address: string): NeighborStatus => {
    const found = speaker.neighbor(address);
    if (found === undefined) throw new BellhopError('NOT_FOUND', `no neighbor ${address}`);
    return found;
  };

  server.get(
    '/v1/neighbors',
    { schema: describeRoute({ tag: 'neighbors', summary: 'All neighbors', answer: z.array(neighbor) }) },
    () => speaker.neighbors(),
  );

  server.get<{ Params: Params }>(
    '/v1/neighbors/:address',
    {
      schema: describeRoute({
        tag: 'neighbors',
        summary: 'One neighbor',
        params: NeighborParameters,
        answer: neighbor,
      }),
    },
    ({ params }) => find(params.address),
  );

  server.post<{ Params: Params; Querystring: z.output<typeof RefreshQuery> }>(
    '/v1/neighbors/:address/refresh',
    {
      schema: describeRoute({
        tag: 'neighbors',
        summary: 'Ask a neighbor to send its routes again (RFC 2918)',
        params: NeighborParameters,
        querystring: RefreshQuery,
        status: 202,
        answer: z.object({ address: z.string(), family: z.string().optional() }),
      }),
    },
    ({ params: { address }, query: { family } }, reply) => {
      find(address);
      speaker.refresh(address, family);
      return reply.code(202).send({ address, family });
    },
  );
}
