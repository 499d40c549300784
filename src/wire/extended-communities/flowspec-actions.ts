/**
 * What to do with packets that a flow specification matches (RFC 8955 section 7); rates are in `rates.ts`, redirects
 * to a route target in `administrators.ts`.
 */
import { type ExtendedCommunitySpec, parseNumber } from './spec.ts';

const TERMINAL = 1;
const SAMPLE = 2;
const ACTIONS: readonly string[] = ['none', 'terminal', 'sample', 'terminal+sample'];

export const flowspecCommunities: readonly ExtendedCommunitySpec[] = [
  {
    code: 0x8007,
    name: 'traffic-action',
    rfc: 'RFC 8955 section 7.3',
    format: (_head, low) => ACTIONS[low & (TERMINAL | SAMPLE)]!,
    parse(text) {
      const low = ACTIONS.indexOf(text);
      return low < 0 ? undefined : { head: 0, low };
    },
  },
  {
    code: 0x8009,
    name: 'mark',
    aliases: ['traffic-marking'],
    rfc: 'RFC 8955 section 7.5',
    // A DSCP value, 0..63.
    format: (_head, low) => String(low & 0x3f),
    parse(text) {
      const low = parseNumber(text, 63);
      return low === undefined ? undefined : { head: 0, low };
    },
  },
  {
    code: 0x0800,
    name: 'redirect-to-nexthop',
    rfc: 'draft-simpson-idr-flowspec-redirect section 2',
    format: (_head, low) => ((low & 1) === 0 ? '' : 'copy'),
    parse: (text) => (text === '' ? { head: 0, low: 0 } : text === 'copy' ? { head: 0, low: 1 } : undefined),
  },
];
