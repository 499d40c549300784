/** The process of `load-apart.ts`: loads configuration files by their paths until nobody wants any more. */
import { flushCompileCache } from 'node:module';
import { loadConfig } from './load.ts';

// Ctrl-C is for the daemon, which ends us.
process.on('SIGINT', () => undefined);
process.on('message', (path: string) => {
  process.send?.(loadConfig(path));
  flushCompileCache();
});
process.on('disconnect', () => process.exit());
