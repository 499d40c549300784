/**
 * OPEN messages, and messages that come too early.
 *
 * Over 300 lines of cases.
 */
import {
  announce,
  CAPABILITY_IPV4,
  CAPABILITY_IPV6,
  capabilityAs4,
  KEEPALIVE,
  legalCapabilities,
  lengthOf,
  message,
  NOTIFICATION,
  number,
  OPEN,
  open,
  openMessage,
  optional,
  parameter,
  REFRESH,
} from '../build.ts';
import { area, type CaseData, type Ground } from '../case.ts';

const AS_TRANS = 23456;

/** Optional parameters in the extended form (RFC 9072). */
function extended(parameters: string, lengthOctet = 255, claimed = lengthOf(parameters)): string {
  return `${number(lengthOctet, 1)}ff${number(claimed, 2)}${parameters}`;
}

/** A parameter of the extended form. */
function longParameter(type: number, value: string): string {
  return number(type, 1) + number(lengthOf(value), 2) + value;
}

const version: readonly CaseData[] = [0, 3, 5].map((one) => ({
  name: `version ${one}`,
  clause: 'RFC 4271 6.2',
  verdict: 'session-reset 2/1' as const,
  message: open({ version: one }),
}));

const fields: readonly CaseData[] = [
  {
    name: 'another AS than configured',
    clause: 'RFC 4271 6.2',
    verdict: 'session-reset 2/2',
    message: open({ as: 65099, capabilities: CAPABILITY_IPV4 + capabilityAs4(65099) }),
  },
  {
    name: 'AS 0, no 4-octet capability',
    clause: 'RFC 7607 2',
    verdict: 'session-reset 2/2',
    message: open({ as: 0, capabilities: CAPABILITY_IPV4 }),
  },
  {
    name: 'AS 0 in the 4-octet capability',
    clause: 'RFC 7607 2',
    verdict: 'session-reset 2/2',
    message: open({ capabilities: CAPABILITY_IPV4 + capabilityAs4(0) }),
  },
  {
    name: 'AS_TRANS without 4-octet capability',
    clause: 'RFC 4271 6.2, RFC 6793 9',
    verdict: 'session-reset 2/2',
    message: open({ as: AS_TRANS, capabilities: CAPABILITY_IPV4 }),
  },
  {
    name: 'AS_TRANS in the field, the AS in the capability',
    clause: 'RFC 6793 4.1',
    verdict: 'accept',
    message: open({ as: AS_TRANS }),
  },
  {
    name: 'hold time 0',
    clause: 'RFC 4271 4.2, 6.2',
    verdict: 'accept',
    or: ['session-reset 2/6'],
    message: open({ holdTime: 0 }),
    note: `bellhop's default for the smallest hold time it accepts is 3 s, since a session without a hold timer does not
      see a dead peer; \`minimum-hold-time: 0\` allows it.`,
  },
  {
    name: 'hold time 1',
    clause: 'RFC 4271 6.2',
    verdict: 'session-reset 2/6',
    message: open({ holdTime: 1 }),
  },
  {
    name: 'hold time 2',
    clause: 'RFC 4271 6.2',
    verdict: 'session-reset 2/6',
    message: open({ holdTime: 2 }),
  },
  {
    name: 'hold time 65535',
    clause: 'RFC 4271 4.2',
    verdict: 'accept',
    message: open({ holdTime: 65_535 }),
  },
  {
    name: 'identifier 0.0.0.0',
    clause: 'RFC 6286 2.2',
    verdict: 'session-reset 2/3',
    message: open({ routerId: '00000000' }),
  },
  {
    name: "identifier is the receiver's, eBGP",
    clause: 'RFC 6286 2.2',
    verdict: 'accept',
    message: open(({ own4 }) => ({ routerId: own4 })),
  },
  {
    name: "identifier is the receiver's, iBGP",
    clause: 'RFC 6286 2.2',
    session: 'ibgp',
    verdict: 'session-reset 2/3',
    message: open(({ own4 }) => ({ routerId: own4 })),
  },
  {
    name: 'identifier 224.0.0.1',
    clause: 'RFC 6286 2.1',
    verdict: 'accept',
    message: open({ routerId: 'e0000001' }),
  },
];

