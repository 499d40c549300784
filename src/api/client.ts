/**
 * Client of the API: HTTP over the UNIX socket or TCP, answers as text or parsed. Programs use the class of
 * `bellhop-client.ts`, which is made from this.
 */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { nodeHttp, nodeHttps } from '../base/builtins.ts';
import { BellhopError } from '../base/errors.ts';
import type {
  Announcement,
  AnnouncementInput,
  ChangeClass,
  ConfigOutcome,
  DaemonStatus,
  Diagnosis,
  ErrorEntry,
  ExplainQuery,
  Explanation,
  ExportedConfig,
  MetallbStatus,
  NeighborStatus,
  OwnRouteChange,
  PolicyStatus,
  Problem,
  ProcessStatus,
  RouteEntry,
  RouteQuery,
  SaveOutcome,
  Summary,
  VipStatus,
} from './types.ts';

/** Time without a byte from the daemon after which it counts as unreachable; a full table is slow to start. */
const SILENCE_MILLISECONDS = 30_000;

/** The same for a plan, which is answered when all tables have been looked at and those asked for before are made. */
const PLAN_MILLISECONDS = 600_000;

/** A daemon whose API listens on TCP. */
export interface RemoteDaemon {
  /** `https://192.0.2.1:8179`. */
  readonly url: string;
  readonly token?: string;
  /** Certificate authority to trust instead of the system's, as PEM text: that of a self-signed certificate. */
  readonly ca?: string;
}

/** Where a daemon is: the path of its UNIX socket, or its address. */
export type DaemonPlace = string | RemoteDaemon;

/** One request: a path under `/` and the parameters of its query string. */
export interface ApiRequest<Answer> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Milliseconds without an octet after which the daemon counts as unreachable; default: half a minute. */
  readonly silence?: number;
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
  explain: (query: ExplainQuery): ApiRequest<Explanation> => get('/v1/explain', { ...query }),
  errors: (neighbor?: string): ApiRequest<ErrorEntry[]> => get('/v1/errors', { neighbor }),
  policies: (): ApiRequest<PolicyStatus[]> => get('/v1/policies'),
  policy: (name: string): ApiRequest<PolicyStatus> => get(`/v1/policies/${encodeURIComponent(name)}`),
  vips: (): ApiRequest<VipStatus[]> => get('/v1/vips'),
  vip: (name: string): ApiRequest<VipStatus> => get(`/v1/vips/${encodeURIComponent(name)}`),
  metallb: (): ApiRequest<MetallbStatus> => get('/v1/metallb'),
  processes: (): ApiRequest<ProcessStatus[]> => get('/v1/processes'),
  doctor: (vip?: string): ApiRequest<Diagnosis[]> => get('/v1/doctor', { vip }),
  drain: (vip: string | undefined, grace: number): ApiRequest<VipStatus[]> => ({
    method: 'POST',
    path: '/v1/drain',
    query: { vip, grace },
  }),
  undrain: (vip?: string): ApiRequest<VipStatus[]> => ({
    method: 'POST',
    path: '/v1/undrain',
    query: { vip },
  }),
  refresh: (address: string, family?: string): ApiRequest<unknown> => ({
    method: 'POST',
    path: `${neighborPath(address)}/refresh`,
    query: { family },
  }),
  clear: (address: string, body: { soft?: 'in' | 'out'; message?: string }): ApiRequest<NeighborStatus> =>
    post(`${neighborPath(address)}/clear`, body),
  disable: (address: string, message?: string): ApiRequest<NeighborStatus> =>
    post(`${neighborPath(address)}/disable`, { message }),
  enable: (address: string): ApiRequest<NeighborStatus> => post(`${neighborPath(address)}/enable`, {}),
  exportConfig: (secrets?: boolean): ApiRequest<ExportedConfig> => get('/v1/config', { secrets }),
  reload: (atMost?: ChangeClass): ApiRequest<ConfigOutcome> => post('/v1/reload', { atMost }),
  plan: (file: string, text: string): ApiRequest<ConfigOutcome> => ({
    ...post<ConfigOutcome>('/v1/plan', { file, text }),
    silence: PLAN_MILLISECONDS,
  }),
  apply: (
    file: string,
    text: string,
    confirmWithin?: string,
    atMost?: ChangeClass,
  ): ApiRequest<ConfigOutcome> => post('/v1/apply', { file, text, confirmWithin, atMost }),
  confirm: (): ApiRequest<{ readonly confirmed: string }> => post('/v1/confirm', {}),
  save: (): ApiRequest<SaveOutcome> => post('/v1/save', {}),
  rollback: (): ApiRequest<ConfigOutcome> => post('/v1/rollback', {}),
  announcements: (owner?: string): ApiRequest<Announcement[]> =>
    get(owner === undefined ? '/v1/announcements' : announcementsPath(owner)),
  announce: (owner: string, route: AnnouncementInput, ttl?: string): ApiRequest<Announcement> =>
    post(announcementsPath(owner), { ...route, ttl }),
  announceSet: (
    owner: string,
    routes: readonly AnnouncementInput[],
    ttl?: string,
  ): ApiRequest<OwnRouteChange> => ({
    method: 'PUT',
    path: announcementsPath(owner),
    query: {},
    body: { routes, ttl },
  }),
  /** All routes of the owner when no prefix is named. */
  withdraw: (owner: string, prefix?: string): ApiRequest<OwnRouteChange> => ({
    method: 'DELETE',
    path: announcementsPath(owner),
    query: { prefix },
  }),
};

