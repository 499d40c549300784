/** The error of a configuration that is refused, with what is wrong in it. */
import { BellhopError } from '../base/errors.ts';
import { type ConfigDiagnostic, formatDiagnostic } from '../config/diagnostic.ts';

/** A configuration that is not valid; the message has all diagnostics as text. */
export class InvalidConfig extends BellhopError {
  readonly diagnostics: readonly ConfigDiagnostic[];

  constructor(diagnostics: readonly ConfigDiagnostic[]) {
    const text = diagnostics.map((diagnostic) => formatDiagnostic(diagnostic, 'error')).join('\n\n');
    super('CONFIG_INVALID', `the configuration is not valid, nothing changed\n\n${text}`);
    this.diagnostics = diagnostics;
  }
}
