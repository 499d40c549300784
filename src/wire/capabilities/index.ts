/**
 * THE list of capabilities (RFC 5492), and everything derived from it.
 *
 * A capability bellhop does not know, or knows but finds malformed, is kept as `unknown` with its bytes: RFC 5492
 * section 3 has us ignore what we do not understand, and an operator wants to see it nevertheless. A malformed
 * capability therefore counts as not announced. That includes content in one that must be empty (2, 6, 70, 77).
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { toHex } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';
import { copyBytes } from '../message.ts';
import { multiprotocol } from './01-multiprotocol.ts';
import { routeRefresh } from './02-route-refresh.ts';
import { orf } from './03-orf.ts';
import { extendedNextHop } from './05-extended-next-hop.ts';
import { extendedMessage } from './06-extended-message.ts';
import { role } from './09-role.ts';
import { gracefulRestart } from './64-graceful-restart.ts';
import { fourOctetAs } from './65-four-octet-as.ts';
import { dynamic } from './67-dynamic.ts';
import { addPath } from './69-add-path.ts';
import { enhancedRouteRefresh } from './70-enhanced-route-refresh.ts';
import { llgr } from './71-llgr.ts';
import { fqdn } from './73-fqdn.ts';
import { softwareVersion } from './75-software-version.ts';
import { pathsLimit } from './76-paths-limit.ts';
import { linkLocalNextHop } from './77-link-local-next-hop.ts';
import type { CapabilitySpec } from './spec.ts';

/** The capabilities bellhop can read, in the order of their codes. */
export const CAPABILITIES = [
  multiprotocol,
  routeRefresh,
  orf,
  extendedNextHop,
  extendedMessage,
  role,
  gracefulRestart,
  fourOctetAs,
  dynamic,
  addPath,
  enhancedRouteRefresh,
  llgr,
  fqdn,
  softwareVersion,
  pathsLimit,
  linkLocalNextHop,
] as const;

type KnownCapability<Spec> =
  Spec extends CapabilitySpec<infer Name, infer Value>
    ? { readonly name: Name; readonly value: Value }
    : never;

/** A capability without a spec here, or with a malformed value. */
export interface UnknownCapability {
  readonly name: 'unknown';
  /** 0..255. */
  readonly code: number;
  /** At most 255 octets. */
  readonly value: Uint8Array;
}

/** A capability as plain data; `name` tells what `value` is. */
export type Capability = KnownCapability<(typeof CAPABILITIES)[number]> | UnknownCapability;

/** Longest value: its length is one octet (RFC 5492 section 4). */
const MAX_VALUE_LENGTH = 255;

/** The list seen without the types of its values; {@link readCapability} puts name and value back together. */
const SPECS: readonly CapabilitySpec[] = CAPABILITIES;

/** Reads the value `bytes[start..end)` of a capability. Total: what cannot be read comes back as `unknown`. */
export function readCapability(code: number, bytes: Uint8Array, start: number, end: number): Capability {
  const spec = SPECS.find((candidate) => candidate.code === code);
  if (spec === undefined || !spec.check(bytes, start, end))
    return { name: 'unknown', code, value: copyBytes(bytes, start, end) };
  return { name: spec.name, value: spec.read(bytes, start, end) } as Capability;
}

/**
 * Appends code, length and value.
 *
 * @throws BellhopError INVALID_ARGUMENT when the value has more than 255 octets
 */
export function writeCapability(capability: Capability, out: ByteWriter): void {
  out.u8(capabilityCode(capability));
  out.u8(0);
  const start = out.length;
  if (capability.name === 'unknown') out.copy(capability.value);
  else specOf(capability).write(capability.value, out);
  const length = out.length - start;
  if (length > MAX_VALUE_LENGTH)
    throw new BellhopError(
      'INVALID_ARGUMENT',
      `capability ${capability.name} has ${length} octets, at most 255 fit`,
    );
  out.patchU8(start - 1, length);
}

/** The capability's code, 0..255. */
export function capabilityCode(capability: Capability): number {
  return capability.name === 'unknown' ? capability.code : specOf(capability).code;
}

/** Text for people: `multiprotocol ipv4-unicast`, `four-octet-as 65001`, `route-refresh`, `unknown 128 0x0102`. */
export function formatCapability(capability: Capability): string {
  const { name } = capability;
  if (name === 'unknown') {
    const text = `unknown ${capability.code}`;
    return capability.value.length === 0 ? text : `${text} 0x${toHex(capability.value)}`;
  }
  const text = specOf(capability).format(capability.value);
  return text === '' ? name : `${name} ${text}`;
}

/**
 * The capability with this name, typed by it, or undefined. Of several the last counts, as RFC 4724 section 3 asks
 * for graceful restart; `multiprotocol` stands once per family, so filter the list for it instead.
 */
export function findCapability<Name extends Capability['name']>(
  list: readonly Capability[],
  name: Name,
): Extract<Capability, { readonly name: Name }> | undefined {
  return list.findLast(
    (capability): capability is Extract<Capability, { readonly name: Name }> => capability.name === name,
  );
}

function specOf(capability: Exclude<Capability, UnknownCapability>): CapabilitySpec {
  return SPECS.find((spec) => spec.name === capability.name)!;
}
