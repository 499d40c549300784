/** The service behind the VIP of the demo: healthy until somebody presses a key or sends a request. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ADDRESS = '127.0.0.1';
const KEY = 'b';
const CTRL_C = '\x03';

export interface DemoService {
  /** What the health check asks for. */
  readonly url: string;
  /** How to break and mend it, for the screen. */
  readonly hint: string;
  /** Breaks or mends it at the key `b` of a terminal; returns the function that gives the terminal back. */
  listenForKey(): () => void;
  close(): void;
}

/** Starts it on a free port of loopback. */
export async function startDemoService(): Promise<DemoService> {
  let broken = false;
  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/break') broken = true;
    if (request.method === 'POST' && request.url === '/mend') broken = false;
    response.writeHead(broken && request.method === 'GET' ? 503 : 200, { Connection: 'close' });
    response.end(broken ? 'broken\n' : 'ok\n');
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(0, ADDRESS, resolve);
  await promise;
  const base = `http://${ADDRESS}:${(server.address() as AddressInfo).port}`;
  const { stdin } = process;
  return {
    url: `${base}/healthz`,
    get hint() {
      const verb = broken ? 'mend' : 'break';
      return `${stdin.isTTY ? `Key ${KEY}, or: ` : ''}curl -X POST ${base}/${verb}   (${verb}s the service of VIP web)`;
    },
    listenForKey() {
      if (!stdin.isTTY) return () => undefined;
      const onKey = (data: Buffer): void => {
        const keys = data.toString();
        // Without line editing the terminal does not make a signal of it.
        if (keys.includes(CTRL_C)) process.kill(process.pid, 'SIGINT');
        else if (keys.includes(KEY)) broken = !broken;
      };
      stdin.setRawMode(true);
      stdin.on('data', onKey);
      return () => {
        stdin.off('data', onKey);
        stdin.setRawMode(false);
        stdin.pause();
      };
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
