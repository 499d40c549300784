/**
 * Dynamic capability: capabilities whose announcement may change while the session lives
 * (draft-ietf-idr-dynamic-cap section 3). Bellhop reads the list and changes nothing.
 */
import { defineCapability } from './spec.ts';

export const dynamic = defineCapability({
  code: 67,
  name: 'dynamic',
  rfc: 'draft-ietf-idr-dynamic-cap section 3',
  check: () => true,
  read: (bytes, start, end): readonly number[] => Array.from(bytes.subarray(start, end)),
  write(codes, out) {
    for (const code of codes) out.u8(code);
  },
  format: (codes) => codes.join(', '),
});
