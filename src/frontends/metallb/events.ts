/** What happens to MetalLB objects, and its log lines: one for each fact an operator acts on. */
import type { MetallbObject } from './status.ts';

export type MetallbEvent =
  /** An object is new, or stands otherwise than before. */
  | { readonly type: 'metallbObject'; readonly object: MetallbObject }
  | { readonly type: 'metallbGone'; readonly kind: string; readonly namespace: string; readonly name: string }
  /** A file is broken; what it said before is in force. */
  | {
      readonly type: 'metallbFile';
      readonly file: string;
      readonly line: number;
      readonly column: number;
      readonly reason: string;
    }
  | {
      readonly type: 'metallbRoutes';
      readonly announced: number;
      readonly changed: number;
      readonly withdrawn: number;
    }
  | {
      readonly type: 'metallbDrain';
      readonly stage: 'announced' | 'withdrawn' | 'ended';
      /** Since the drain began. */
      readonly milliseconds: number;
    }
  | { readonly type: 'metallbProblem'; readonly reason: string };

/** What is needed of a logger. */
export interface MetallbLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Writes a line for each event from now on, until the returned function is called. */
export function attachMetallbLog(
  metallb: { subscribe(listener: (event: MetallbEvent) => void): () => void },
  log: MetallbLogger,
): () => void {
  return metallb.subscribe((event) => {
    const { level, message } = lineOf(event);
    const { type, ...fields } = event;
    log[level]({ component: 'metallb', event: type, ...fields }, message);
  });
}

interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

function lineOf(event: MetallbEvent): Line {
  switch (event.type) {
    case 'metallbObject':
      return objectLine(event.object);
    case 'metallbGone':
      return { level: 'info', message: `${event.kind} ${event.name} is gone` };
    case 'metallbFile':
      return {
        level: 'error',
        message: `${event.file}:${event.line}:${event.column}: ${event.reason}; what it said before is in force`,
      };
    case 'metallbRoutes':
      return {
        level: 'info',
        message: `routes: ${event.announced} announced, ${event.changed} changed, ${event.withdrawn} withdrawn`,
      };
    case 'metallbDrain':
      return {
        level: 'info',
        message:
          event.stage === 'ended'
            ? 'drain ended'
            : `drain: ${event.stage === 'announced' ? 'GRACEFUL_SHUTDOWN' : 'withdrawal'} with all peers after ${event.milliseconds} ms`,
      };
    case 'metallbProblem':
      return { level: 'error', message: event.reason };
  }
}

function objectLine({ kind, name, file, state, reason, notes, addresses, line }: MetallbObject): Line {
  const has = addresses === undefined ? '' : ` ${addresses.join(', ')}`;
  const because = reason === undefined ? '' : `: ${reason}`;
  const but = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
  const isWrong = state === 'refused' || state === 'outdated';
  return {
    level: isWrong || notes.length > 0 ? 'warn' : 'info',
    message: `${kind} ${name}${has} ${state}${because}${but}${isWrong ? `, ${file}:${line}` : ''}`,
  };
}
