/**
 * OPEN: who a speaker is and what it can do (RFC 4271 section 4.2), with capabilities (RFC 5492) in the classic and the
 * extended form of optional parameters (RFC 9072).
 *
 * Syntax only: whether AS number, hold time, identifier and capabilities are acceptable is for `fsm/negotiate.ts`.
 * The one exception is the version, since the layout of everything behind it depends on it.
 */
import { ByteWriter } from '../base/byte-writer.ts';
import { readU16, readU32 } from '../base/bytes.ts';
import { BellhopError } from '../base/errors.ts';
import { type Capability, findCapability, readCapability, writeCapability } from './capabilities/index.ts';
import { HEADER_LENGTH, MAX_MESSAGE_LENGTH, MessageType, writeHeader } from './message.ts';
import {
  HeaderSubcode,
  NotificationCode,
  type NotificationData,
  notification,
  OpenSubcode,
} from './notification.ts';

/** The version bellhop speaks. */
export const BGP_VERSION = 4;

/** Stands in the 2-octet AS field for an AS number that does not fit (RFC 6793 section 9). */
export const AS_TRANS = 23456;

export interface OpenMessage {
  /** 4 in every message {@link readOpen} accepts. */
  readonly version: number;
  /** The 2-octet My Autonomous System field, 0..65535; {@link openAs} tells the sender's real AS number. */
  readonly as: number;
  /** Proposed hold time: 0 or at least 3, not checked here; 0..65535. */
  readonly holdTimeSeconds: number;
  /** BGP identifier, unsigned 32 bits. */
  readonly routerId: number;
  /** In the order of the message; several may have the same name. */
  readonly capabilities: readonly Capability[];
}

export type OpenResult =
  | { readonly ok: true; readonly open: OpenMessage }
  /** `at` is the place of the fault in the bytes that were read. */
  | { readonly ok: false; readonly notification: NotificationData; readonly at: number };

interface ParameterFault {
  readonly subcode: number;
  readonly at: number;
}

/** Octets of the body up to and including the length of the optional parameters. */
const FIXED_LENGTH = 10;

/** Octets behind them in the extended form: type 255, 2-octet length (RFC 9072 section 2). */
const EXTENSION_LENGTH = 3;

/** Optional parameter that holds capabilities (RFC 5492 section 4). */
const CAPABILITIES_PARAMETER = 2;

/** In place of the first parameter type: the extended form follows (RFC 9072 section 2). */
const EXTENDED_LENGTH = 255;

/** Reads the body `bytes[start..end)`; the result shares no memory with it. */
export function readOpen(bytes: Uint8Array, start: number, end: number): OpenResult {
  if (start < end && bytes[start] !== BGP_VERSION)
    return refuse(OpenSubcode.unsupportedVersion, start, Uint8Array.of(0, BGP_VERSION));
  if (end - start < FIXED_LENGTH) return refuseLength(HEADER_LENGTH + end - start, end);

  const capabilities: Capability[] = [];
  const fault = readParameters(bytes, start + FIXED_LENGTH - 1, end, capabilities);
  if (fault !== undefined) return refuse(fault.subcode, fault.at);
  return {
    ok: true,
    open: {
      version: BGP_VERSION,
      as: readU16(bytes, start + 1),
      holdTimeSeconds: readU16(bytes, start + 3),
      routerId: readU32(bytes, start + 5),
      capabilities,
    },
  };
}

/**
 * Reads the optional parameters from their length octet at `start` on; they must fill the message exactly.
 * Returns what is wrong and where, or undefined when all is well.
 */
