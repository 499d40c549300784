/** ROUTE-REFRESH with odd families, subtypes and lengths. */
import { message, REFRESH } from '../build.ts';
import { area } from '../case.ts';

/** The capability of RFC 7313. */
const ENHANCED_REFRESH = 70;

export const refresh = area('ROUTE-REFRESH', [
  {
    name: 'request for IPv4 unicast',
    clause: 'RFC 2918 4',
    verdict: 'no effect',
    message: () => message(REFRESH, '00010001'),
  },
  {
    name: 'request for a family that was not negotiated',
    clause: 'RFC 2918 4',
    verdict: 'no effect',
    message: () => message(REFRESH, '00010080'),
  },
  {
    name: 'request for an unknown family',
    clause: 'RFC 2918 4',
    verdict: 'no effect',
    message: () => message(REFRESH, '006300c8'),
  },
  {
    name: 'subtype 3',
    clause: 'RFC 7313 5',
    verdict: 'no effect',
    message: () => message(REFRESH, '00010301'),
  },
  {
    name: 'subtype 255',
    clause: 'RFC 7313 5',
    verdict: 'no effect',
    message: () => message(REFRESH, '0001ff01'),
  },
  {
    name: 'BoRR of 5 octets',
    needs: ENHANCED_REFRESH,
    clause: 'RFC 7313 5',
    verdict: 'session-reset 7/1',
    message: () => message(REFRESH, '0001010100'),
  },
  {
    name: 'EoRR of 5 octets',
    needs: ENHANCED_REFRESH,
    clause: 'RFC 7313 5',
    verdict: 'session-reset 7/1',
    message: () => message(REFRESH, '0001020100'),
  },
  {
    name: 'EoRR without BoRR',
    clause: 'RFC 7313 4',
    verdict: 'no effect',
    message: () => message(REFRESH, '00010201'),
  },
  {
    name: 'BoRR and EoRR with nothing between',
    needs: ENHANCED_REFRESH,
    clause: 'RFC 7313 4',
    verdict: 'withdraw',
    other: 'gone',
    message: () => message(REFRESH, '00010101') + message(REFRESH, '00010201'),
  },
  {
    name: 'BoRR alone',
    clause: 'RFC 7313 4',
    verdict: 'no effect',
    message: () => message(REFRESH, '00010101'),
  },
  {
    name: 'request of 3 octets',
    clause: 'RFC 2918 3, RFC 7313 5',
    verdict: 'session-reset 1/2',
    or: ['session-reset 7/1'],
    message: () => message(REFRESH, '000100'),
  },
  {
    name: 'request without a body',
    clause: 'RFC 2918 3, RFC 7313 5',
    verdict: 'session-reset 1/2',
    or: ['session-reset 7/1'],
    message: () => message(REFRESH),
  },
  {
    name: 'request with filters that were not negotiated',
    clause: 'RFC 5291 6',
    verdict: 'no effect',
    or: ['session-reset 1/2'],
    message: () => message(REFRESH, '0001000101400003800000'),
  },
]);
