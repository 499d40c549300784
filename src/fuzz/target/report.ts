/**
 * What a fuzzed target did: the report of `bellhop fuzz`, as data and as text.
 */
import type { MessageKind } from '../messages.ts';
import type { MutatorName } from '../mutate.ts';

/** Where a session stood when it was closed. */
export type ClosePhase = 'open' | 'established';

/** One time that the target closed the connection. */
export interface Close {
  /** Number of the message that is blamed: the last one, or one before that promised more octets than it had. */
  readonly message: number;
  readonly phase: ClosePhase;
  readonly kind: MessageKind;
  readonly mutations: readonly MutatorName[];
  /** The NOTIFICATION of the target; absent when it closed without one. */
  readonly code?: number;
  readonly subcode?: number;
  readonly name?: string;
  readonly dataHex?: string;
  /** What TCP said, when the connection was reset. */
  readonly error?: string;
  /** That message, header included. */
  readonly hex: string;
}

export interface AttackReport {
  readonly target: string;
  readonly seed: number;
  /** Messages sent, and how many of them were damaged. */
  readonly messages: number;
  readonly damaged: number;
  /** Sessions that were established. */
  readonly sessions: number;
  /** Attempts that led to none: refused, or no answer. */
  readonly failedAttempts: number;
  readonly closesTotal: number;
  readonly closes: readonly Close[];
  /** Whether a clean session could be had at the end. */
  readonly alive: boolean;
  /** Why it is believed to be dead. */
  readonly reason?: string;
  readonly seconds: number;
}

/** Closes of one kind. */
export interface CloseGroup {
  /** Name of the NOTIFICATION, or how TCP ended. */
  readonly name: string;
  /** `3/5`; empty without a NOTIFICATION. */
  readonly code: string;
  readonly count: number;
  /** The first one. */
  readonly first: Close;
}

/** The closes by what the target said, the most frequent first. */
export function groupCloses(closes: readonly Close[]): CloseGroup[] {
  const groups = new Map<string, { first: Close; count: number }>();
  for (const close of closes) {
    const name = closeName(close);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { first: close, count: 1 });
    else group.count++;
  }
  return [...groups]
    .map(([name, { first, count }]) => ({
      name,
      code: first.code === undefined ? '' : `${first.code}/${first.subcode}`,
      count,
      first,
    }))
    .sort((a, b) => b.count - a.count);
}

function closeName({ name, kind, error }: Close): string {
  if (name !== undefined) return name;
  if (kind === 'notification') return 'closed after our NOTIFICATION';
  return error === undefined ? 'closed without a NOTIFICATION' : `connection lost: ${error}`;
}
