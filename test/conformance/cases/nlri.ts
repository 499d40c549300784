/** Prefixes of IPv4 unicast. */
import { announce, attribute, bare } from '../build.ts';
import { area } from '../case.ts';

export const nlri = area('IPv4 prefixes', [
  {
    name: 'announced prefix of length 33',
    clause: 'RFC 7606 3 (j), 5.3',
    verdict: 'session-reset 3/10',
    message: announce({ nlri: ({ touched }) => `${touched}21c000020180` }),
  },
  {
    name: 'announced prefix of length 255',
    clause: 'RFC 7606 3 (j), 5.3',
    verdict: 'session-reset 3/10',
    message: announce({ nlri: ({ touched }) => `ff${'01'.repeat(32)}${touched}` }),
  },
  {
    name: 'announced prefix cut short',
    clause: 'RFC 7606 3 (j), 5.3',
    verdict: 'session-reset 3/10',
    message: announce({ nlri: ({ touched }) => `${touched}18c000` }),
  },
  {
    name: 'announced prefix without address',
    clause: 'RFC 7606 3 (j), 5.3',
    verdict: 'session-reset 3/10',
    message: announce({ nlri: ({ touched }) => `${touched}08` }),
  },
  {
    name: 'withdrawn prefix of length 33',
    clause: 'RFC 7606 3 (i), 5.3',
    verdict: 'session-reset 3/10',
    or: ['session-reset 3/1'],
    message: bare('', '', '21c000020180'),
  },
  {
    name: 'withdrawn prefix cut short',
    clause: 'RFC 7606 3 (i), 5.3',
    verdict: 'session-reset 3/10',
    or: ['session-reset 3/1'],
    message: bare('', '', ({ other }) => `${other}18c000`),
  },
  {
    name: 'host bits set',
    clause: 'RFC 4271 4.3',
    verdict: 'accept',
    // A /24 needs three octets: the bits behind the prefix are those of a /23 with an odd last bit.
    message: announce({ nlri: ({ touched }) => `${touched}172d1101` }),
  },
  {
    name: 'the same prefix twice',
    clause: 'RFC 4271 4.3',
    verdict: 'accept',
    message: announce({ nlri: ({ touched }) => touched + touched }),
  },
  {
    name: 'default route beside it',
    clause: 'RFC 4271 4.3',
    verdict: 'accept',
    message: announce({ nlri: ({ touched }) => `${touched}00` }),
  },
  {
    name: 'multicast prefix beside it',
    clause: 'RFC 4271 6.3',
    verdict: 'accept',
    message: announce({ nlri: ({ touched }) => `${touched}18e00001` }),
  },
  {
    name: 'loopback prefix beside it',
    clause: 'RFC 4271 6.3',
    verdict: 'accept',
    message: announce({ nlri: ({ touched }) => `${touched}087f` }),
  },
  {
    name: 'malformed prefix in an UPDATE with a malformed attribute',
    clause: 'RFC 7606 3 (j), 5.3',
    verdict: 'session-reset 3/10',
    message: announce({
      attributes: { 1: attribute(0x40, 1, '') },
      nlri: ({ touched }) => `${touched}21c000020180`,
    }),
  },
]);
