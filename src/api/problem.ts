/**
 * Failures as problem details (RFC 9457): one table from error codes to HTTP status, one function that answers.
 */
import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { BellhopError, type ErrorCode } from '../base/errors.ts';
import { InvalidConfig } from '../speaker/config-manager.ts';
import type { Problem } from './types.ts';
import { InvalidBody } from './validate.ts';

const STATUS_OF_CODE: Readonly<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: 400,
  CONFIG_INVALID: 400,
  NOT_FOUND: 404,
  UNSUPPORTED: 409,
  LIMIT_REACHED: 429,
  NOT_SAVED: 507,
  LISTEN_FAILED: 500,
  DAEMON_UNREACHABLE: 503,
};

/**
 * The problem that `error` is for a client. Errors nobody planned become a 500 without their text, which may name
 * files or hold the configuration.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof BellhopError) {
    const status = STATUS_OF_CODE[error.code];
    const problem = { title: titleOf(status), status, detail: error.message, code: error.code };
    if (error instanceof InvalidConfig) return { ...problem, diagnostics: error.diagnostics };
    return error instanceof InvalidBody ? { ...problem, errors: error.fields } : problem;
  }
  const status = clientErrorStatus(error);
  if (status === undefined)
    return { title: titleOf(500), status: 500, detail: 'internal error, see the log of the daemon' };
  return { title: titleOf(status), status, detail: (error as Error).message, code: 'INVALID_ARGUMENT' };
}

/** Sends `problem` as the answer. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

/** The status of an error by which fastify refuses a request (bad JSON, wrong content type). */
function clientErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const status = error.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}
