/** The thread of `load-apart.ts`: loads configuration files by their paths, one after the other. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';

enableCompileCache();
const { loadConfig } = await import('./load.ts');

parentPort?.on('message', (path: string) => {
  parentPort?.postMessage(loadConfig(path));
  flushCompileCache();
});
