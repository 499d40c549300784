/** `/v1/neighbors`: all of them, one of them, and the request that one sends its routes again. */
import type { FastifyInstance } from 'fastify';
import { BellhopError } from '../../base/errors.ts';
import type { SpeakerView } from '../../speaker/events.ts';
import { NeighborParameters, parseParameters, RefreshQuery } from '../parameters.ts';
import type { NeighborStatus } from '../types.ts';

/** Adds the routes to `server`. */
export function addNeighborRoutes(server: FastifyInstance, speaker: SpeakerView): void {
  const find = (address: string): NeighborStatus => {
    const neighbor = speaker.neighbor(address);
    if (neighbor === undefined) throw new BellhopError('NOT_FOUND', `no neighbor ${address}`);
    return neighbor;
  };

  server.get('/v1/neighbors', () => speaker.neighbors());

  server.get('/v1/neighbors/:address', (request) => {
    const { address } = parseParameters(NeighborParameters, request.params);
    return find(address);
  });

  server.post('/v1/neighbors/:address/refresh', (request, reply) => {
    const { address } = parseParameters(NeighborParameters, request.params);
    const { family } = parseParameters(RefreshQuery, request.query);
    find(address);
    speaker.refresh(address, family);
    return reply.code(202).send({ address, family });
  });
}
