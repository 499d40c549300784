/**
 * P-MULTICAST SERVICE INTERFACE TUNNEL: the tree that carries the multicast or flooded traffic of a VPN.
 *
 * Flags, tunnel type, a label of 24 bits (an MPLS label times 16, or a VNI), and an identifier whose form the type
 * decides. Only that of ingress replication is an address; others are kept as hexadecimal.
 */
import { formatAddress, parseAddress } from '../../base/address.ts';
import { fromHex, toHex } from '../../base/bytes.ts';
import { BellhopError } from '../../base/errors.ts';
import { Disposition, defineAttribute, FLAG_OPTIONAL, FLAG_TRANSITIVE, UpdateError } from './spec.ts';

/** Value of PMSI_TUNNEL. */
export type PmsiTunnel = {
  /** Flag octet; bit 0x01 asks for leaf information. */
  readonly flags: number;
  /** Tunnel type, 0..255; 6 is ingress replication. */
  readonly tunnelType: number;
  /** The 24 bits on the wire. */
  readonly label: number;
  /** An address for ingress replication, else `0x` and digits; '' when absent. */
  readonly tunnelId: string;
};

const TYPES = [
  'no-tunnel',
  'rsvp-te-p2mp',
  'mldp-p2mp',
  'pim-ssm',
  'pim-sm',
  'pim-bidir',
  'ingress-replication',
  'mldp-mp2mp',
] as const;
const INGRESS_REPLICATION = 6;
const FIXED_LENGTH = 5;

export const pmsiTunnel = defineAttribute({
  code: 22,
  name: 'pmsiTunnel',
  rfc: 'RFC 6514 section 5',
  flags: FLAG_OPTIONAL | FLAG_TRANSITIVE,
  onMalformed: Disposition.treatAsWithdraw,
  check(bytes, start, end) {
    const id = end - start - FIXED_LENGTH;
    if (id < 0) return UpdateError.attributeLength;
    const fits = bytes[start + 1] !== INGRESS_REPLICATION || id === 4 || id === 16;
    return fits ? 0 : UpdateError.optionalAttribute;
  },
  read(bytes, start, end): PmsiTunnel {
    const at = start + FIXED_LENGTH;
    const tunnelType = bytes[start + 1]!;
    return {
      flags: bytes[start]!,
      tunnelType,
      label: (bytes[start + 2]! << 16) | (bytes[start + 3]! << 8) | bytes[start + 4]!,
      tunnelId:
        tunnelType === INGRESS_REPLICATION
          ? formatAddress(bytes, at, end - at)
          : at === end
            ? ''
            : `0x${toHex(bytes, at, end)}`,
    };
  },
  write({ flags, tunnelType, label, tunnelId }, out) {
    out.u8(flags);
    out.u8(tunnelType);
    out.u8(label >>> 16);
    out.u16(label & 0xffff);
    if (tunnelId === '') return;
    const id = tunnelId.startsWith('0x') ? fromHex(tunnelId.slice(2)) : parseAddress(tunnelId);
    if (id === undefined) throw new BellhopError('INVALID_ARGUMENT', `no tunnel identifier: ${tunnelId}`);
    out.copy(id);
  },
  format({ flags, tunnelType, label, tunnelId }) {
    const type = TYPES[tunnelType] ?? `type ${tunnelType}`;
    const id = tunnelId === '' ? '' : ` ${tunnelId}`;
    return `${type}${id} label ${label}${(flags & 1) === 0 ? '' : ' leaf-information-required'}`;
  },
});
