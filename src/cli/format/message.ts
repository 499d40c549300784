/** A decoded message as a tree of lines for people. */
import { attributeByName } from '../../wire/attributes/index.ts';
import { formatCapability } from '../../wire/capabilities/index.ts';
import { familyByName } from '../../wire/families/index.ts';
import { capabilityFromJson } from '../../wire/json-open.ts';
import type {
  ErrorJson,
  JsonObject,
  JsonValue,
  MessageJson,
  RawAttributeJson,
  RouteRefreshJson,
  UpdateJson,
} from '../../wire/json-types.ts';
import { RAW_LISTS } from '../../wire/json-update.ts';
import { routeFromJson } from '../../wire/json-update-write.ts';
import { attributeFromJson } from '../../wire/json-value.ts';
import { formatPrefixFilter } from '../../wire/orf.ts';
import type { DecodeRecord, Place } from '../decode/records.ts';
import type { Paint } from '../terminal.ts';
import { count } from './quantities.ts';
import { fieldLines } from './table.ts';

/** Hexadecimal digits on a line; what is longer is cut. */
const MAX_HEX_DIGITS = 160;

/** Characters that act on a terminal or reorder text: names and texts in messages come from strangers. */
const ACTING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

type Fields = readonly (readonly [label: string, value: string | undefined])[];

/** The lines of a record, with an empty one at the end. */
export function formatRecord(record: DecodeRecord, paint: Paint): string {
  const place = formatPlace(record.place);
  if (record.kind === 'unreadable') {
    const { length, reason, sample } = record;
    const what = `not BGP: ${count(length, 'octet')}: ${reason}`;
    return `${[paint.faint(place), paint.bad(safe(what)), ...hexLines(sample)].join('\n')}\n\n`;
  }
  const { message } = record;
  const { type, length, disposition, errors } = message;
  const verdict = disposition === 'accept' ? '' : `, ${disposition}`;
  const heading = `${paint.heading(type)}, ${count(length, 'octet')}${errors.length === 0 ? '' : paint.bad(verdict)}`;
  const lines = [paint.faint(place), heading, ...bodyLines(message).map(safe)];
  for (const error of errors) lines.push(...errorLines(error, paint));
  return `${lines.join('\n')}\n\n`;
}

function safe(text: string): string {
  return text.replace(ACTING, '\ufffd');
}

function formatPlace({ time, src, dst, line, offset }: Place): string {
  const words: string[] = [];
  if (time !== undefined) words.push(time);
  if (src !== undefined) words.push(`${src} > ${dst}`);
  if (line !== undefined) words.push(`line ${line}`);
  if (offset > 0 || words.length === 0) words.push(`offset ${offset}`);
  return words.join('  ');
}

function bodyLines(message: MessageJson): string[] {
  switch (message.type) {
    case 'UPDATE':
      return updateLines(message);
    case 'OPEN':
      return fieldLines([
        ['version', textOf(message.version)],
        ['as', textOf(message.as)],
        ['as field', textOf(message.asField)],
        ['hold time', message.holdTime === undefined ? undefined : `${message.holdTime} s`],
        ['router id', message.routerId],
        ...(message.capabilities ?? []).map(
          (capability) => ['capability', formatCapability(capabilityFromJson(capability))] as const,
        ),
        ['body', hexText(message.body)],
      ]);
    case 'NOTIFICATION':
      return fieldLines([
        ['code', `${message.code}/${message.subcode} ${message.name}`],
        ['message', message.shutdownMessage],
        ['reason', message.hardReset?.name],
        ['data', hexText(message.data)],
      ]);
    case 'ROUTE-REFRESH':
      return fieldLines([
        [
          'family',
          message.family ?? (message.body === undefined ? `${message.afi}/${message.safi}` : undefined),
        ],
        ['subtype', textOf(message.subtype)],
        ...filterFields(message.orf),
        ['body', hexText(message.body)],
      ]);
    case 'INVALID':
      return hexLines(message.hex);
    case 'KEEPALIVE':
      return [];
  }
}

