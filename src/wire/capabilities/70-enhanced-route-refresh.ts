/** Enhanced route refresh: "I mark begin and end of a re-advertisement, and understand yours" (RFC 7313 section 3.1). */
import { defineEmptyCapability } from './spec.ts';

export const enhancedRouteRefresh = defineEmptyCapability({
  code: 70,
  name: 'enhanced-route-refresh',
  rfc: 'RFC 7313 section 3.1',
});
