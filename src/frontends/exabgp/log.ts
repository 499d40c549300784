/** Log lines of processes: one for each fact an operator acts on. Every field of an event is a field of its line. */
import type { ProcessEvent } from './status.ts';

/** What is needed of a logger. */
export interface ProcessLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Writes a line for each event from now on, until the returned function is called. */
export function attachProcessLog(
  processes: { subscribe(listener: (event: ProcessEvent) => void): () => void },
  log: ProcessLogger,
): () => void {
  return processes.subscribe((event) => {
    const { type, ...fields } = event;
    const level = type === 'processStarted' || type === 'processSaid' ? 'info' : 'warn';
    log[level]({ component: 'process', event: type, ...fields }, `${event.process}: ${messageOf(event)}`);
  });
}

function messageOf(event: ProcessEvent): string {
  switch (event.type) {
    case 'processStarted':
      return `started as ${event.pid}`;
    case 'processEnded': {
      const routes = `${event.routes} ${event.routes === 1 ? 'route' : 'routes'}`;
      const fate =
        event.keptSeconds === undefined ? `${routes} withdrawn` : `${routes} kept for ${event.keptSeconds} s`;
      const next =
        event.restartSeconds === undefined
          ? 'not started again'
          : `started again in ${event.restartSeconds} s`;
      return `${event.reason}; ${fate}, ${next}`;
    }
    case 'processError':
      return `refused "${event.command}": ${event.reason}`;
    case 'processNote':
      return event.reason;
    case 'processSaid':
      return event.line;
  }
}
