/**
 * `GET /v1/events`: what happens, as server-sent events. A client that comes back with the id of the last event it has
 * seen (`Last-Event-ID`, or `since`) gets what it missed, or is told that something is missing.
 *
 * A reader that falls behind by more than `MAX_EVENT_STREAM_BYTES` is disconnected and counted; it may come back with
 * its cursor. Nothing waits for it.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { BellhopError } from '../../base/errors.ts';
import { MAX_EVENT_STREAM_BYTES, MAX_EVENT_STREAMS } from '../../base/limits.ts';
import type { StreamEvent } from '../../observers/event-ring.ts';
import type { EventStream } from '../../observers/event-stream.ts';
import type { ApiContext } from '../context.ts';
import { describeRoute } from '../openapi.ts';
import { EventsHeaders, EventsQuery } from '../parameters.ts';

/** A line that says nothing, so that both ends notice when the other one is gone. */
const HEARTBEAT_MILLISECONDS = 15_000;

/** Adds the route to `server`. */
export function addEventRoutes(server: FastifyInstance, { observers }: ApiContext): void {
  server.get<{ Querystring: z.output<typeof EventsQuery>; Headers: z.output<typeof EventsHeaders> }>(
    '/v1/events',
    {
      // A stream without a body would never end.
      exposeHeadRoute: false,
      schema: describeRoute({
        tag: 'events',
        summary: 'What happens, as server-sent events',
        description:
          'Each event has an `id` (the cursor), a type (`event:`) and one line of JSON (`data:`) with `time` and what ' +
          'happened. `ready` comes when nothing that happens from then on is missed, `gap` where something is missing.',
        querystring: EventsQuery,
        headers: EventsHeaders,
        answer: z.string(),
        mediaType: 'text/event-stream',
      }),
    },
    (request, reply) => {
      const { events } = observers;
      if (events.listeners >= MAX_EVENT_STREAMS)
        throw new BellhopError('LIMIT_REACHED', `there are ${MAX_EVENT_STREAMS} event streams already`);
      const since = request.headers['last-event-id'] ?? request.query.since;
      reply.hijack();
      serve(events, reply.raw, request.query.types, since, () => observers.slowReader());
    },
  );
}

function serve(
  events: EventStream,
  response: ServerResponse,
  types: z.output<typeof EventsQuery>['types'],
  since: string | undefined,
  onSlow: () => void,
): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write('retry: 1000\n\n');
  const send = (text: string): void => {
    if (response.destroyed) return;
    response.write(text);
    if (response.writableLength <= MAX_EVENT_STREAM_BYTES) return;
    onSlow();
    response.destroy();
  };
  const stop = events.listen({
    types: new Set(types),
    since,
    hear: (event) => send(eventText(events, event)),
  });
  const heartbeat = setInterval(() => send(':\n\n'), HEARTBEAT_MILLISECONDS).unref();
  response.once('close', () => {
    clearInterval(heartbeat);
    stop();
  });
  response.on('error', () => response.destroy());
}

/** Text of an event; all listeners of a change share it. */
function eventText(events: EventStream, event: StreamEvent): string {
  let text = texts.get(event);
  if (text === undefined) {
    const data = JSON.stringify({ time: event.time, ...event.data });
    text = `id: ${events.cursorOf(event)}\nevent: ${event.type}\ndata: ${data}\n\n`;
    texts.set(event, text);
  }
  return text;
}

const texts = new WeakMap<StreamEvent, string>();
