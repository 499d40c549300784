/** NOTIFICATION and ROUTE-REFRESH as JSON and back. */
import { ByteWriter } from '../base/byte-writer.ts';
import { toHex } from '../base/bytes.ts';
import { Disposition } from './attributes/spec.ts';
import { dispositionName } from './disposition-name.ts';
import { FAMILIES, familyByName, familyIndex } from './families/index.ts';
import type { MessageInput, NotificationJson, RouteRefreshJson } from './json-types.ts';
import { numberOf, octetsOf } from './json-value.ts';
import { HEADER_LENGTH } from './message.ts';
import {
  CeaseSubcode,
  NotificationCode,
  type NotificationData,
  notificationName,
  readNotification,
  shutdownNotification,
  shutdownText,
} from './notification.ts';
import { type Filters, readFilters, writeFilters } from './orf.ts';
import { RouteRefreshSubtype, readRouteRefresh } from './route-refresh.ts';

type NotificationInput = Extract<MessageInput, { type: 'NOTIFICATION' }>;
type RouteRefreshInput = Extract<MessageInput, { type: 'ROUTE-REFRESH' }>;

/** Reads the NOTIFICATION in `bytes[start..end)`, header included. */
export function notificationToJson(bytes: Uint8Array, start: number, end: number): NotificationJson {
  const notification = readNotification(bytes, start + HEADER_LENGTH, end);
  const { code, subcode, data } = notification;
  const shutdownMessage = shutdownText(notification);
  const inner = hardResetReason(notification);
  return {
    type: 'NOTIFICATION',
    length: end - start,
    disposition: dispositionName(Disposition.accept),
    errors: [],
    code,
    subcode,
    name: notificationName(code, subcode),
    data: toHex(data),
    ...(shutdownMessage !== undefined && { shutdownMessage }),
    ...(inner !== undefined && { hardReset: inner }),
  };
}

/** What a hard reset carries: code and subcode of the true reason (RFC 8538 section 3). */
function hardResetReason({ code, subcode, data }: NotificationData): NotificationJson['hardReset'] {
  if (code !== NotificationCode.cease || subcode !== CeaseSubcode.hardReset || data.length < 2)
    return undefined;
  return { code: data[0]!, subcode: data[1]!, name: notificationName(data[0]!, data[1]!) };
}

/** Writes the body; `data` wins over `shutdownMessage`. @throws BellhopError INVALID_ARGUMENT */
export function notificationFromJson(json: NotificationInput, out: ByteWriter): void {
  out.u8(numberOf(json.code, 255));
  out.u8(numberOf(json.subcode, 255));
  const { data, shutdownMessage } = json;
  out.copy(
    data === undefined && shutdownMessage !== undefined
      ? shutdownNotification(json.subcode, shutdownMessage).data
      : octetsOf(data),
  );
}

const SUBTYPE_NAMES: readonly (readonly [subtype: number, name: string])[] = [
  [RouteRefreshSubtype.request, 'request'],
  [RouteRefreshSubtype.beginOfRib, 'begin-of-rib'],
  [RouteRefreshSubtype.endOfRib, 'end-of-rib'],
];

/** Reads the ROUTE-REFRESH in `bytes[start..end)`, header included. */
export function routeRefreshToJson(bytes: Uint8Array, start: number, end: number): RouteRefreshJson {
  const body = start + HEADER_LENGTH;
  const result = readRouteRefresh(bytes, body, end);
  if (!result.ok) {
    const { code, subcode, data } = result.notification;
    const disposition = dispositionName(Disposition.sessionReset);
    const text = notificationName(code, subcode);
    const rfc = 'RFC 7313 section 5';
    const error = { code, subcode, data: toHex(data), offset: 16, rfc, disposition, text };
    return {
      type: 'ROUTE-REFRESH',
      length: end - start,
      disposition,
      errors: [error],
      body: toHex(bytes, body, end),
    };
  }
  const { afi, safi, subtype, orf } = result.refresh;
  const family = FAMILIES[familyIndex(afi, safi)]?.name;
  return {
    type: 'ROUTE-REFRESH',
    length: end - start,
    disposition: dispositionName(Disposition.accept),
    errors: [],
    afi,
    safi,
    ...(family !== undefined && { family }),
    subtype: SUBTYPE_NAMES.find(([number]) => number === subtype)?.[1] ?? subtype,
    ...(orf.length > 0 && { orf: filtersJson(orf, afi) }),
  };
}

/** The filters, or their octets when those say more than can be read, or less. */
function filtersJson(orf: Uint8Array, afi: number): Filters | string {
  const filters = readFilters(orf, 0, orf.length, afi);
  if (filters === undefined) return toHex(orf);
  const again = new ByteWriter();
  writeFilters(filters, afi, again);
  return toHex(again.take()) === toHex(orf) ? filters : toHex(orf);
}

/** Writes the body; the family may be given by name alone. @throws BellhopError INVALID_ARGUMENT */
export function routeRefreshFromJson(json: RouteRefreshInput, out: ByteWriter): void {
  if (json.body !== undefined) {
    out.copy(octetsOf(json.body));
    return;
  }
  const family = json.family === undefined ? undefined : familyByName(json.family);
  const subtype = SUBTYPE_NAMES.find(([, name]) => name === json.subtype)?.[0] ?? json.subtype;
  const afi = numberOf(json.afi ?? family?.afi, 0xffff);
  out.u16(afi);
  out.u8(numberOf(subtype as number, 255));
  out.u8(numberOf(json.safi ?? family?.safi, 255));
  if (typeof json.orf === 'object') writeFilters(json.orf, afi, out);
  else out.copy(octetsOf(json.orf));
}
