/**
 * Which addresses may be fuzzed: those that are on this machine, on this wire or in a private network. Broken
 * messages end sessions and crash daemons, so anything else must be claimed with an option of its own.
 */
import { canonicalAddress, isLinkLocal, parseAddress, splitZone } from '../../base/address.ts';
import { readU16 } from '../../base/bytes.ts';
import { parsePrefix, prefixContains } from '../../base/prefix.ts';

/** Where a fuzzer connects to. */
export interface TargetAddress {
  /** Canonical text, with a zone where it has one. */
  readonly address: string;
  readonly port: number;
}

const BGP_PORT = 179;

/** Loopback, RFC 1918, link-local (RFC 3927), unique local (RFC 4193). */
const PRIVATE = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '::1/128',
  'fc00::/7',
].map((text) => parsePrefix(text)!);

/** Reads `192.0.2.1`, `192.0.2.1:1179`, `fd00::1`, `[fd00::1]:1179`, `fe80::1%eth0`; undefined when it is none. */
export function parseTarget(text: string): TargetAddress | undefined {
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text);
  const dotted = /^([0-9.]+):(\d{1,5})$/.exec(text);
  const [, host = text, digits] = bracketed ?? dotted ?? [];
  const address = canonicalAddress(host);
  const port = digits === undefined ? BGP_PORT : Number(digits);
  if (address === undefined || port < 1 || port > 65535) return undefined;
  return { address, port };
}

/** Whether the address (canonical text) is loopback, link-local or private. */
export function isPrivateAddress(address: string): boolean {
  const bytes = parseAddress(splitZone(address).address);
  if (bytes === undefined) return false;
  const inner = isMapped(bytes) ? bytes.slice(12) : bytes;
  if (inner.length === 16 && isLinkLocal(inner)) return true;
  return PRIVATE.some((prefix) => prefixContains(prefix, inner));
}

/** ::ffff:a.b.c.d reaches a.b.c.d. */
function isMapped(bytes: Uint8Array): boolean {
  return (
    bytes.length === 16 &&
    bytes.subarray(0, 10).every((octet) => octet === 0) &&
    readU16(bytes, 10) === 0xffff
  );
}
