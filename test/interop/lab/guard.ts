/**
 * When interop tests run: on a machine without root, namespaces or a daemon they are skipped and say why; where
 * `CI` is set the same is a failure, so that no pipeline skips them unnoticed.
 */
import { describe, test } from 'vitest';
import { labProblem } from './namespaces.ts';
import { missingPrograms, type PeerDaemon } from './peer.ts';

/** Milliseconds for one test; what it waits for has shorter limits of its own. */
const TIMEOUT = 90_000;

/** `describe` for tests that need the lab and these daemons. */
export function describeLab(title: string, daemons: readonly PeerDaemon[], tests: () => void): void {
  const missing = missingPrograms(daemons.flatMap((daemon) => daemon.programs));
  const problem = missing.length > 0 ? `not installed: ${missing.join(', ')}` : labProblem();
  if (problem === undefined) {
    describe(title, { timeout: TIMEOUT }, tests);
  } else if (process.env['CI']) {
    test(title, () => {
      throw new Error(`CI must run the interop tests; ${problem}`);
    });
  } else {
    describe.skip(`${title} (skipped: ${problem})`, tests);
  }
}
