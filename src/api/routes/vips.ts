/** `/v1/vips`, `/v1/doctor` and drains: addresses that are announced while their service is healthy. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { BellhopError } from '../../base/errors.ts';
import type { VipStatus, VipView } from '../../vip/status.ts';
import { describeRoute } from '../openapi.ts';
import { DoctorQuery, DrainQuery, UndrainQuery, VipParameters } from '../parameters.ts';
import { diagnosis, vip } from '../schemas/vip.ts';

/** Adds the routes to `server`. */
export function addVipRoutes(server: FastifyInstance, vips: VipView): void {
  server.get(
    '/v1/vips',
    { schema: describeRoute({ tag: 'vips', summary: 'All VIPs', answer: z.array(vip) }) },
    () => vips.vips(),
  );

  server.get<{ Params: z.output<typeof VipParameters> }>(
    '/v1/vips/:name',
    { schema: describeRoute({ tag: 'vips', summary: 'One VIP', params: VipParameters, answer: vip }) },
    ({ params: { name } }): VipStatus => {
      const found = vips.vip(name);
      if (found === undefined) throw new BellhopError('NOT_FOUND', `there is no VIP ${name}`);
      return found;
    },
  );

  server.get<{ Querystring: z.output<typeof DoctorQuery> }>(
    '/v1/doctor',
    {
      schema: describeRoute({
        tag: 'vips',
        summary: 'Why VIPs are announced or not, link by link from check to peer',
        querystring: DoctorQuery,
        answer: z.array(diagnosis),
      }),
    },
    ({ query }) => vips.doctor(query.vip),
  );

  server.post<{ Querystring: z.output<typeof DrainQuery> }>(
    '/v1/drain',
    {
      schema: describeRoute({
        tag: 'vips',
        summary: 'Announce VIPs with GRACEFUL_SHUTDOWN (RFC 8326), then withdraw them',
        description: 'Answers at once; `drain` of `GET /v1/vips` says how far it is.',
        querystring: DrainQuery,
        status: 202,
        answer: z.array(vip),
      }),
    },
    ({ query }, reply) => reply.code(202).send(vips.drain(query.vip, query.grace ?? 0)),
  );

  server.post<{ Querystring: z.output<typeof UndrainQuery> }>(
    '/v1/undrain',
    {
      schema: describeRoute({
        tag: 'vips',
        summary: 'End drains: VIPs are announced again when they are healthy',
        querystring: UndrainQuery,
        answer: z.array(vip),
      }),
    },
    ({ query }) => vips.undrain(query.vip),
  );
}
