/**
 * Answers of any length: routes one by one while they come, and events for as long as one listens. Neither is held in
 * memory as a whole.
 */
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { BellhopError } from '../base/errors.ts';
import { type ApiRequest, type DaemonPlace, openAnswer, requests, unreachable } from './client.ts';
import type { DaemonEvent, EventKind, RouteEntry, RouteQuery } from './types.ts';

/** Time between two attempts to come back to a daemon that is gone. */
const RETRY_MILLISECONDS = 500;

/** The routes of a query one by one. The API writes one route a line, so no line is ever long. */
export async function* streamRoutes(daemon: DaemonPlace, query: RouteQuery): AsyncGenerator<RouteEntry> {
  const response = await openAnswer(daemon, requests.routes(query));
  let isWhole = false;
  try {
    for await (const line of createInterface({ input: response })) {
      const text = line.replace(/^\[/, '').replace(/[,\]]$/, '');
      isWhole = line.endsWith(']');
      if (text !== '') yield JSON.parse(text) as RouteEntry;
    }
  } catch (error) {
    throw unreachable(daemon, error);
  } finally {
    response.destroy();
  }
  if (!isWhole) throw unreachable(daemon, new Error('the answer ended in the middle'));
}

/** What {@link streamEvents} listens to. */
export interface EventOptions {
  /** Kinds of events; default: all. */
  readonly types?: readonly EventKind[];
  /** Id of the last event seen; default: only what happens from now on. */
  readonly since?: string;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
  /**
   * Come back when the connection is lost, and go on behind the last event (default). What was missed for good is
   * told by an event `gap`.
   */
  readonly reconnect?: boolean;
}

/**
 * Events as they happen; `ready` says from where on nothing is missed. Ends when `signal` says so.
 *
 * @throws BellhopError DAEMON_UNREACHABLE at the first attempt, and later when `reconnect` is false.
 */
export async function* streamEvents(
  daemon: DaemonPlace,
  options: EventOptions = {},
): AsyncGenerator<DaemonEvent> {
  const { types, signal, reconnect = true } = options;
  let { since } = options;
  let connected = false;
  while (signal?.aborted !== true) {
    try {
      const call: ApiRequest<unknown> = {
        method: 'GET',
        path: '/v1/events',
        query: { types: types?.join(','), since },
      };
      const response = await openAnswer(daemon, call, signal === undefined ? {} : { signal });
      connected = true;
      const queue: EventSourceMessage[] = [];
      const parser = createParser({ onEvent: (message) => queue.push(message) });
      try {
        for await (const piece of response.setEncoding('utf8')) {
          parser.feed(piece as string);
          for (const message of queue.splice(0)) {
            since = message.id;
            yield eventOf(message);
          }
        }
      } finally {
        response.destroy();
      }
    } catch (error) {
      if (isAborted(signal)) return;
      const isFinal = error instanceof BellhopError && error.code !== 'DAEMON_UNREACHABLE';
      if (!connected || !reconnect || isFinal)
        throw error instanceof BellhopError ? error : unreachable(daemon, error);
    }
    if (isAborted(signal)) return;
    if (!reconnect) throw unreachable(daemon, new Error('the stream of events has ended'));
    await pause(RETRY_MILLISECONDS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

/** In a function of its own, as it changes while the type checker does not look. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function eventOf({ id, event, data }: EventSourceMessage): DaemonEvent {
  return { id, type: event, ...(JSON.parse(data) as object) } as DaemonEvent;
}
