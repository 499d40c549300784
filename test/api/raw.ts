/** A plain HTTP request over a UNIX socket, for what the client never sends. */
import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawAnswer {
  readonly status: number;
  readonly type: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Parsed when it is JSON. */
  readonly body: unknown;
}

/** Status, headers and body of a request. */
export function raw(
  socketPath: string,
  path: string,
  method = 'GET',
  body?: string | Buffer,
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const outgoing = request({ socketPath, path, method, headers }, async (response) => {
    const text = (await response.toArray()).join('');
    const type = response.headers['content-type'] ?? '';
    resolve({
      status: response.statusCode ?? 0,
      type,
      headers: response.headers,
      text,
      body: type.includes('json') ? JSON.parse(text) : undefined,
    });
  });
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}
