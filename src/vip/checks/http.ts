/**
 * HTTP and HTTPS checks: one request on a connection of its own, so that a dead connection is never taken for a dead
 * service and a live connection to a dead listener never for a live one. Status, then optionally text in the body.
 */
import type { IncomingMessage, RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { nodeHttp, nodeHttps } from '../../base/builtins.ts';
import { MAX_CHECK_BODY_BYTES } from '../../base/limits.ts';
import type { StatusRange } from '../../config/vip-types.ts';
import { errorText, failed, healthy, type ProbeFactory, type ProbeResult } from './check.ts';

export const httpProbe: ProbeFactory<'http'> = (settings) => {
  const url = new URL(settings.url);
  const isHttps = url.protocol === 'https:';
  const { request } = isHttps ? nodeHttps() : nodeHttp();
  const options: RequestOptions & { rejectUnauthorized?: boolean } = {
    method: settings.method,
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? undefined : url.port,
    path: url.pathname + url.search,
    headers: { 'User-Agent': 'bellhop', Connection: 'close', ...Object.fromEntries(settings.headers) },
    // Without a connection of ours, an agent would be made for each request.
    ...(isHttps ? { agent: false } : { createConnection: connectTo }),
    ...(settings.tlsVerify ? {} : { rejectUnauthorized: false }),
  };
  const { expectStatus, expectBody } = settings;

  return (signal) => {
    const { promise, resolve } = Promise.withResolvers<ProbeResult>();
    const outgoing = request(options);
    const end = (result: ProbeResult): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(result);
      outgoing.destroy();
    };
    const onAbort = (): void => end(failed('no answer in time'));
    signal.addEventListener('abort', onAbort, { once: true });
    outgoing.on('error', (error) => end(failed(errorText(error))));
    outgoing.on('response', (response) => {
      const status = `${response.statusCode} ${response.statusMessage ?? ''}`;
      if (!matches(expectStatus, response.statusCode ?? 0)) end(failed(status));
      else if (expectBody === undefined) end(healthy(status));
      else
        search(response, expectBody, (found) =>
          end(found ? healthy(status) : failed(`${status}, but no \`${expectBody}\` in the body`)),
        );
    });
    outgoing.end();
    return promise;
  };
};

function connectTo({ host, port }: RequestOptions): Socket {
  return connect({ host: host ?? 'localhost', port: Number(port ?? 80) });
}

function matches(ranges: readonly StatusRange[], status: number): boolean {
  return ranges.some(({ low, high }) => status >= low && status <= high);
}

/** Looks for the text in the first bytes of the body, and answers as soon as it is known. */
function search(response: IncomingMessage, wanted: string, answer: (found: boolean) => void): void {
  const needle = Buffer.from(wanted);
  let body = Buffer.alloc(0);
  response.on('data', (piece: Buffer) => {
    body = Buffer.concat([body, piece]).subarray(0, MAX_CHECK_BODY_BYTES);
    if (body.includes(needle)) answer(true);
    else if (body.length === MAX_CHECK_BODY_BYTES) answer(false);
  });
  response.on('end', () => answer(false));
  response.on('aborted', () => answer(false));
}
