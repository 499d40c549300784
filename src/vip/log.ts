/** Log lines of VIPs: one for each fact an operator acts on. Every field of an event is a field of its line. */
import type { VipEvent } from './events.ts';

/** What is needed of a logger. */
export interface VipLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Writes a line for each event from now on, until the returned function is called. */
export function attachVipLog(
  vips: { subscribe(listener: (event: VipEvent) => void): () => void },
  log: VipLogger,
): () => void {
  return vips.subscribe((event) => {
    const { level, message } = lineOf(event);
    const { type, ...fields } = event;
    log[level]({ component: 'vip', event: type, ...fields }, message);
  });
}

interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

function lineOf(event: VipEvent): Line {
  const vip = 'vip' in event && event.vip !== undefined ? `${event.vip}: ` : '';
  const line = (level: Line['level'], message: string): Line => ({ level, message: vip + message });
  switch (event.type) {
    case 'vipState':
      return line(
        event.newState === 'DOWN' ? 'warn' : 'info',
        `${event.oldState} to ${event.newState} (${event.reason})`,
      );
    case 'checkState':
      return line(
        event.newState === 'DOWN' ? 'warn' : 'info',
        `check ${event.check} ${event.oldState} to ${event.newState} (${event.reason})`,
      );
    case 'vipAnnounced':
      return line('info', `${event.prefixes.join(', ')} announced${MODES[event.mode]}`);
    case 'vipWithdrawn':
      return line(
        'warn',
        event.flushMilliseconds === undefined
          ? `${event.prefixes.join(', ')} withdrawn; a peer has not taken it within 5 s`
          : `${event.prefixes.join(', ')} withdrawn, with all peers after ${event.flushMilliseconds} ms`,
      );
    case 'addressAdded':
      return line('info', `${event.address} added to ${event.interface}`);
    case 'addressRemoved':
      return line(
        'info',
        `${event.address} removed from ${event.interface}${event.vip === undefined ? ', where an earlier run had left it' : ''}`,
      );
    case 'vipProblem':
      return line('error', event.reason);
    case 'hookFailed':
      return line('error', `hook ${event.hook} failed: ${event.reason}`);
    case 'drain':
      return line(
        'info',
        event.stage === 'ended'
          ? 'drain ended'
          : `drain: ${event.stage === 'announced' ? 'GRACEFUL_SHUTDOWN' : 'withdrawal'} with all peers after ${event.milliseconds} ms`,
      );
  }
}

const MODES = { up: '', degraded: ' as DOWN (on-down)', draining: ' with GRACEFUL_SHUTDOWN' } as const;
