/**
 * `/v1/announcements`: routes of our own, by owner. `PUT` takes the full set that an owner wants and sends peers the
 * difference, so that a controller may repeat it as often as it likes.
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { BellhopError } from '../../base/errors.ts';
import {
  AnnounceBody,
  AnnounceSetBody,
  announcementOf,
  assertWritable,
  OwnerParameters,
  ownRouteOf,
  WithdrawQuery,
} from '../announcement-schema.ts';
import type { ApiContext } from '../context.ts';
import { describeRoute } from '../openapi.ts';
import { announcement, ownRouteChange } from '../schemas/announcement.ts';

type Params = z.output<typeof OwnerParameters>;

/** Adds the routes to `server`. */
export function addAnnouncementRoutes(server: FastifyInstance, context: ApiContext): void {
  const { ownRoutes } = context.speaker;
  const tag = 'announcements';
  const params = OwnerParameters;

  server.get(
    '/v1/announcements',
    { schema: describeRoute({ tag, summary: 'All routes of our own', answer: z.array(announcement) }) },
    () => ownRoutes.entries().map(announcementOf),
  );

  server.get<{ Params: Params }>(
    '/v1/announcements/:owner',
    {
      schema: describeRoute({ tag, summary: 'Routes of one owner', params, answer: z.array(announcement) }),
    },
    (request) => ownRoutes.entries(request.params.owner).map(announcementOf),
  );

  server.put<{ Params: Params; Body: z.output<typeof AnnounceSetBody> }>(
    '/v1/announcements/:owner',
    {
      schema: describeRoute({
        tag,
        summary: 'Announce exactly these routes for an owner',
        description: 'Only the difference is sent; a time to live counts for each route of the set.',
        params,
        body: AnnounceSetBody,
        answer: ownRouteChange,
      }),
    },
    async ({ params: { owner }, body: { routes, ttl } }) => {
      assertWritable(owner);
      const change = ownRoutes.set(owner, routes, { ttlMilliseconds: milliseconds(ttl) });
      await context.saved();
      return change;
    },
  );

  server.post<{ Params: Params; Body: z.output<typeof AnnounceBody> }>(
    '/v1/announcements/:owner',
    {
      schema: describeRoute({
        tag,
        summary: 'Announce one route more, or replace it',
        description: 'With `ttl` it is withdrawn unless it is announced again in time.',
        params,
        body: AnnounceBody,
        answer: announcement,
      }),
    },
    async ({ params: { owner }, body }) => {
      assertWritable(owner);
      ownRoutes.announce(owner, ownRouteOf(body), { ttlMilliseconds: milliseconds(body.ttl) });
      const entry = ownRoutes.entry(owner, body.prefix)!;
      await context.saved();
      return announcementOf(entry);
    },
  );

  server.delete<{ Params: Params; Querystring: z.output<typeof WithdrawQuery> }>(
    '/v1/announcements/:owner',
    {
      schema: describeRoute({
        tag,
        summary: 'Withdraw one route of an owner, or all of them',
        params,
        querystring: WithdrawQuery,
        answer: ownRouteChange,
      }),
    },
    async ({ params: { owner }, query: { prefix } }) => {
      assertWritable(owner);
      const withdrawn =
        prefix === undefined ? ownRoutes.remove(owner) : Number(ownRoutes.withdraw(owner, prefix));
      if (prefix !== undefined && withdrawn === 0)
        throw new BellhopError('NOT_FOUND', `${owner} does not announce ${prefix}`);
      await context.saved();
      return { announced: 0, changed: 0, withdrawn };
    },
  );
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
