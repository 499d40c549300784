/** The version of the package, read from its `package.json`: the same relative path from `src` and from `dist`. */
import { readFileSync } from 'node:fs';

/** Version of bellhop, for example `0.1.0`. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(manifest) as { version?: unknown };
  return typeof version === 'string' ? version : 'unknown';
}
