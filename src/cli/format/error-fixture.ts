/**
 * `show errors --fixture`: malformed messages as test fixtures, a JSON array with one object a message. What is kept
 * cut off cannot be replayed and is left out.
 */
import type { ErrorContext, ErrorDisposition, ErrorEntry, OpenExpectation } from '../../api/types.ts';

/** A malformed message and what a speaker must make of it; `test/vectors/README.md` describes it. */
export interface ErrorFixture {
  readonly description: string;
  /** The message, header included. */
  readonly hex: string;
  /** What had been agreed; absent before the OPENs were exchanged. */
  readonly context?: ErrorContext;
  /** Our side, for an OPEN that can be read but is refused. */
  readonly local?: OpenExpectation;
  readonly expect: {
    readonly disposition: ErrorDisposition;
    readonly code: number;
    readonly subcode: number;
    /** Name of the attribute at fault. */
    readonly attribute?: string;
    /** Octets from the start of the message to the fault. */
    readonly offset: number;
  };
}

/** Text of `show errors --fixture`. */
export function formatFixtures(entries: readonly ErrorEntry[]): string {
  const whole = entries.filter(({ truncated }) => !truncated);
  return `${JSON.stringify(whole.map(errorFixture), undefined, 2)}\n`;
}

function errorFixture(entry: ErrorEntry): ErrorFixture {
  const { type, reason, rfc, bytes, context, expected, disposition, code, subcode, attribute, offset } =
    entry;
  return {
    description: `${type ?? 'no message'}: ${reason} (${rfc})`,
    hex: bytes,
    ...(context !== undefined && { context }),
    ...(expected !== undefined && { local: expected }),
    expect: { disposition, code, subcode, ...(attribute !== undefined && { attribute }), offset },
  };
}
