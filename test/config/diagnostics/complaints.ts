/** What an operator sees of a configuration file with mistakes. */
import { formatDiagnostic } from '../../../src/config/diagnostic.ts';
import { parseConfig } from '../../../src/config/load.ts';

/** Everything that is said about a file, as printed. */
export function complaintsAbout(text: string): string {
  const result = parseConfig(text, 'lab.yaml', {
    env: { KEY: 'secret' },
    readFile: (path) => {
      if (path.endsWith('empty.key')) return '\n';
      throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    },
  });
  return result.ok
    ? result.warnings.map((warning) => formatDiagnostic(warning, 'warning')).join('\n')
    : result.errors.map((error) => formatDiagnostic(error, 'error')).join('\n');
}
