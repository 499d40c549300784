/** The three fields of an UPDATE and the list of attributes as a whole. */
import { announce, attribute, bare, legalPath, ORIGIN, reach, update } from '../build.ts';
import { area, type Ground } from '../case.ts';

const hop = (ground: Ground): string => attribute(0x40, 3, ground.hop4);
const BAD_ORIGIN = attribute(0x40, 1, '');

export const structure = area('UPDATE fields', [
  {
    name: 'empty UPDATE (End-of-RIB)',
    clause: 'RFC 4724 2',
    verdict: 'no effect',
    message: bare(''),
  },
  {
    name: 'withdrawal of the route',
    clause: 'RFC 4271 4.3',
    verdict: 'withdraw',
    message: bare('', '', ({ touched }) => touched),
  },
  {
    name: 'withdrawal of a route that is not there',
    clause: 'RFC 4271 9',
    verdict: 'no effect',
    message: bare('', '', '18c0a8fe'),
  },
  {
    name: 'attributes without any route',
    clause: 'RFC 4271 6.3',
    verdict: 'no effect',
    message: announce({ nlri: '' }),
  },
  {
    name: 'route both withdrawn and announced',
    clause: 'RFC 4271 4.3',
    verdict: 'accept',
    message: announce({ withdrawn: ({ touched }) => touched }),
  },
  {
    name: 'withdrawal and announcement of different routes',
    clause: 'RFC 4271 4.3',
    verdict: 'accept',
    other: 'gone',
    message: announce({ withdrawn: ({ other }) => other }),
  },
  {
    name: 'withdrawal beside a malformed attribute',
    clause: 'RFC 7606 2',
    verdict: 'treat-as-withdraw',
    other: 'gone',
    message: announce({ withdrawn: ({ other }) => other, attributes: { 1: BAD_ORIGIN } }),
  },
  {
    name: 'withdrawal beside a discarded attribute',
    clause: 'RFC 7606 2',
    verdict: 'attribute-discard',
    absent: 'atomicAggregate',
    other: 'gone',
    message: announce({ withdrawn: ({ other }) => other, add: attribute(0x40, 6, '00') }),
  },
  {
    name: 'withdrawn routes longer than the message',
    clause: 'RFC 4271 6.3',
    verdict: 'session-reset 3/1',
    message: announce({ withdrawnLengthError: 500 }),
  },
  {
    name: 'withdrawn routes leave one octet for the attributes',
    clause: 'RFC 4271 6.3',
    verdict: 'session-reset 3/1',
    message: (ground) => update(`${ground.other}00`, '', '', { withdrawnLengthError: 1 }),
  },
  {
    name: 'attributes longer than the message',
    clause: 'RFC 4271 6.3',
    verdict: 'session-reset 3/1',
    message: announce({ attributesLengthError: 500 }),
  },
  {
    name: 'attributes one octet longer than the message',
    clause: 'RFC 4271 6.3',
    verdict: 'session-reset 3/1',
    message: announce({ attributesLengthError: 1, nlri: '' }),
  },
  {
    name: 'last attribute one octet beyond the list',
    clause: 'RFC 7606 4',
    verdict: 'treat-as-withdraw',
    message: announce({ add: attribute(0x80, 4, '000000', 4) }),
  },
  {
    name: 'last attribute 200 octets beyond the list',
    clause: 'RFC 7606 4',
    verdict: 'treat-as-withdraw',
    message: announce({ add: attribute(0xc0, 8, '00010001', 200) }),
  },
  {
    name: 'extended length beyond the list',
    clause: 'RFC 7606 4',
    verdict: 'treat-as-withdraw',
    message: announce({ add: attribute(0xd0, 8, '00010001', 0xffff) }),
  },
  {
    name: 'one octet behind the last attribute',
    clause: 'RFC 7606 4',
    verdict: 'treat-as-withdraw',
    message: announce({ add: '80' }),
  },
  {
    name: 'two octets behind the last attribute',
    clause: 'RFC 7606 4',
    verdict: 'treat-as-withdraw',
    message: announce({ add: '8004' }),
  },
  {
    name: 'extended length of one octet at the end',
    clause: 'RFC 7606 4',
    verdict: 'treat-as-withdraw',
    message: announce({ add: '900400' }),
  },
  {
    name: 'NEXT_HOP that swallows the next attribute',
    clause: 'RFC 7606 7.3',
    verdict: 'treat-as-withdraw',
    message: announce({
      attributes: { 3: attribute(0x40, 3, '0a620001', 11) },
      add: attribute(0x80, 4, '00000001'),
    }),
  },
  {
    name: 'malformed attribute, no route',
    clause: 'RFC 7606 5.2',
    verdict: 'session-reset 3/5',
    or: ['session-reset 3/1'],
    message: announce({ attributes: { 1: BAD_ORIGIN }, nlri: '' }),
  },
  {
    name: 'malformed attribute, withdrawals only',
    clause: 'RFC 7606 5.2',
    verdict: 'session-reset 3/5',
    or: ['session-reset 3/1'],
    message: announce({ attributes: { 1: BAD_ORIGIN }, nlri: '', withdrawn: ({ other }) => other }),
  },
  {
    name: 'two faults: one discards, one withdraws',
    clause: 'RFC 7606 3 (h)',
    verdict: 'treat-as-withdraw',
    message: announce({ attributes: { 1: BAD_ORIGIN }, add: attribute(0x40, 6, '00') }),
  },
  {
    name: 'two faults: one withdraws, one resets',
    clause: 'RFC 7606 3 (h), 7.11',
    verdict: 'session-reset 3/9',
    or: ['AFI/SAFI-disable', 'session-reset 3/1'],
    message: announce({
      attributes: { 1: BAD_ORIGIN },
      add: (ground) => reach(ground, { nextHop: '20010db8' }),
    }),
  },
  {
    name: 'attributes in falling order',
    clause: 'RFC 4271 5',
    verdict: 'accept',
    message: bare(
      (ground) => hop(ground) + legalPath(ground) + ORIGIN,
      ({ touched }) => touched,
    ),
  },
  {
    name: 'no attribute at all',
    clause: 'RFC 7606 3 (d)',
    verdict: 'treat-as-withdraw',
    message: bare('', ({ touched }) => touched),
  },
]);
