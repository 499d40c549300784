/** ORIGINATOR_ID and CLUSTER_LIST. */
import { announce, announceWith, attribute } from '../build.ts';
import { area } from '../case.ts';

const FLAGS = 'RFC 7606 3 (c)';
const WITHDRAW = 'treat-as-withdraw';
const DISCARD = 'attribute-discard';

export const originatorId = area('ORIGINATOR_ID', [
  {
    name: 'iBGP, well-formed',
    session: 'ibgp',
    verdict: 'accept',
    clause: 'RFC 4456 8',
    message: announceWith(attribute(0x80, 9, '0a000001')),
  },
  {
    name: 'iBGP, length 0',
    session: 'ibgp',
    verdict: WITHDRAW,
    clause: 'RFC 7606 7.9',
    message: announceWith(attribute(0x80, 9, '')),
  },
  {
    name: 'iBGP, length 3',
    session: 'ibgp',
    verdict: WITHDRAW,
    clause: 'RFC 7606 7.9',
    message: announceWith(attribute(0x80, 9, '0a0000')),
  },
  {
    name: 'iBGP, length 5',
    session: 'ibgp',
    verdict: WITHDRAW,
    clause: 'RFC 7606 7.9',
    message: announceWith(attribute(0x80, 9, '0a00000100')),
  },
  {
    name: 'iBGP, transitive',
    session: 'ibgp',
    verdict: WITHDRAW,
    clause: FLAGS,
    message: announceWith(attribute(0xc0, 9, '0a000001')),
  },
  {
    name: "iBGP, the receiver's own identifier",
    session: 'ibgp',
    verdict: 'exclude',
    clause: 'RFC 4456 8',
    message: announce({ add: ({ own4 }) => attribute(0x80, 9, own4) }),
  },
  {
    name: 'eBGP, well-formed',
    verdict: DISCARD,
    clause: 'RFC 7606 7.9',
    absent: 'originatorId',
    message: announceWith(attribute(0x80, 9, '0a000001')),
  },
  {
    name: 'eBGP, length 3',
    verdict: DISCARD,
    clause: 'RFC 7606 7.9',
    absent: 'originatorId',
    message: announceWith(attribute(0x80, 9, '0a0000')),
  },
]);

export const clusterList = area('CLUSTER_LIST', [
  {
    name: 'iBGP, well-formed',
    session: 'ibgp',
    verdict: 'accept',
    clause: 'RFC 4456 8',
    message: announceWith(attribute(0x80, 10, '0a0000010a000002')),
  },
  {
    name: 'iBGP, length 0',
    session: 'ibgp',
    verdict: WITHDRAW,
    clause: 'RFC 7606 7.10',
    message: announceWith(attribute(0x80, 10, '')),
  },
  {
    name: 'iBGP, length 3',
    session: 'ibgp',
    verdict: WITHDRAW,
    clause: 'RFC 7606 7.10',
    message: announceWith(attribute(0x80, 10, '0a0000')),
  },
  {
    name: 'iBGP, length 5',
    session: 'ibgp',
    verdict: WITHDRAW,
    clause: 'RFC 7606 7.10',
    message: announceWith(attribute(0x80, 10, '0a00000100')),
  },
  {
    name: 'iBGP, not optional',
    session: 'ibgp',
    verdict: WITHDRAW,
    clause: FLAGS,
    message: announceWith(attribute(0x00, 10, '0a000001')),
  },
  {
    name: "iBGP, the receiver's own identifier",
    session: 'ibgp',
    verdict: 'exclude',
    or: ['accept'],
    clause: 'RFC 4456 8',
    message: announce({ add: ({ own4 }) => attribute(0x80, 10, own4) }),
  },
  {
    name: 'eBGP, well-formed',
    verdict: DISCARD,
    clause: 'RFC 7606 7.10',
    absent: 'clusterList',
    message: announceWith(attribute(0x80, 10, '0a000001')),
  },
  {
    name: 'eBGP, length 3',
    verdict: DISCARD,
    clause: 'RFC 7606 7.10',
    absent: 'clusterList',
    message: announceWith(attribute(0x80, 10, '0a0000')),
  },
]);
