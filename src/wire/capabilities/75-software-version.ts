/**
 * Software version: what the sender runs, for people (draft-ietf-idr-software-version-capability). A length and text; safe
 * to show: see `peer-text.ts`.
 */
import { readPeerText, writeCountedText } from '../peer-text.ts';
import { defineCapability } from './spec.ts';

export interface SoftwareVersion {
  /** What is not UTF-8 and characters that act on a terminal are U+FFFD. */
  readonly version: string;
}

/** The draft wants at most 64 octets; longer ones are cut. */
const MAX_OCTETS = 64;

export const softwareVersion = defineCapability({
  code: 75,
  name: 'software-version',
  rfc: 'draft-ietf-idr-software-version-capability section 3',
  check: (bytes, start, end) => start < end && start + 1 + bytes[start]! === end,
  read: (bytes, start, end): SoftwareVersion => ({
    version: readPeerText(bytes, start + 1, end, MAX_OCTETS),
  }),
  write: ({ version }, out) => writeCountedText(version, MAX_OCTETS, out),
  format: ({ version }) => version,
});
