/** How the last session, or the last attempt to have one, ended. */
import type { LastError } from '../../api/types.ts';

/** One sentence on how the last session ended. */
export function lastErrorText(error: LastError): string {
  const numbers = error.code === undefined ? '' : ` (code ${error.code}, subcode ${error.subcode ?? 0})`;
  const direction = error.direction === 'none' ? '' : `${error.direction} `;
  const message = error.shutdownMessage === undefined ? '' : `: "${error.shutdownMessage}"`;
  return `${direction}${error.reason}${numbers}${message}, at ${error.time}`;
}
