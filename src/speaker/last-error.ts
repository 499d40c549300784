/** Why a session ended, in the forms of status and events. */
import { toHex } from '../base/bytes.ts';
import type { DownReason } from '../fsm/types.ts';
import {
  CeaseSubcode,
  NotificationCode,
  type NotificationData,
  notificationName,
  shutdownText,
} from '../wire/notification.ts';
import type { NotificationFacts } from './events.ts';
import type { LastError } from './status.ts';

/** Bytes of NOTIFICATION data shown in a log line. */
const DATA_BYTES_SHOWN = 64;

/** The fields of a NOTIFICATION for an event. */
export function notificationFacts(notification: NotificationData): NotificationFacts {
  const { code, subcode, data } = notification;
  const text = shutdownText(notification);
  return {
    code,
    subcode,
    codeName: notificationName(code, subcode),
    ...(data.length === 0 ? {} : { dataHex: toHex(data, 0, Math.min(data.length, DATA_BYTES_SHOWN)) }),
    ...(text === undefined ? {} : { shutdownMessage: text }),
  };
}

/** The status form of `reason`, stamped with the present time. */
export function lastErrorOf(reason: DownReason): LastError {
  const { notification } = reason;
  return {
    time: new Date().toISOString(),
    direction: notification === undefined ? 'none' : reason.origin === 'remote' ? 'received' : 'sent',
    code: notification?.code,
    subcode: notification?.subcode,
    reason: reason.text,
    shutdownMessage: notification === undefined ? undefined : shutdownText(notification),
  };
}

/** For so long an attempt that came to nothing does not hide what was said before, in milliseconds. */
const TELLING_MILLISECONDS = 300_000;

/**
 * The one of two errors to show. After a NOTIFICATION peers often refuse connections for minutes (BIRD: up to five), and
 * "connection reset" or "connection rejected" says nothing of the wrong AS number or the maintenance behind it.
 */
export function moreTelling(before: LastError | undefined, now: LastError, reason: DownReason): LastError {
  if (before?.code === undefined || !saysLittle(reason)) return now;
  return Date.parse(now.time) - Date.parse(before.time) < TELLING_MILLISECONDS ? before : now;
}

function saysLittle({ origin, notification }: DownReason): boolean {
  if (origin === 'transport') return true;
  return (
    origin === 'remote' &&
    notification?.code === NotificationCode.cease &&
    notification.subcode === CeaseSubcode.connectionRejected
  );
}

/** Who said the last word of a session. */
export function direction(reason: DownReason): 'sent' | 'received' | 'none' {
  if (reason.notification === undefined) return 'none';
  return reason.origin === 'remote' ? 'received' : 'sent';
}
