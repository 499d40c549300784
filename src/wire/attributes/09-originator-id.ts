/** ORIGINATOR_ID: router id of who brought a reflected route into the AS. Discarded from external neighbors. */
import { formatIpv4 } from '../../base/address.ts';
import { readU32 } from '../../base/bytes.ts';
import { writeIpv4Text } from './addresses.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, UpdateError } from './spec.ts';

export const originatorId = defineAttribute({
  code: 9,
  name: 'originatorId',
  rfc: 'RFC 4456 section 8, RFC 7606 section 7.9',
  flags: FLAG_OPTIONAL,
  onMalformed: Disposition.treatAsWithdraw,
  discardFromExternal: true,
  check: (_bytes, start, end) => (end - start === 4 ? 0 : UpdateError.attributeLength),
  read: (bytes, start): string => formatIpv4(readU32(bytes, start)),
  write: writeIpv4Text,
  format: (value) => value,
});
