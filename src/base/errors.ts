/**
 * BellhopError: the one error class for operators and programmers. Peer bytes never throw (invariant 1).
 */

/** Stable codes; a user may test for them. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'LISTEN_FAILED'
  | 'UNSUPPORTED'
  | 'NOT_FOUND'
  | 'DAEMON_UNREACHABLE'
  | 'INVALID_ARGUMENT'
  | 'LIMIT_REACHED'
  | 'NOT_SAVED'
  /** A change that whoever asked for it, or the way it came, does not allow. */
  | 'REFUSED';

/** An error for operators and programmers, with a stable code. */
export class BellhopError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BellhopError';
    this.code = code;
  }
}
