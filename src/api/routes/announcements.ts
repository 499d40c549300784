/**
 * `/v1/announcements`: routes of our own, by owner. `PUT` takes the full set that an owner wants and sends peers the
 * difference, so that a controller may repeat it as often as it likes.
 */
import type { FastifyInstance } from 'fastify';
import { BellhopError } from '../../base/errors.ts';
import { MAX_API_BODY_BYTES } from '../../base/limits.ts';
import type { SpeakerView } from '../../speaker/events.ts';
import {
  AnnounceBody,
  AnnounceSetBody,
  announcementOf,
  assertWritable,
  OwnerParameters,
  ownRouteOf,
  WithdrawQuery,
} from '../announcement-schema.ts';
import { parseParameters } from '../parameters.ts';
import { parseBody } from '../validate.ts';

/** Adds the routes to `server`. @param saved resolves when the change would survive the daemon. */
export function addAnnouncementRoutes(
  server: FastifyInstance,
  { ownRoutes }: SpeakerView,
  saved: () => Promise<void> = async () => {},
): void {
  const ownerOf = (params: unknown, writing: boolean): string => {
    const { owner } = parseParameters(OwnerParameters, params);
    if (writing) assertWritable(owner);
    return owner;
  };

  server.get('/v1/announcements', () => ownRoutes.entries().map(announcementOf));

  server.get('/v1/announcements/:owner', (request) =>
    ownRoutes.entries(ownerOf(request.params, false)).map(announcementOf),
  );

  server.put('/v1/announcements/:owner', { bodyLimit: MAX_API_BODY_BYTES }, async (request) => {
    const owner = ownerOf(request.params, true);
    const { routes, ttl } = parseBody(AnnounceSetBody, request.body);
    const change = ownRoutes.set(owner, routes, { ttlMilliseconds: milliseconds(ttl) });
    await saved();
    return change;
  });

  server.post('/v1/announcements/:owner', async (request) => {
    const owner = ownerOf(request.params, true);
    const body = parseBody(AnnounceBody, request.body);
    ownRoutes.announce(owner, ownRouteOf(body), { ttlMilliseconds: milliseconds(body.ttl) });
    const entry = ownRoutes.entry(owner, body.prefix)!;
    await saved();
    return announcementOf(entry);
  });

  server.delete('/v1/announcements/:owner', async (request) => {
    const owner = ownerOf(request.params, true);
    const { prefix } = parseParameters(WithdrawQuery, request.query);
    const withdrawn =
      prefix === undefined ? ownRoutes.remove(owner) : Number(ownRoutes.withdraw(owner, prefix));
    if (prefix !== undefined && withdrawn === 0)
      throw new BellhopError('NOT_FOUND', `${owner} does not announce ${prefix}`);
    await saved();
    return { announced: 0, changed: 0, withdrawn };
  });
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
