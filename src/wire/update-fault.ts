/**
 * What an UPDATE fault is called: the NOTIFICATION it leads to, and the sentence in logs and counters.
 */
import { NO_BYTES } from '../base/bytes.ts';
import { attributeByCode } from './attributes/index.ts';
import { UpdateError } from './attributes/spec.ts';
import { copyBytes } from './message.ts';
import { NotificationCode, type NotificationData, notification } from './notification.ts';
import type { UpdateFrame } from './update-frame.ts';

const NAMES: Readonly<Record<number, string>> = {
  [UpdateError.malformedAttributeList]: 'malformed attribute list',
  [UpdateError.unrecognizedWellKnown]: 'unrecognized well-known attribute',
  [UpdateError.missingWellKnown]: 'missing mandatory attribute',
  [UpdateError.attributeFlags]: 'attribute flags in conflict with the type',
  [UpdateError.attributeLength]: 'bad attribute length',
  [UpdateError.invalidOrigin]: 'invalid ORIGIN',
  [UpdateError.invalidNextHop]: 'invalid next hop',
  [UpdateError.optionalAttribute]: 'optional attribute error',
  [UpdateError.invalidNetworkField]: 'invalid prefix',
  [UpdateError.malformedAsPath]: 'malformed AS_PATH',
};

/** One clause for people: `bad attribute length (med)`. */
export function describeUpdateFault(subcode: number, attributeCode: number): string {
  const name = NAMES[subcode] ?? `UPDATE error ${subcode}`;
  if (attributeCode === 0) return name;
  return `${name} (${attributeByCode[attributeCode]?.name ?? `attribute ${attributeCode}`})`;
}

/** The NOTIFICATION for the fault that `frame` found in `bytes` (RFC 4271 section 6.3). */
export function updateNotification(frame: UpdateFrame, bytes: Uint8Array): NotificationData {
  const data =
    frame.subcode === UpdateError.missingWellKnown
      ? Uint8Array.of(frame.faultyAttribute)
      : frame.faultEnd > frame.faultStart
        ? copyBytes(bytes, frame.faultStart, frame.faultEnd)
        : NO_BYTES;
  return notification(NotificationCode.update, frame.subcode, data);
}
