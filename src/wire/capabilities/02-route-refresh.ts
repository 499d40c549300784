/** Route refresh: "ask me with ROUTE-REFRESH and I send my routes again" (RFC 2918 section 2). */
import { defineEmptyCapability } from './spec.ts';

export const routeRefresh = defineEmptyCapability({
  code: 2,
  name: 'route-refresh',
  rfc: 'RFC 2918 section 2',
});
