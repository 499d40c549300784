/**
 * What a kind of check is: a function that runs once, ends when its signal says so, and tells what it found.
 *
 * A probe never throws and never outlives its signal: at the abort it closes its sockets, kills its processes and
 * answers. What it says is one line for people, short and printable whatever the service sent.
 */
import type { CheckProbe } from '../../config/vip-types.ts';
import type { Observation } from '../state.ts';

/** What one run found. */
export interface ProbeResult extends Observation {
  /** One line: `200 OK`, `connection refused`. */
  readonly detail: string;
}

/** Runs the check once. */
export type Probe = (signal: AbortSignal) => Promise<ProbeResult>;

/** Makes the probe of one kind. */
export type ProbeFactory<Kind extends CheckProbe['kind']> = (
  settings: Extract<CheckProbe, { readonly kind: Kind }>,
) => Probe;

/** Longest detail; a service may answer anything. */
const MAX_DETAIL = 160;

/** One printable line of text from outside. */
export function printable(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '·')
    .trim();
  return line.length <= MAX_DETAIL ? line : `${line.slice(0, MAX_DETAIL)}…`;
}

export function healthy(detail: string): ProbeResult {
  return { ok: true, detail: printable(detail) };
}

export function failed(detail: string): ProbeResult {
  return { ok: false, detail: printable(detail) };
}

/** A check that cannot be run at all. */
export function unrunnable(detail: string): ProbeResult {
  return { ok: false, unrunnable: true, detail: printable(detail) };
}

const ERRORS = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'network is unreachable'],
  ['ETIMEDOUT', 'connection timed out'],
  ['ENOTFOUND', 'the name does not exist'],
  ['ENODATA', 'the name has no such record'],
  ['ESERVFAIL', 'the name server failed'],
  ['EREFUSED', 'the name server refuses'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate is self-signed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'nobody we trust has signed the certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'nobody we trust has signed the certificate'],
  ['CERT_HAS_EXPIRED', 'the certificate has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another name'],
  ['EAI_AGAIN', 'the name cannot be resolved now'],
]);

/** What went wrong, in words, from an error of Node. */
export function errorText(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return errorText(error.cause);
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && ERRORS.get(code)) || message || String(error);
}