/**
 * The daemon's answer when its body begins; whoever gets it must read it.
 *
 * @throws BellhopError DAEMON_UNREACHABLE when nobody answers, else with the code of the API's problem.
 */
export async function openAnswer(
  daemon: DaemonPlace,
  call: ApiRequest<unknown>,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly signal?: AbortSignal } = {},
): Promise<IncomingMessage> {
  const response = await send(daemon, call, options);
  if ((response.statusCode ?? 500) < 400) return response;
  throw problemError(await bodyOf(daemon, response), response.statusCode ?? 500);
}

/** The body of the daemon's answer, as it came. Throws as {@link openAnswer} does. */
export async function fetchBytes(daemon: DaemonPlace, call: ApiRequest<unknown>): Promise<Buffer> {
  return bodyOf(daemon, await openAnswer(daemon, call));
}

/** The daemon's answer, parsed. Throws as {@link openAnswer} does. */
export async function fetchAnswer<Answer>(daemon: DaemonPlace, call: ApiRequest<Answer>): Promise<Answer> {
  const body = await fetchBytes(daemon, call);
  return JSON.parse(body.toString()) as Answer;
}

async function bodyOf(daemon: DaemonPlace, response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of response) pieces.push(piece as Buffer);
  } catch (error) {
    throw unreachable(daemon, error);
  }
  return Buffer.concat(pieces);
}

function get<Answer>(path: string, query: ApiRequest<Answer>['query'] = {}): ApiRequest<Answer> {
  return { method: 'GET', path, query };
}

function post<Answer>(path: string, body: unknown): ApiRequest<Answer> {
  return { method: 'POST', path, query: {}, body };
}

function neighborPath(address: string): string {
  return `/v1/neighbors/${encodeURIComponent(address)}`;
}

function announcementsPath(owner: string): string {
  return `/v1/announcements/${encodeURIComponent(owner)}`;
}

function send(
  daemon: DaemonPlace,
  call: ApiRequest<unknown>,
  { headers, signal }: { readonly headers?: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
): Promise<IncomingMessage> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query))
    if (value !== undefined) parameters.set(name, String(value));
  const search = parameters.size === 0 ? '' : `?${parameters}`;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = begin(daemon, `${call.path}${search}`, {
    method: call.method,
    timeout: call.silence ?? SILENCE_MILLISECONDS,
    headers: { ...(call.body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(signal !== undefined && { signal }),
  });
  outgoing.once('response', resolve);
  outgoing.once('timeout', () => outgoing.destroy(new Error('it does not answer in time')));
  outgoing.on('error', (error) => reject(unreachable(daemon, error)));
  outgoing.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  return promise;
}

function begin(daemon: DaemonPlace, path: string, options: RequestOptions): ClientRequest {
  if (typeof daemon === 'string') return nodeHttp().request({ ...options, socketPath: daemon, path });
  const { url, token, ca } = daemon;
  const headers = {
    ...options.headers,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const target = new URL(path, url);
  return target.protocol === 'https:'
    ? nodeHttps().request(target, { ...options, headers, ...(ca !== undefined && { ca }) })
    : nodeHttp().request(target, { ...options, headers });
}

/** The error for a daemon that does not answer, or stops in the middle. */
export function unreachable(daemon: DaemonPlace, error: unknown): BellhopError {
  const { code, message } = error as NodeJS.ErrnoException;
  const place = typeof daemon === 'string' ? daemon : daemon.url;
  const reason =
    code === 'ENOENT'
      ? 'there is no such socket (is bellhop running? --socket and $BELLHOP_SOCKET choose another one)'
      : code === 'ECONNREFUSED'
        ? 'nobody listens there (has bellhop stopped?)'
        : code === 'EACCES'
          ? 'permission denied'
          : message;
  return new BellhopError('DAEMON_UNREACHABLE', `cannot reach the daemon on ${place}: ${reason}`, {
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
