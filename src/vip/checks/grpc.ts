/**
 * gRPC checks: `grpc.health.v1.Health/Check` over HTTP/2, on a connection of its own. The two messages have one field
 * each, so they are written and read here by hand (https://github.com/grpc/grpc/blob/master/doc/health-checking.md).
 */
import type { ClientHttp2Session } from 'node:http2';
import { nodeHttp2 } from '../../base/builtins.ts';
import { MAX_CHECK_BODY_BYTES } from '../../base/limits.ts';
import { errorText, failed, healthy, type ProbeFactory, type ProbeResult } from './check.ts';

const SERVING_STATUS = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Status codes of gRPC that a health check gets. */
const GRPC_STATUS = new Map([
  ['5', 'the server does not know the service'],
  ['12', 'the server has no health service'],
  ['14', 'unavailable'],
  ['16', 'unauthenticated'],
]);

export const grpcProbe: ProbeFactory<'grpc'> = ({ host, port, service, tls, tlsVerify }) => {
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const message = checkRequest(service);
  return (signal) => {
    const { promise, resolve } = Promise.withResolvers<ProbeResult>();
    const session = nodeHttp2().connect(`${tls ? 'https' : 'http'}://${authority}`, {
      rejectUnauthorized: tlsVerify,
    });
    const end = (result: ProbeResult): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(result);
      session.destroy();
    };
    const onAbort = (): void => end(failed('no answer in time'));
    signal.addEventListener('abort', onAbort, { once: true });
    session.on('error', (error) => end(failed(errorText(error))));
    session.on('close', () => end(failed('the connection was closed')));
    ask(session, message, end);
    return promise;
  };
};

function ask(session: ClientHttp2Session, message: Buffer, end: (result: ProbeResult) => void): void {
  const { constants } = nodeHttp2();
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: '/grpc.health.v1.Health/Check',
    [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
    [constants.HTTP2_HEADER_TE]: 'trailers',
  });
  let body = Buffer.alloc(0);
  let grpcStatus: string | undefined;
  let grpcMessage = '';
  const read = (headers: Readonly<Record<string, unknown>>): void => {
    if (headers['grpc-status'] !== undefined) grpcStatus = String(headers['grpc-status']);
    if (headers['grpc-message'] !== undefined) grpcMessage = String(headers['grpc-message']);
  };
  stream.on('error', (error) => end(failed(errorText(error))));
  stream.on('response', (headers) => {
    read(headers);
    const status = headers[constants.HTTP2_HEADER_STATUS];
    if (String(status) !== '200') end(failed(`HTTP status ${status}: not a gRPC server`));
  });
  stream.on('trailers', read);
  stream.on('data', (piece: Buffer) => {
    body = Buffer.concat([body, piece]).subarray(0, MAX_CHECK_BODY_BYTES);
  });
  stream.on('end', () => {
    if (grpcStatus !== '0') {
      const why = GRPC_STATUS.get(grpcStatus ?? '') ?? grpcMessage;
      end(failed(`gRPC status ${grpcStatus ?? 'missing'}${why === '' ? '' : `: ${why}`}`));
      return;
    }
    const status = servingStatus(body);
    const text = SERVING_STATUS[status ?? -1] ?? 'an answer that is no HealthCheckResponse';
    end(status === 1 ? healthy(text) : failed(text));
  });
  stream.end(message);
}

/** HealthCheckRequest { string service = 1; } behind the 5 octets of a gRPC message. */
function checkRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const field =
    name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a]), varint(name.length), name]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(field.length, 1);
  return Buffer.concat([prefix, field]);
}

function varint(value: number): Buffer {
  const octets: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) octets.push((rest & 127) | 128);
  return Buffer.from([...octets, rest]);
}

/** HealthCheckResponse { ServingStatus status = 1; }: absent is 0. Undefined when it is something else. */
function servingStatus(body: Buffer): number | undefined {
  if (body.length < 5 || body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5) return undefined;
  if (body.length === 5) return 0;
  return body.length === 7 && body[5] === 0x08 ? body[6] : undefined;
}
