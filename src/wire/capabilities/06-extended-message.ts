/** Extended messages: "I can receive messages of up to 65,535 octets" (RFC 8654 section 3). */
import { defineEmptyCapability } from './spec.ts';

export const extendedMessage = defineEmptyCapability({
  code: 6,
  name: 'extended-message',
  rfc: 'RFC 8654 section 3',
});