function readParameters(
  bytes: Uint8Array,
  start: number,
  end: number,
  capabilities: Capability[],
): ParameterFault | undefined {
  let at = start + 1;
  let length = bytes[start]!;
  const extended = length !== 0 && at < end && bytes[at] === EXTENDED_LENGTH;
  if (extended) {
    if (end - at < EXTENSION_LENGTH) return { subcode: OpenSubcode.unspecific, at };
    length = readU16(bytes, at + 1);
    at += EXTENSION_LENGTH;
  }
  if (end - at !== length) return { subcode: OpenSubcode.unspecific, at: extended ? start + 2 : start };

  const headLength = extended ? 3 : 2;
  while (at < end) {
    const parameter = at;
    if (end - at < headLength) return { subcode: OpenSubcode.unspecific, at };
    const type = bytes[at]!;
    const valueStart = at + headLength;
    at = valueStart + (extended ? readU16(bytes, at + 1) : bytes[at + 1]!);
    if (at > end) return { subcode: OpenSubcode.unspecific, at: parameter };
    if (type !== CAPABILITIES_PARAMETER)
      return { subcode: OpenSubcode.unsupportedOptionalParameter, at: parameter };
    const faultAt = readCapabilities(bytes, valueStart, at, capabilities);
    if (faultAt >= 0) return { subcode: OpenSubcode.unspecific, at: faultAt };
  }
  return undefined;
}

/** Reads the capabilities of one parameter; the place of one that reaches beyond it, or -1. */
function readCapabilities(bytes: Uint8Array, start: number, end: number, capabilities: Capability[]): number {
  let at = start;
  while (at < end) {
    if (end - at < 2) return at;
    const valueStart = at + 2;
    const valueEnd = valueStart + bytes[at + 1]!;
    if (valueEnd > end) return at;
    capabilities.push(readCapability(bytes[at]!, bytes, valueStart, valueEnd));
    at = valueEnd;
  }
  return -1;
}

function refuse(subcode: number, at: number, data?: Uint8Array): OpenResult {
  return { ok: false, notification: notification(NotificationCode.open, subcode, data), at };
}

/** A framer lets no such message pass; a body from elsewhere (a recording, a test) may still be too short. */
function refuseLength(length: number, at: number): OpenResult {
  const data = Uint8Array.of(length >>> 8, length);
  return {
    ok: false,
    notification: notification(NotificationCode.messageHeader, HeaderSubcode.badMessageLength, data),
    at,
  };
}

/**
 * The whole message, header included. All capabilities go into one optional parameter; the extended form is used only
 * when they do not fit into the classic one (RFC 9072 section 2). An AS number above 65535 is sent as
 * {@link AS_TRANS}.
 *
 * @throws BellhopError INVALID_ARGUMENT when the message would be longer than 4,096 octets, the limit of an OPEN
 */
export function writeOpen(open: OpenMessage): Uint8Array {
  const capabilities = new ByteWriter();
  for (const capability of open.capabilities) writeCapability(capability, capabilities);

  const out = new ByteWriter(HEADER_LENGTH + FIXED_LENGTH + capabilities.length + 6);
  out.length = HEADER_LENGTH;
  out.u8(open.version);
  out.u16(open.as > 0xffff ? AS_TRANS : open.as);
  out.u16(open.holdTimeSeconds);
  out.u32(open.routerId);
  writeParameter(capabilities, out);
  if (out.length > MAX_MESSAGE_LENGTH)
    throw new BellhopError('INVALID_ARGUMENT', `OPEN has ${out.length} octets, at most 4096 are legal`);
  writeHeader(out.bytes, 0, out.length, MessageType.open);
  return out.take();
}

/** Appends the length of the optional parameters and the one parameter with all capabilities. */
function writeParameter(capabilities: ByteWriter, out: ByteWriter): void {
  const { length } = capabilities;
  if (length === 0) {
    out.u8(0);
  } else if (length + 2 <= 255) {
    out.u8(length + 2);
    out.u8(CAPABILITIES_PARAMETER);
    out.u8(length);
  } else {
    out.u8(255);
    out.u8(EXTENDED_LENGTH);
    out.u16(length + 3);
    out.u8(CAPABILITIES_PARAMETER);
    out.u16(length);
  }
  out.copy(capabilities.bytes, 0, length);
}

/** The sender's AS number: from its four-octet-as capability when there is one (RFC 6793 section 4.1), else the field. */
export function openAs(open: OpenMessage): number {
  return findCapability(open.capabilities, 'four-octet-as')?.value.as ?? open.as;
}