const lengths: readonly CaseData[] = [
  {
    name: 'OPEN of 28 octets',
    clause: 'RFC 4271 6.1',
    verdict: 'session-reset 1/2',
    message: ({ hop4, peerAs }) => message(OPEN, `04${number(peerAs, 2)}005a${hop4}`),
  },
  {
    name: 'optional parameters longer than the message',
    clause: 'RFC 4271 6.2',
    verdict: 'session-reset 2/0',
    or: ['session-reset 1/2'],
    message: open({ optional: `20${parameter(2, CAPABILITY_IPV4)}` }),
  },
  {
    name: 'octets behind the optional parameters',
    clause: 'RFC 4271 6.2',
    verdict: 'session-reset 2/0',
    or: ['session-reset 1/2'],
    message: open((ground) => ({ optional: `${optional(parameter(2, legalCapabilities(ground)))}0000` })),
  },
  {
    name: 'optional parameter of one octet',
    clause: 'RFC 4271 6.2',
    verdict: 'session-reset 2/0',
    message: open((ground) => ({ optional: optional(parameter(2, legalCapabilities(ground)), '02') })),
  },
  {
    name: 'optional parameter longer than their total',
    clause: 'RFC 4271 6.2',
    verdict: 'session-reset 2/0',
    message: open({ optional: optional(parameter(2, CAPABILITY_IPV4, 40)) }),
  },
  {
    name: 'unknown optional parameter 7',
    clause: 'RFC 4271 6.2',
    verdict: 'session-reset 2/4',
    message: open((ground) => ({
      optional: optional(parameter(2, legalCapabilities(ground)), parameter(7, '0102')),
    })),
  },
  {
    name: 'optional parameter 1 (authentication, deprecated)',
    clause: 'RFC 4271 6.2',
    verdict: 'session-reset 2/4',
    or: ['session-reset 2/5'],
    message: open((ground) => ({
      optional: optional(parameter(1, '00'), parameter(2, legalCapabilities(ground))),
    })),
  },
];

const capabilities: readonly CaseData[] = [
  {
    name: 'no optional parameter at all',
    clause: 'RFC 4271 4.2',
    verdict: 'accept',
    message: open({ optional: '00' }),
  },
  {
    name: 'empty capabilities parameter',
    clause: 'RFC 5492 4',
    verdict: 'accept',
    or: ['session-reset 2/0'],
    message: open((ground) => ({
      optional: optional(parameter(2, ''), parameter(2, legalCapabilities(ground))),
    })),
  },
  {
    name: 'a parameter for each capability',
    clause: 'RFC 5492 4',
    verdict: 'accept',
    message: open(({ peerAs }) => ({
      optional: optional(parameter(2, CAPABILITY_IPV4), parameter(2, capabilityAs4(peerAs))),
    })),
  },
  {
    name: 'capability longer than its parameter',
    clause: 'RFC 5492 4, RFC 4271 6.2',
    verdict: 'session-reset 2/0',
    message: open({ capabilities: `${CAPABILITY_IPV4}4108000000` }),
  },
  {
    name: 'capability of one octet',
    clause: 'RFC 5492 4, RFC 4271 6.2',
    verdict: 'session-reset 2/0',
    message: open({ capabilities: `${CAPABILITY_IPV4}41` }),
  },
  {
    name: 'unknown capability 200',
    clause: 'RFC 5492 3',
    verdict: 'accept',
    message: open((ground) => ({ capabilities: `${legalCapabilities(ground)}c80401020304` })),
  },
  {
    name: 'every capability twice',
    clause: 'RFC 5492 4',
    verdict: 'accept',
    message: open((ground) => ({ capabilities: legalCapabilities(ground).repeat(2) })),
  },
  {
    name: 'multiprotocol capability of 3 octets',
    clause: 'RFC 4760 8, RFC 4271 6.2',
    verdict: 'accept',
    or: ['session-reset 2/0'],
    message: open(({ peerAs }) => ({
      capabilities: `${CAPABILITY_IPV4}0103000200${capabilityAs4(peerAs)}`,
    })),
  },
  {
    name: 'route refresh capability with a value',
    clause: 'RFC 2918 2, RFC 4271 6.2',
    verdict: 'accept',
    or: ['session-reset 2/0'],
    message: open(({ peerAs }) => ({
      capabilities: `${CAPABILITY_IPV4}020401020304${capabilityAs4(peerAs)}`,
    })),
  },
  {
    name: '4-octet capability of 2 octets',
    clause: 'RFC 6793 3, RFC 4271 6.2',
    verdict: 'accept',
    or: ['session-reset 2/0'],
    message: open({ capabilities: `${CAPABILITY_IPV4}4102fdea` }),
  },
  {
    name: 'no family in common (IPv6 labelled only)',
    clause: 'RFC 5492 3, 5',
    verdict: 'session-reset 2/7',
    or: ['accept'],
    message: open(({ peerAs }) => ({ capabilities: `010400020004${capabilityAs4(peerAs)}` })),
  },
  {
    name: 'IPv6 unicast only, on an IPv4 connection',
    clause: 'RFC 4760 8',
    verdict: 'accept',
    message: open(({ peerAs }) => ({ capabilities: CAPABILITY_IPV6 + capabilityAs4(peerAs) })),
  },
  {
    name: 'extended form',
    clause: 'RFC 9072 2',
    verdict: 'accept',
    message: open((ground) => ({ optional: extended(longParameter(2, legalCapabilities(ground))) })),
  },
  {
    name: 'extended form, length octet not 255',
    clause: 'RFC 9072 2, 3',
    verdict: 'accept',
    message: open((ground) => ({ optional: extended(longParameter(2, legalCapabilities(ground)), 4) })),
  },
  {
    name: 'extended form with 300 octets',
    clause: 'RFC 9072 2',
    verdict: 'accept',
    message: open((ground) => ({
      optional: extended(longParameter(2, `${legalCapabilities(ground)}c8fa${'00'.repeat(250)}`)),
    })),
  },
  {
    name: 'extended form longer than the message',
    clause: 'RFC 9072 2',
    verdict: 'session-reset 2/0',
    or: ['session-reset 1/2'],
    message: open((ground) => ({
      optional: extended(longParameter(2, legalCapabilities(ground)), 255, 400),
    })),
  },
  {
    name: 'extended form cut in its length',
    clause: 'RFC 9072 2',
    verdict: 'session-reset 2/0',
    or: ['session-reset 1/2'],
    message: open({ optional: 'ffff00' }),
  },
];

