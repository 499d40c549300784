/** Malformed messages that announced a prefix: those of the error ring, read again. */
import { fromHex } from '../base/bytes.ts';
import { FAMILIES } from '../wire/families/index.ts';
import { HEADER_LENGTH } from '../wire/message.ts';
import type { WireContext } from '../wire/session-context.ts';
import { readUpdate } from '../wire/update-read.ts';
import type { ExplainedFault } from './explanation.ts';
import type { ErrorContext, ErrorEntry } from './status.ts';

/**
 * Those of `entries` that announced `prefix` and could be read so far, newest first. Routes of a field that cannot be
 * read are in no answer: nobody knows which they were.
 */
export function faultsAbout(entries: readonly ErrorEntry[], prefix: string): ExplainedFault[] {
  return entries
    .filter((entry) => announces(entry, prefix))
    .map(({ sequence, time, disposition, attribute, reason, rfc }) => ({
      sequence,
      time,
      disposition,
      attribute,
      reason,
      rfc,
    }));
}

function announces({ type, bytes, truncated, context }: ErrorEntry, prefix: string): boolean {
  if (type !== 'UPDATE' || truncated || context === undefined) return false;
  const message = fromHex(bytes);
  const { routes } = readUpdate(message, HEADER_LENGTH, message.length, wireContext(context));
  return routes.some(
    ({ place, values }) =>
      (place === 'nlri' || place === 'mpReach') &&
      values?.some((value) => (value as { readonly prefix?: string }).prefix === prefix),
  );
}

function wireContext({ families, extendedNextHop, addPath = [], ...flags }: ErrorContext): WireContext {
  return {
    ...flags,
    families: familyBits(families),
    extendedNextHop: familyBits(extendedNextHop),
    addPath: familyBits(addPath),
  };
}

function familyBits(names: readonly string[]): number {
  return FAMILIES.reduce((bits, { name, index }) => (names.includes(name) ? bits | (1 << index) : bits), 0);
}
