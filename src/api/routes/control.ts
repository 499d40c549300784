/** `POST /v1/neighbors/:address/{clear,disable,enable}`: what operators do to one neighbor by hand. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { BellhopError } from '../../base/errors.ts';
import type { SpeakerView } from '../../speaker/events.ts';
import { NeighborParameters, parseParameters } from '../parameters.ts';
import type { NeighborStatus } from '../types.ts';
import { parseBody } from '../validate.ts';

/** A text for the peer's operator (RFC 9003). */
const message = z.string().optional();
const ClearBody = z.strictObject({ soft: z.enum(['in', 'out']).optional(), message });
const DisableBody = z.strictObject({ message });
const EnableBody = z.strictObject({});

/** Adds the routes to `server`. @param saved resolves when the change would survive the daemon. */
export function addControlRoutes(
  server: FastifyInstance,
  speaker: SpeakerView,
  saved: () => Promise<void> = async () => {},
): void {
  const addressOf = (params: unknown): string => {
    const { address } = parseParameters(NeighborParameters, params);
    status(address);
    return address;
  };
  const status = (address: string): NeighborStatus => {
    const neighbor = speaker.neighbor(address);
    if (neighbor === undefined) throw new BellhopError('NOT_FOUND', `no neighbor ${address}`);
    return neighbor;
  };

  server.post('/v1/neighbors/:address/clear', (request) => {
    const address = addressOf(request.params);
    const body = parseBody(ClearBody, request.body ?? {});
    speaker.clear(address, body.soft, body.message);
    return status(address);
  });

  server.post('/v1/neighbors/:address/disable', async (request) => {
    const address = addressOf(request.params);
    speaker.disable(address, parseBody(DisableBody, request.body ?? {}).message);
    await saved();
    return status(address);
  });

  server.post('/v1/neighbors/:address/enable', async (request) => {
    const address = addressOf(request.params);
    parseBody(EnableBody, request.body ?? {});
    speaker.enable(address);
    await saved();
    return status(address);
  });
}
