/** `GET /v1/policies`: the policies in force, their terms, and which sessions they decide for. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { BellhopError } from '../../base/errors.ts';
import type { SpeakerView } from '../../speaker/events.ts';
import { describeRoute } from '../openapi.ts';
import { PolicyParameters } from '../parameters.ts';
import { policy } from '../schemas/policy.ts';

/** Adds the routes to `server`. */
export function addPolicyRoutes(server: FastifyInstance, speaker: SpeakerView): void {
  server.get(
    '/v1/policies',
    {
      schema: describeRoute({
        tag: 'policies',
        summary: 'The policies in force',
        description:
          'Those of the configuration in its order, behind them the built-in ones that are in use.',
        answer: z.array(policy),
      }),
    },
    () => speaker.policyStatuses(),
  );

  server.get<{ Params: z.output<typeof PolicyParameters> }>(
    '/v1/policies/:name',
    {
      schema: describeRoute({
        tag: 'policies',
        summary: 'One policy',
        params: PolicyParameters,
        answer: policy,
      }),
    },
    ({ params: { name } }) => {
      const all = speaker.policyStatuses();
      const found = all.find((one) => one.name === name);
      if (found !== undefined) return found;
      const known = all.length === 0 ? 'there are none' : `known: ${all.map((one) => one.name).join(', ')}`;
      throw new BellhopError('NOT_FOUND', `no policy ${name} (${known})`);
    },
  );
}
