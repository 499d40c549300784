/** Link-local next hop: "an IPv6 next hop may be a link-local address alone" (draft-ietf-idr-linklocal-capability). */
import { defineEmptyCapability } from './spec.ts';

export const linkLocalNextHop = defineEmptyCapability({
  code: 77,
  name: 'link-local-next-hop',
  rfc: 'draft-ietf-idr-linklocal-capability section 3',
});
