/** `/v1/vips`, `/v1/doctor` and drains: addresses that are announced while their service is healthy. */
import type { FastifyInstance } from 'fastify';
import { BellhopError } from '../../base/errors.ts';
import type { VipStatus, VipView } from '../../vip/status.ts';
import { DoctorQuery, DrainQuery, parseParameters, UndrainQuery, VipParameters } from '../parameters.ts';

/** Adds the routes to `server`. */
export function addVipRoutes(server: FastifyInstance, vips: VipView): void {
  const find = (name: string): VipStatus => {
    const vip = vips.vip(name);
    if (vip === undefined) throw new BellhopError('NOT_FOUND', `there is no VIP ${name}`);
    return vip;
  };

  server.get('/v1/vips', () => vips.vips());

  server.get('/v1/vips/:name', (request) => find(parseParameters(VipParameters, request.params).name));

  server.get('/v1/doctor', (request) => {
    const { vip } = parseParameters(DoctorQuery, request.query);
    return vips.doctor(vip);
  });

  server.post('/v1/drain', (request, reply) => {
    const { vip, grace } = parseParameters(DrainQuery, request.query);
    return reply.code(202).send(vips.drain(vip, grace ?? 0));
  });

  server.post('/v1/undrain', (request) => {
    const { vip } = parseParameters(UndrainQuery, request.query);
    return vips.undrain(vip);
  });
}
