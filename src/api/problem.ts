/**
 * Failures as problem details (RFC 9457): one table from error codes to HTTP status, one function that answers.
 */

import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { nodeHttp } from '../base/builtins.ts';
import { BellhopError, type ErrorCode } from '../base/errors.ts';
import { InvalidConfig } from '../speaker/invalid-config.ts';
import type { Problem, ProblemFault } from './types.ts';

const STATUS_OF_CODE: Readonly<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: 400,
  CONFIG_INVALID: 400,
  NOT_FOUND: 404,
  UNSUPPORTED: 409,
  REFUSED: 409,
  LIMIT_REACHED: 429,
  NOT_SAVED: 507,
  LISTEN_FAILED: 500,
  DAEMON_UNREACHABLE: 503,
};

/** Part of a request, in the words of OpenAPI. */
type RequestPart = ProblemFault['in'];

/** Faults that one answer names; the first ones are the ones to mend. */
const MAX_FAULTS = 20;

/** Parameters or a body that are not as they should be: every fault with its place, and what to write instead. */
export class ParameterError extends BellhopError {
  readonly faults: readonly ProblemFault[];

  /** @param issues of a parse with `reportInput`, which tells what is missing from what is wrong. */
  constructor(part: RequestPart, issues: readonly z.core.$ZodIssue[]) {
    const all = issues.flatMap((issue) => faultsOf(part, issue));
    const faults = all.slice(0, MAX_FAULTS);
    const more = all.length > MAX_FAULTS ? `; and ${all.length - MAX_FAULTS} more` : '';
    super('INVALID_ARGUMENT', faults.map(sentenceOf).join('; ') + more);
    this.faults = faults;
  }
}

/** An unknown key is the place itself, not the object it stands in. */
function faultsOf(part: RequestPart, issue: z.core.$ZodIssue): ProblemFault[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ in: part, pointer: pointer([...path, key]), detail: 'unknown key' }));
  return [{ in: part, pointer: pointer(path), detail: detailOf(part, issue) }];
}

function detailOf(part: RequestPart, issue: z.core.$ZodIssue): string {
  if (issue.code !== 'custom' && 'input' in issue && issue.input === undefined)
    return issue.path.length === 0 ? `the ${part} is missing` : 'is missing';
  const hint = issue.code === 'custom' ? (issue.params?.['hint'] as string | undefined) : undefined;
  return hint === undefined ? issue.message : `${issue.message}; ${hint}`;
}

function sentenceOf({ pointer: place, detail }: ProblemFault): string {
  return place === '#' ? detail : `${decodeURIComponent(place.slice(2)).replaceAll('/', '.')}: ${detail}`;
}

/** JSON pointer in its URI fragment form (RFC 6901 section 6): `#/routes/0/prefix`. */
function pointer(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'));
  return `#${steps.map((step) => `/${encodeURIComponent(step)}`).join('')}`;
}

/**
 * The problem that `error` is for a client. Errors nobody planned become a 500 without their text, which may name
 * files or hold the configuration.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof BellhopError) {
    const status = STATUS_OF_CODE[error.code];
    const problem = { title: titleOf(status), status, detail: error.message, code: error.code };
    if (error instanceof InvalidConfig) return { ...problem, diagnostics: error.diagnostics };
    return error instanceof ParameterError ? { ...problem, errors: error.faults } : problem;
  }
  const status = clientErrorStatus(error);
  if (status === undefined)
    return { title: titleOf(500), status: 500, detail: 'internal error, see the log of the daemon' };
  return { title: titleOf(status), status, detail: (error as Error).message, code: 'INVALID_ARGUMENT' };
}

/** A problem of HTTP itself, such as a token that is missing. */
export function plainProblem(status: number, detail: string): Problem {
  return { title: titleOf(status), status, detail };
}

/** Sends `problem` as the answer. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

/** The status of an error by which fastify refuses a request (bad JSON, wrong content type, too large a body). */
function clientErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const status = error.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function titleOf(status: number): string {
  return nodeHttp().STATUS_CODES[status] ?? 'Error';
}