/** One line for each filter. */
function filterFields(orf: RouteRefreshJson['orf']): Fields {
  if (orf === undefined || typeof orf === 'string') return [['orf', hexText(orf)]];
  const lines = orf.blocks.flatMap((block) =>
    'hex' in block
      ? [`type ${block.type} ${hexText(block.hex) ?? ''}`]
      : block.entries.map((entry) => formatPrefixFilter(entry)),
  );
  const when =
    orf.whenToRefresh === 1 ? 'immediate' : orf.whenToRefresh === 2 ? 'defer' : `${orf.whenToRefresh}`;
  return [['refresh', when], ...lines.map((line) => ['filter', line] as const)];
}

function textOf(value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function updateLines(message: UpdateJson): string[] {
  const { attributes, flags = {}, reach, withdrawn, endOfRib, unreadable = {} } = message;
  const fields: [string, string | undefined][] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (RAW_LISTS.some((key) => key === name)) continue;
    const unusual = flags[name] === undefined ? '' : ` (flags 0x${flags[name].toString(16)})`;
    fields.push([name, `${attributeText(name, value as JsonValue)}${unusual}`]);
  }
  for (const key of RAW_LISTS)
    for (const { code, flags: octet, hex } of (attributes[key] ?? []) as readonly RawAttributeJson[])
      fields.push([`${key} ${code}`, `flags 0x${octet.toString(16)}, ${hexText(hex) ?? 'no octets'}`]);
  if (endOfRib !== undefined) fields.push(['end of RIB', endOfRib]);
  for (const [what, routes] of [
    ['reach', reach],
    ['withdrawn', withdrawn],
  ] as const)
    for (const [family, list] of Object.entries(routes))
      for (const route of list) fields.push([`${what} ${family}`, routeText(family, route)]);
  for (const [place, hex] of Object.entries(unreadable)) fields.push([`unreadable ${place}`, hexText(hex)]);
  return treeLines(fields);
}

/** Lines `label  value`; a label that repeats is said once. */
function treeLines(fields: Fields): string[] {
  if (fields.length === 0) return [];
  return fieldLines(
    fields.map(([label, value], i) => [fields[i - 1]?.[0] === label ? '' : label, value || '-']),
  );
}

function attributeText(name: string, json: JsonValue): string {
  const spec = attributeByName(name);
  if (spec === undefined) return JSON.stringify(json);
  if (name === 'mpReach' || name === 'mpUnreach') return multiprotocolText(json as JsonObject);
  if (json === true) return 'yes';
  return spec.format(attributeFromJson(name, json));
}

function multiprotocolText({ family, afi, safi, nextHop, nextHopLinkLocal, nlri }: JsonObject): string {
  const words = [family ?? `afi ${afi} safi ${safi}`];
  if (typeof nextHop === 'string' && nextHop !== '') words.push(`next hop ${nextHop}`);
  if (nextHopLinkLocal !== undefined) words.push(String(nextHopLinkLocal));
  if (typeof nlri === 'string') words.push(hexText(nlri) ?? 'no routes');
  return words.join(' ');
}

function routeText(family: string, route: JsonValue): string {
  return familyByName(family)?.nlri.format(routeFromJson(route)) ?? JSON.stringify(route);
}

function errorLines({ text, offset, rfc, disposition, data }: ErrorJson, paint: Paint): string[] {
  return [
    `  ${paint.bad(`${disposition}: ${safe(text)}`)} at octet ${offset}, ${rfc}`,
    ...hexLines(data, '    '),
  ];
}

function hexText(hex: string | undefined): string | undefined {
  if (hex === undefined || hex === '') return undefined;
  return hex.length <= MAX_HEX_DIGITS
    ? `0x${hex}`
    : `0x${hex.slice(0, MAX_HEX_DIGITS)}... (${hex.length / 2} octets)`;
}

function hexLines(hex: string, indent = '  '): string[] {
  const text = hexText(hex);
  return text === undefined ? [] : [`${indent}${text}`];
}
