/** Message headers: marker, length, type. */
import {
  announce,
  attribute,
  KEEPALIVE,
  lengthOf,
  message,
  NOTIFICATION,
  number,
  openMessage,
  UPDATE,
} from '../build.ts';
import { area, type Ground } from '../case.ts';

/** A legal UPDATE of exactly `length` octets, made long by unknown optional transitive attributes. */
function longUpdate(ground: Ground, length: number): string {
  const filler = (octets: number): string => attribute(0xd0, 250, '00'.repeat(octets));
  const empty = lengthOf(announce({ add: filler(0) })(ground));
  return announce({ add: filler(length - empty) })(ground);
}

export const header = area('Message header', [
  {
    name: 'marker with one bit cleared',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/1',
    message: () => `${'ff'.repeat(15)}fe${number(19, 2)}04`,
  },
  {
    name: 'marker of zeros',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/1',
    message: () => `${'00'.repeat(16)}${number(19, 2)}04`,
  },
  {
    name: 'length 0',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/2',
    message: () => message(KEEPALIVE, '', 0),
  },
  {
    name: 'length 18',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/2',
    message: () => message(KEEPALIVE, '', 18),
  },
  {
    name: 'length 4097 without extended messages',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/2',
    message: (ground) => longUpdate(ground, 4097),
  },
  {
    name: 'length 65535 without extended messages',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/2',
    message: () => message(UPDATE, '00'.repeat(100), 65_535),
  },
  {
    name: 'UPDATE of 4096 octets',
    clause: 'RFC 4271 4.1',
    verdict: 'accept',
    message: (ground) => longUpdate(ground, 4096),
  },
  {
    name: 'KEEPALIVE with a body of one octet',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/2',
    message: () => message(KEEPALIVE, '00'),
  },
  {
    name: 'KEEPALIVE with a body of 100 octets',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/2',
    message: () => message(KEEPALIVE, '00'.repeat(100)),
  },
  {
    name: 'two KEEPALIVEs in one segment',
    clause: 'RFC 4271 4.4',
    verdict: 'no effect',
    message: () => message(KEEPALIVE) + message(KEEPALIVE),
  },
  {
    name: 'UPDATE of 22 octets',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/2',
    message: () => message(UPDATE, '000000'),
  },
  {
    name: 'UPDATE of 19 octets',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/2',
    message: () => message(UPDATE),
  },
  {
    name: 'type 0',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/3',
    message: () => message(0),
  },
  {
    name: 'type 6',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/3',
    message: () => message(6),
  },
  {
    name: 'type 255 with a body',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/3',
    message: () => message(255, '01020304'),
  },
  {
    name: 'NOTIFICATION of 20 octets',
    clause: 'RFC 4271 6.1, 6.4',
    verdict: 'session-reset 1/2',
    or: ['close'],
    message: () => message(NOTIFICATION, '06'),
  },
  {
    name: 'NOTIFICATION with an unknown code',
    clause: 'RFC 4271 6.4, 8.2.2',
    verdict: 'close',
    message: () => message(NOTIFICATION, 'c8c8'),
  },
  {
    name: 'NOTIFICATION of 4096 octets',
    clause: 'RFC 4271 4.5, 8.2.2',
    verdict: 'close',
    message: () => message(NOTIFICATION, `0602${'41'.repeat(4075)}`),
  },
  {
    name: 'OPEN in an established session',
    clause: 'RFC 6608 4',
    verdict: 'session-reset 5/3',
    message: (ground) => openMessage(ground),
  },
]);
