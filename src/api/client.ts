/**
 * Client of the API for programs on the same machine: HTTP over the UNIX socket, answers as text or parsed.
 */
import { type IncomingMessage, request } from 'node:http';
import { BellhopError } from '../base/errors.ts';
import type {
  DaemonStatus,
  ErrorEntry,
  NeighborStatus,
  Problem,
  RouteEntry,
  RouteQuery,
  Summary,
} from './types.ts';

/** Time without a byte from the daemon after which it counts as unreachable; a full table is slow to start. */
const SILENCE_MILLISECONDS = 30_000;

/** One request: a path under `/` and the parameters of its query string. */
export interface ApiRequest<Answer> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Never there; carries the type of the answer. */
  readonly answer?: Answer;
}

/** The requests the API answers. */
export const requests = {
  status: (): ApiRequest<DaemonStatus> => get('/v1/status'),
  summary: (): ApiRequest<Summary> => get('/v1/summary'),
  neighbors: (): ApiRequest<NeighborStatus[]> => get('/v1/neighbors'),
  neighbor: (address: string): ApiRequest<NeighborStatus> => get(neighborPath(address)),
  routes: (query: RouteQuery): ApiRequest<RouteEntry[]> => get('/v1/routes', { ...query }),
  errors: (neighbor?: string): ApiRequest<ErrorEntry[]> => get('/v1/errors', { neighbor }),
  refresh: (address: string, family?: string): ApiRequest<unknown> => ({
    method: 'POST',
    path: `${neighborPath(address)}/refresh`,
    query: { family },
  }),
};

/**
 * The body of the daemon's answer, as it came.
 *
 * @throws BellhopError DAEMON_UNREACHABLE when nobody answers on the socket, else with the code of the API's problem.
 */
export async function fetchBytes(socketPath: string, call: ApiRequest<unknown>): Promise<Buffer> {
  const response = await send(socketPath, call);
  const pieces: Buffer[] = [];
  try {
    for await (const piece of response) pieces.push(piece as Buffer);
  } catch (error) {
    throw unreachable(socketPath, error);
  }
  const body = Buffer.concat(pieces);
  if ((response.statusCode ?? 500) >= 400) throw problemError(body, response.statusCode ?? 500);
  return body;
}

/** The daemon's answer, parsed. Throws as {@link fetchBytes} does. */
export async function fetchAnswer<Answer>(socketPath: string, call: ApiRequest<Answer>): Promise<Answer> {
  const body = await fetchBytes(socketPath, call);
  return JSON.parse(body.toString()) as Answer;
}

function get<Answer>(path: string, query: ApiRequest<Answer>['query'] = {}): ApiRequest<Answer> {
  return { method: 'GET', path, query };
}

function neighborPath(address: string): string {
  return `/v1/neighbors/${encodeURIComponent(address)}`;
}

function send(socketPath: string, call: ApiRequest<unknown>): Promise<IncomingMessage> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query))
    if (value !== undefined) parameters.set(name, String(value));
  const search = parameters.size === 0 ? '' : `?${parameters}`;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request({
    socketPath,
    method: call.method,
    path: `${call.path}${search}`,
    timeout: SILENCE_MILLISECONDS,
  });
  outgoing.once('response', resolve);
  outgoing.once('timeout', () => outgoing.destroy(new Error('it does not answer in time')));
  outgoing.on('error', (error) => reject(unreachable(socketPath, error)));
  outgoing.end();
  return promise;
}

function unreachable(socketPath: string, error: unknown): BellhopError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason =
    code === 'ENOENT'
      ? 'there is no such socket (is bellhop running? --socket and $BELLHOP_SOCKET choose another one)'
      : code === 'ECONNREFUSED'
        ? 'nobody listens on the socket (has bellhop stopped?)'
        : code === 'EACCES'
          ? 'permission denied'
          : message;
  return new BellhopError('DAEMON_UNREACHABLE', `cannot reach the daemon on ${socketPath}: ${reason}`, {
    cause: error,
  });
}

function problemError(body: Buffer, status: number): Error {
  try {
    const problem = JSON.parse(body.toString()) as Problem;
    if (problem.code !== undefined) return new BellhopError(problem.code, problem.detail);
    return new Error(`the daemon answered ${status}: ${problem.detail}`);
  } catch {
    return new Error(`the daemon answered ${status}`);
  }
}
