/** A GET on the control socket, as text. */
import { request } from 'node:http';

export function requestText(socketPath: string, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request({ socketPath, path }, (answer) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (piece: string) => {
      text += piece;
    });
    answer.on('end', () => resolve(text));
  })
    .on('error', reject)
    .end();
  return promise;
}
