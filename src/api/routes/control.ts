/** `POST /v1/neighbors/:address/{clear,disable,enable}`: what operators do to one neighbor by hand. */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { BellhopError } from '../../base/errors.ts';
import type { ApiContext } from '../context.ts';
import { describeRoute } from '../openapi.ts';
import { ClearBody, DisableBody, EnableBody, NeighborParameters } from '../parameters.ts';
import { neighbor } from '../schemas/status.ts';
import type { NeighborStatus } from '../types.ts';

type Params = z.output<typeof NeighborParameters>;

/** Adds the routes to `server`. */
export function addControlRoutes(server: FastifyInstance, context: ApiContext): void {
  const { speaker } = context;
  const status = (address: string): NeighborStatus => {
    const found = speaker.neighbor(address);
    if (found === undefined) throw new BellhopError('NOT_FOUND', `no neighbor ${address}`);
    return found;
  };
  const schema = (summary: string, body: z.ZodType) => ({
    schema: describeRoute({
      tag: 'neighbors',
      summary,
      params: NeighborParameters,
      body,
      answer: neighbor,
    }),
  });

  server.post<{ Params: Params; Body: z.output<typeof ClearBody> }>(
    '/v1/neighbors/:address/clear',
    schema('End the session and begin anew, or (`soft`) only send routes again', ClearBody),
    ({ params: { address }, body }) => {
      status(address);
      speaker.clear(address, body.soft, body.message);
      return status(address);
    },
  );

  server.post<{ Params: Params; Body: z.output<typeof DisableBody> }>(
    '/v1/neighbors/:address/disable',
    schema('End the session with Cease/2 and keep the neighbor down until it is enabled', DisableBody),
    async ({ params: { address }, body }) => {
      status(address);
      speaker.disable(address, body.message);
      await context.saved();
      return status(address);
    },
  );

  server.post<{ Params: Params; Body: z.output<typeof EnableBody> }>(
    '/v1/neighbors/:address/enable',
    schema('Let a neighbor that was disabled have a session again', EnableBody),
    async ({ params: { address } }) => {
      status(address);
      speaker.enable(address);
      await context.saved();
      return status(address);
    },
  );
}
