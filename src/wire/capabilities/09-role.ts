/** Role: what the sender is to the receiver in business terms (RFC 9234 section 4.1). Negotiation judges it. */
import { defineCapability } from './spec.ts';

/** A role by its number, 0..255; see {@link ROLES}. */
export interface Role {
  readonly role: number;
}

/** Names by number (RFC 9234 table 1). */
export const ROLES = ['provider', 'rs-server', 'rs-client', 'customer', 'peer'] as const;

/** Name of a role. */
export type RoleName = (typeof ROLES)[number];

export const role = defineCapability({
  code: 9,
  name: 'role',
  rfc: 'RFC 9234 section 4.1',
  check: (_bytes, start, end) => end - start === 1,
  read: (bytes, start): Role => ({ role: bytes[start]! }),
  write: (value, out) => out.u8(value.role),
  format: (value) => ROLES[value.role] ?? String(value.role),
});
