/**
 * OPEN as JSON and back.
 *
 * Normal form: capabilities in the grouping that `parameters` gives (else all in one optional parameter), reserved
 * fields 0, and 255 as the classic length of an extended form (RFC 9072).
 */
import { formatIpv4 } from '../base/address.ts';
import { ByteWriter } from '../base/byte-writer.ts';
import { readU16, toHex } from '../base/bytes.ts';
import { BellhopError } from '../base/errors.ts';
import { writeIpv4Text } from './attributes/addresses.ts';
import { Disposition } from './attributes/spec.ts';
import { type Capability, writeCapability } from './capabilities/index.ts';
import { dispositionName } from './disposition-name.ts';
import type { CapabilityJson, JsonValue, MessageInput, OpenJson } from './json-types.ts';
import { fromJson, listOf, numberOf, octetsOf, toJson } from './json-value.ts';
import { HEADER_LENGTH } from './message.ts';
import { notificationName } from './notification.ts';
import { AS_TRANS, BGP_VERSION, openAs, readOpen } from './open.ts';

/** Octets of the body in front of the optional parameters, their length included. */
const FIXED_LENGTH = 10;
const EXTENDED_LENGTH = 255;
const CAPABILITIES_PARAMETER = 2;

/** Reads the OPEN in `bytes[start..end)`, header included. */
export function openToJson(bytes: Uint8Array, start: number, end: number): OpenJson {
  const body = start + HEADER_LENGTH;
  const result = readOpen(bytes, body, end);
  if (!result.ok) {
    const { code, subcode, data } = result.notification;
    const disposition = dispositionName(Disposition.sessionReset);
    const offset = subcode === 1 ? HEADER_LENGTH : HEADER_LENGTH + FIXED_LENGTH - 1;
    const text = notificationName(code, subcode);
    const rfc = 'RFC 4271 section 6.2';
    return {
      type: 'OPEN',
      length: end - start,
      disposition,
      errors: [{ code, subcode, data: toHex(data), offset, rfc, disposition, text }],
      ...(body < end && { version: bytes[body]! }),
      body: toHex(bytes, body, end),
    };
  }
  const { open } = result;
  const as = openAs(open);
  const { groups: parameters, extended } = groupsOf(bytes, body, end);
  const isExtended = extended && classicLength(end - body - FIXED_LENGTH - 3, parameters) <= 255;
  return {
    type: 'OPEN',
    length: end - start,
    disposition: dispositionName(Disposition.accept),
    errors: [],
    version: open.version,
    as,
    ...(open.as !== fieldFor(as) && { asField: open.as }),
    holdTime: open.holdTimeSeconds,
    routerId: formatIpv4(open.routerId),
    capabilities: open.capabilities.map(capabilityToJson),
    ...(!isOneParameter(parameters) && { parameters }),
    ...(isExtended && { extended: true }),
  };
}

function fieldFor(as: number): number {
  return as > 0xffff ? AS_TRANS : as;
}

/** No capability needs no parameter, and some need one. */
function isOneParameter(groups: readonly number[]): boolean {
  return groups.length === 0 || (groups.length === 1 && groups[0]! > 0);
}

/** How many capabilities each optional parameter holds, in an OPEN that was read without fault. */
function groupsOf(
  bytes: Uint8Array,
  body: number,
  end: number,
): { readonly groups: number[]; readonly extended: boolean } {
  let at = body + FIXED_LENGTH;
  const extended = bytes[at - 1] !== 0 && bytes[at] === EXTENDED_LENGTH;
  if (extended) at += 3;
  const groups: number[] = [];
  while (at < end) {
    const next = extended ? at + 3 + readU16(bytes, at + 1) : at + 2 + bytes[at + 1]!;
    let count = 0;
    for (at += extended ? 3 : 2; at < next; at += 2 + bytes[at + 1]!) count++;
    groups.push(count);
  }
  return { groups, extended };
}

/** Octets that parameters with `length` octets in the extended form have in the classic one. */
function classicLength(length: number, groups: readonly number[]): number {
  return length - groups.length;
}

/** One capability as JSON. */
export function capabilityToJson(capability: Capability): CapabilityJson {
  const { name, value } = capability;
  if (capability.name === 'unknown')
    return { name: 'unknown', code: capability.code, hex: toHex(capability.value) };
  return value === true ? { name } : { name, value: toJson(value) };
}

/** The capability behind its JSON. @throws BellhopError INVALID_ARGUMENT */
export function capabilityFromJson(json: CapabilityJson): Capability {
  if ('code' in json) return { name: 'unknown', code: numberOf(json.code, 255), value: octetsOf(json.hex) };
  return { name: json.name, value: json.value === undefined ? true : fromJson(json.value) } as Capability;
}

/** Writes the body. @throws BellhopError INVALID_ARGUMENT when `json` is no OPEN */
export function openFromJson(json: Extract<MessageInput, { type: 'OPEN' }>, out: ByteWriter): void {
  if (json.body !== undefined) {
    out.copy(octetsOf(json.body));
    return;
  }
  const as = numberOf(json.as, 0xffffffff);
  out.u8(numberOf(json.version ?? BGP_VERSION, 255));
  out.u16(json.asField === undefined ? fieldFor(as) : numberOf(json.asField, 0xffff));
  out.u16(numberOf(json.holdTime, 0xffff));
  writeIpv4Text(json.routerId ?? '', out);
  const capabilities = listOf(json.capabilities as JsonValue | undefined) as readonly CapabilityJson[];
  writeParameters(capabilities, json.parameters, json.extended === true, out);
}

function writeParameters(
  capabilities: readonly CapabilityJson[],
  grouping: readonly number[] | undefined,
  isExtended: boolean,
  out: ByteWriter,
): void {
  const counts = grouping ?? (capabilities.length === 0 ? [] : [capabilities.length]);
  let next = 0;
  const groups = counts.map((count) => {
    const group = new ByteWriter();
    for (const json of capabilities.slice(next, next + count)) writeOne(json, group);
    next += count;
    return group;
  });
  if (next !== capabilities.length)
    throw new BellhopError('INVALID_ARGUMENT', `parameters: ${next} of ${capabilities.length} capabilities`);
  const length = groups.reduce((sum, group) => sum + 2 + group.length, 0);
  const extended = isExtended || length > 255;
  if (extended) {
    out.u8(EXTENDED_LENGTH);
    out.u8(EXTENDED_LENGTH);
    out.u16(length + groups.length);
  } else out.u8(length);
  for (const group of groups) {
    out.u8(CAPABILITIES_PARAMETER);
    if (extended) out.u16(group.length);
    else out.u8(group.length);
    out.copy(group.bytes, 0, group.length);
  }
}

function writeOne(json: CapabilityJson, out: ByteWriter): void {
  try {
    writeCapability(capabilityFromJson(json), out);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BellhopError('INVALID_ARGUMENT', `capability ${json.name}: ${reason}`, { cause: error });
  }
}