export const opening = area('OPEN', [...version, ...fields, ...lengths, ...capabilities], {
  stage: 'open-sent',
});

const keepalive = (): string => message(KEEPALIVE);
const refresh = (): string => message(REFRESH, '00010001');
const secondOpen = (ground: Ground): string => openMessage(ground);

export const early = area('Messages out of turn', [
  {
    name: 'KEEPALIVE instead of OPEN',
    clause: 'RFC 6608 4',
    stage: 'open-sent',
    verdict: 'session-reset 5/1',
    message: keepalive,
  },
  {
    name: 'UPDATE instead of OPEN',
    clause: 'RFC 6608 4',
    stage: 'open-sent',
    verdict: 'session-reset 5/1',
    message: announce(),
  },
  {
    name: 'ROUTE-REFRESH instead of OPEN',
    clause: 'RFC 6608 4',
    stage: 'open-sent',
    verdict: 'session-reset 5/1',
    message: refresh,
  },
  {
    name: 'NOTIFICATION instead of OPEN',
    // Section 8.2.2 answers it with one of its own, which 6.4 has no use for and the sender is not there to read.
    clause: 'RFC 4271 6.4, 8.2.2',
    stage: 'open-sent',
    verdict: 'close',
    or: ['session-reset 5/1'],
    message: () => message(NOTIFICATION, '0602'),
  },
  {
    name: 'second OPEN instead of KEEPALIVE',
    clause: 'RFC 6608 4',
    stage: 'open-confirm',
    verdict: 'session-reset 5/2',
    message: secondOpen,
  },
  {
    name: 'UPDATE instead of KEEPALIVE',
    clause: 'RFC 6608 4',
    stage: 'open-confirm',
    verdict: 'session-reset 5/2',
    message: announce(),
  },
  {
    name: 'ROUTE-REFRESH instead of KEEPALIVE',
    clause: 'RFC 6608 4',
    stage: 'open-confirm',
    verdict: 'session-reset 5/2',
    message: refresh,
  },
]);
