/** An event as one line: time, type, what happened. */
import type { DaemonEvent, RouteEntry } from '../../api/types.ts';
import type { Paint } from '../terminal.ts';

/** The line of an event, with its end. */
export function formatEvent(event: DaemonEvent, paint: Paint): string {
  const { time, type } = event;
  return `${paint.faint(time)}  ${type.padEnd(7)}  ${eventText(event, paint)}\n`;
}

/** What an event says. */
export function eventText(event: DaemonEvent, paint: Paint): string {
  switch (event.type) {
    case 'session':
      return sessionText(event, paint);
    case 'route':
      return routeText(event.prefix, event.old, event.new, paint);
    case 'error':
      return paint.warning(`${event.peer}: ${event.event} ${event.reason}`);
    case 'policy':
      return paint.warning(`${event.peer === undefined ? '' : `${event.peer}: `}${event.reason}`);
    case 'gap':
      return paint.bad(`events are missing here: ${event.reason}`);
    case 'ready':
      return paint.faint('listening');
    case 'vip':
      return vipText(event, paint);
    case 'daemon':
      return daemonText(event);
  }
}

function sessionText(event: DaemonEvent & { type: 'session' }, paint: Paint): string {
  if (event.event === 'connectionRejected') return `${event.peer} connection refused: ${event.reason}`;
  if (event.event === 'administrative') {
    if (event.disabled === undefined) return `${event.peer} enabled by an operator`;
    const { message } = event.disabled;
    return paint.bad(`${event.peer} disabled by an operator${message === '' ? '' : `: ${message}`}`);
  }
  const { peer, oldState, newState, reason } = event;
  const style = newState === 'Established' ? paint.good : oldState === 'Established' ? paint.bad : undefined;
  const text = `${peer} ${oldState} -> ${newState}${reason === undefined ? '' : ` (${reason})`}`;
  return style === undefined ? text : style(text);
}

function routeText(
  prefix: string,
  old: RouteEntry | undefined,
  now: RouteEntry | undefined,
  paint: Paint,
): string {
  const side = ({ peer, nextHop, asPath }: RouteEntry): string =>
    `from ${peer} via ${nextHop}${asPath === '' ? '' : ` path ${asPath}`}`;
  if (now === undefined) return paint.bad(`- ${prefix}${old === undefined ? '' : `  was ${side(old)}`}`);
  if (old === undefined) return paint.good(`+ ${prefix}  ${side(now)}`);
  return `~ ${prefix}  ${side(now)}  ${paint.faint(`was ${side(old)}`)}`;
}

function daemonText(event: DaemonEvent & { type: 'daemon' }): string {
  switch (event.event) {
    case 'listening':
      return `listening on ${event.address} port ${event.port}`;
    case 'listenFailed':
      return event.reason;
    case 'reloaded':
      return `configuration applied: ${event.added.length} neighbors added, ${event.removed.length} removed, ${event.changed.length} changed`;
    case 'announcementsExpired': {
      const { owner, count, prefixes } = event;
      const rest = count > 1 ? ` and ${count - 1} more` : '';
      return `withdrawn, not renewed by ${owner} in time: ${prefixes[0]}${rest}`;
    }
    case 'stopped':
      return `stopped: ${event.reason}`;
  }
}

function vipText(event: DaemonEvent & { type: 'vip' }, paint: Paint): string {
  const vip = event.vip === undefined ? '' : `${event.vip} `;
  switch (event.event) {
    case 'vipState':
    case 'checkState': {
      const { oldState, newState, reason } = event;
      const check = event.event === 'checkState' ? `check ${event.check} ` : '';
      const text = `${vip}${check}${oldState} -> ${newState} (${reason})`;
      return newState === 'DOWN' ? paint.bad(text) : newState === 'UP' ? paint.good(text) : text;
    }
    case 'vipAnnounced':
      return `${vip}announced (${event.mode}): ${event.prefixes.join(', ')}`;
    case 'vipWithdrawn':
      return paint.bad(`${vip}withdrawn: ${event.prefixes.join(', ')}`);
    case 'addressAdded':
      return `${vip}${event.address} added to ${event.interface}`;
    case 'addressRemoved':
      return `${vip}${event.address} removed from ${event.interface}`;
    case 'vipProblem':
      return paint.warning(`${vip}${event.reason}`);
    case 'hookFailed':
      return paint.warning(`${vip}hook ${event.hook} failed: ${event.reason}`);
    case 'drain':
      return `${vip}drain ${event.stage} after ${event.milliseconds} ms`;
  }
}
