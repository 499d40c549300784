/** Communities of Ethernet VPNs, type 6 (RFC 7432 section 7, RFC 9135). */
import { type CommunityBody, type ExtendedCommunitySpec, parseNumber } from './spec.ts';

const STICKY = 0x0100;
const SINGLE_ACTIVE = 0x0100;

const macForm: Pick<ExtendedCommunitySpec, 'format' | 'parse'> = {
  format(head, low) {
    const digits = head.toString(16).padStart(4, '0') + low.toString(16).padStart(8, '0');
    return digits.replace(/..(?=.)/g, '$&:');
  },
  parse(text): CommunityBody {
    if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(text)) return undefined;
    const digits = text.replaceAll(':', '');
    return { head: Number.parseInt(digits.slice(0, 4), 16), low: Number.parseInt(digits.slice(4), 16) };
  },
};

export const evpnCommunities: readonly ExtendedCommunitySpec[] = [
  {
    code: 0x0600,
    name: 'mac-mobility',
    rfc: 'RFC 7432 section 7.7',
    format: (head, low) => `${(head & STICKY) === 0 ? '' : 'sticky:'}${low}`,
    parse(text) {
      const sticky = text.startsWith('sticky:');
      const low = parseNumber(sticky ? text.slice(7) : text, 0xffffffff);
      return low === undefined ? undefined : { head: sticky ? STICKY : 0, low };
    },
  },
  {
    code: 0x0601,
    name: 'esi-label',
    rfc: 'RFC 7432 section 7.5',
    // The label is the 24 bits on the wire, as in EVPN routes.
    format: (head, low) =>
      `${(head & SINGLE_ACTIVE) === 0 ? 'all-active' : 'single-active'}:${low & 0xffffff}`,
    parse(text) {
      const match = /^(all|single)-active:(\d+)$/.exec(text);
      const low = parseNumber(match?.[2] ?? '', 0xffffff);
      return low === undefined ? undefined : { head: match![1] === 'single' ? SINGLE_ACTIVE : 0, low };
    },
  },
  { code: 0x0602, name: 'es-import', rfc: 'RFC 7432 section 7.6', ...macForm },
  { code: 0x0603, name: 'router-mac', rfc: 'RFC 9135 section 8.1', ...macForm },
  {
    code: 0x0604,
    name: 'l2-attributes',
    rfc: 'RFC 8214 section 3.1',
    // Control flags in hexadecimal and the MTU.
    format: (head, low) => `0x${head.toString(16)}:${low >>> 16}`,
    parse(text) {
      const match = /^0x([0-9a-f]{1,4}):(\d+)$/i.exec(text);
      const mtu = parseNumber(match?.[2] ?? '', 0xffff);
      return mtu === undefined ? undefined : { head: Number.parseInt(match![1]!, 16), low: mtu * 0x10000 };
    },
  },
];
