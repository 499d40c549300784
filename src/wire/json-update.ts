/**
 * An UPDATE as JSON. `json-update-write.ts` is the way back.
 *
 * Order, flags, repeated and malformed attributes and what could not be read are kept, so that a broken message can be
 * written again as it came. What is lost are the octets that mean nothing: host bits, reserved fields, and large
 * communities that say the same again.
 */
import { toHex } from '../base/bytes.ts';
import { attributeByCode } from './attributes/index.ts';
import { type AttributeSpec, FLAG_EXTENDED_LENGTH } from './attributes/spec.ts';
import { dispositionName } from './disposition-name.ts';
import type {
  AttributesJson,
  ErrorJson,
  JsonObject,
  JsonValue,
  RawAttributeJson,
  RoutesJson,
  UnreadableJson,
  UpdateJson,
} from './json-types.ts';
import { attributeToJson, toJson } from './json-value.ts';
import { HEADER_LENGTH } from './message.ts';
import { NotificationCode } from './notification.ts';
import type { WireContext } from './session-context.ts';
import type { UpdateProblem } from './update-problems.ts';
import {
  type ReceivedAttribute,
  type ReceivedRoutes,
  type ReceivedUpdate,
  readUpdate,
} from './update-read.ts';

/** Keys of {@link AttributesJson} that are lists of octets and not the value of an attribute. */
export const RAW_LISTS = ['unknown', 'malformed', 'repeated'] as const;

/** Reads the UPDATE in `bytes[start..end)`, header included. */
export function updateToJson(
  bytes: Uint8Array,
  start: number,
  end: number,
  context: WireContext,
): UpdateJson {
  const update = readUpdate(bytes, start + HEADER_LENGTH, end, context);
  const { list, routes, endOfRib } = update;
  const flags = unusualFlags(list);
  const codes = list.map(({ code }) => code);
  const unreadable = unreadableParts(update, bytes, start, end);
  return {
    type: 'UPDATE',
    length: end - start,
    disposition: dispositionName(update.disposition),
    errors: update.problems.map((problem) => errorJson(problem, start)),
    attributes: attributesJson(update, bytes),
    ...(Object.keys(flags).length > 0 && { flags }),
    ...(codes.some((code, i) => i > 0 && code < codes[i - 1]!) && { order: codes }),
    reach: routesJson(routes.filter(({ place }) => place === 'mpReach' || place === 'nlri')),
    withdrawn: routesJson(routes.filter(({ place }) => place === 'mpUnreach' || place === 'withdrawn')),
    ...(endOfRib !== undefined && { endOfRib: endOfRib.name }),
    ...(Object.keys(unreadable).length > 0 && { unreadable }),
  };
}

function errorJson(problem: UpdateProblem, start: number): ErrorJson {
  const { subcode, attribute, at, data, rfc, disposition, text } = problem;
  return {
    code: NotificationCode.update,
    subcode,
    data: toHex(data),
    ...(attribute !== 0 && { attribute: attributeByCode[attribute]?.name ?? `attribute ${attribute}` }),
    offset: at - start,
    rfc,
    disposition: dispositionName(disposition),
    text,
  };
}

function attributesJson({ list, routes }: ReceivedUpdate, bytes: Uint8Array): AttributesJson {
  const attributes: Record<string, JsonValue> = {};
  const raw: Record<(typeof RAW_LISTS)[number], RawAttributeJson[]> = {
    unknown: [],
    malformed: [],
    repeated: [],
  };
  for (const { code, flags, start, end, state, value } of list)
    if (state !== 'read') raw[state].push({ code, flags, hex: toHex(bytes, start, end) });
    else {
      const { name } = attributeByCode[code]!;
      const isMultiprotocol = name === 'mpReach' || name === 'mpUnreach';
      attributes[name] = isMultiprotocol
        ? multiprotocolJson(value as JsonObject, routes, name)
        : attributeToJson(name, value);
    }
  for (const key of RAW_LISTS) if (raw[key].length > 0) attributes[key] = raw[key];
  return attributes;
}

/** What an MP attribute says besides its routes, which stand in `reach` and `withdrawn`. */
function multiprotocolJson(
  value: JsonObject,
  routes: readonly ReceivedRoutes[],
  place: 'mpReach' | 'mpUnreach',
): JsonObject {
  const { nlri, family, afi, safi, ...rest } = toJson(value) as { [key: string]: JsonValue };
  if (family === undefined) return { afi: afi!, safi: safi!, ...rest, nlri: (nlri as { hex: string }).hex };
  const mine = routes.find((field) => field.place === place);
  const twin = routes.find((field) => field.place === (place === 'mpReach' ? 'nlri' : 'withdrawn'));
  const isShared = twin?.family?.name === family && twin.values !== undefined;
  return { family, ...rest, ...(isShared && { count: mine?.values?.length ?? 0 }) };
}

/** Flag octets other than the spec's with the extended-length bit where the length needs it. */
function unusualFlags(list: readonly ReceivedAttribute[]): Record<string, number> {
  const unusual: Record<string, number> = {};
  for (const { code, flags, start, end, state } of list) {
    const spec = attributeByCode[code];
    if (state !== 'read' || spec === undefined) continue;
    if (flags !== usualFlags(spec, end - start)) unusual[spec.name] = flags;
  }
  return unusual;
}

/** The flag octet that is written when nothing else is asked for. */
export function usualFlags(spec: AttributeSpec, length: number): number {
  return spec.flags | (length > 255 ? FLAG_EXTENDED_LENGTH : 0);
}

/** Routes by family: those outside the MP attributes first. */
function routesJson(fields: readonly ReceivedRoutes[]): RoutesJson {
  const routes: Record<string, JsonValue[]> = {};
  const isPlain = ({ place }: ReceivedRoutes) => place === 'nlri' || place === 'withdrawn';
  for (const { family, values } of [...fields.filter(isPlain), ...fields.filter((one) => !isPlain(one))]) {
    if (family === undefined || values === undefined || values.length === 0) continue;
    routes[family.name] ??= [];
    routes[family.name]!.push(...values.map(routeToJson));
  }
  return routes;
}

/** A route that is a prefix and no more is its text, any other an object. */
function routeToJson(value: unknown): JsonValue {
  const json = toJson(value) as JsonObject;
  const { prefix } = json;
  return typeof prefix === 'string' && Object.keys(json).length === 1 ? prefix : json;
}

function unreadableParts(
  { broken, routes, tailStart, tailEnd }: ReceivedUpdate,
  bytes: Uint8Array,
  start: number,
  end: number,
): UnreadableJson {
  if (broken) return { body: toHex(bytes, start + HEADER_LENGTH, end) };
  const parts: Record<string, string> = {};
  for (const { place, faultAt, start: from, end: to } of routes)
    if (faultAt >= 0) parts[place] = toHex(bytes, from, to);
  if (tailStart >= 0) parts['attributes'] = toHex(bytes, tailStart, tailEnd);
  return parts;
}
