/**
 * FQDN: host and domain name of the sender, for people (draft-walton-bgp-hostname-capability). Nothing may be decided by
 * them: any peer can claim any name. Safe to show: see `peer-text.ts`.
 */
import { readPeerText, writeCountedText } from '../peer-text.ts';
import { defineCapability } from './spec.ts';

export interface Fqdn {
  /** What is not UTF-8 and characters that act on a terminal are U+FFFD. */
  readonly host: string;
  /** Empty when the sender has none. */
  readonly domain: string;
}

/** At most this many octets of each name are read and sent, so that both and their lengths fit in the capability. */
const MAX_NAME_OCTETS = 126;

export const fqdn = defineCapability({
  code: 73,
  name: 'fqdn',
  rfc: 'draft-walton-bgp-hostname-capability section 2',
  check(bytes, start, end) {
    if (start === end) return false;
    const domainAt = start + 1 + bytes[start]!;
    return domainAt < end && domainAt + 1 + bytes[domainAt]! === end;
  },
  read(bytes, start, end): Fqdn {
    const domainAt = start + 1 + bytes[start]!;
    return {
      host: readPeerText(bytes, start + 1, domainAt, MAX_NAME_OCTETS),
      domain: readPeerText(bytes, domainAt + 1, end, MAX_NAME_OCTETS),
    };
  },
  write({ host, domain }, out) {
    writeCountedText(host, MAX_NAME_OCTETS, out);
    writeCountedText(domain, MAX_NAME_OCTETS, out);
  },
  format: ({ host, domain }) => (domain === '' ? host : `${host}.${domain}`),
});
