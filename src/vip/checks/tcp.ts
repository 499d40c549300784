/** TCP checks: connect; with `send` and `expect` also say something and wait for text in the answer. */
import { connect } from 'node:net';
import { MAX_CHECK_BODY_BYTES } from '../../base/limits.ts';
import { errorText, failed, healthy, type ProbeFactory, type ProbeResult } from './check.ts';

export const tcpProbe: ProbeFactory<'tcp'> = ({ host, port, send, expect }) => {
  const needle = expect === undefined ? undefined : Buffer.from(expect);
  return (signal) => {
    const { promise, resolve } = Promise.withResolvers<ProbeResult>();
    const socket = connect({ host, port });
    const end = (result: ProbeResult): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(result);
      socket.destroy();
    };
    const onAbort = (): void =>
      end(failed(socket.connecting ? 'no connection in time' : `no \`${expect}\` in time`));
    signal.addEventListener('abort', onAbort, { once: true });
    let answer = Buffer.alloc(0);
    socket.on('error', (error) => end(failed(errorText(error))));
    socket.on('connect', () => {
      if (needle !== undefined) {
        if (send !== undefined) socket.write(send);
      } else if (send === undefined) end(healthy('connected'));
      else socket.write(send, () => end(healthy('connected and sent')));
    });
    socket.on('data', (piece) => {
      if (needle === undefined) return;
      answer = Buffer.concat([answer, piece]).subarray(0, MAX_CHECK_BODY_BYTES);
      if (answer.includes(needle)) end(healthy(`answered \`${expect}\``));
      else if (answer.length === MAX_CHECK_BODY_BYTES) end(failed(`no \`${expect}\` in the answer`));
    });
    socket.on('end', () => end(failed(`closed the connection without \`${expect ?? 'waiting'}\``)));
    return promise;
  };
};
