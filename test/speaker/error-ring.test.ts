/**
 * The error ring of a live speaker: what a peer of bare TCP did wrong is kept with bytes, place and clause.
 *
 * Over 300 lines: a case for each kind of message and fault, on one stage.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_RINGS, MAX_ERRORS_PER_NEIGHBOR } from '../../src/base/limits.ts';
import { formatFixtures } from '../../src/cli/format/error-fixture.ts';
import { ErrorRings, type MalformedMessage } from '../../src/speaker/error-ring.ts';
import type { ErrorEntry } from '../../src/speaker/status.ts';
import { type ErrorFixture, replay } from '../vectors/replay.ts';
import { BAD, type Scene, scene } from './bystander.ts';
import { configOf, until } from './fixtures.ts';
import {
  hex,
  KEEPALIVE,
  message,
  OPEN,
  openMessage,
  RawPeer,
  REFRESH,
  UPDATE,
  updateMessage,
} from './raw-peer.ts';

let stage: Scene;

beforeAll(async () => {
  stage = await scene();
});

afterAll(() => stage[Symbol.asyncDispose]());

const PREFIX = '18cb0071';
const ORIGIN = '40010100';
const PATH = `4002060201${hex(65002, 4)}`;
const NEXT_HOP = '4003047f000002';

/** An UPDATE of attributes and prefixes as they are given. */
function update(attributes: string, nlri = PREFIX, withdrawn = ''): string {
  const lengths = [withdrawn, attributes].map((field) => hex(field.length / 2, 2) + field).join('');
  return message(UPDATE, lengths + nlri);
}

interface Case {
  readonly name: string;
  /** The last one is malformed. */
  readonly send: readonly string[];
  /** In a session; else the first message is sent on a fresh connection. */
  readonly established?: true;
  readonly entry: Partial<ErrorEntry>;
}

const CLOSED = { disposition: 'connection-closed', context: undefined } as const;

const CASES: readonly Case[] = [
  {
    name: 'no BGP at all',
    send: [Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
    entry: {
      ...CLOSED,
      type: undefined,
      offset: 0,
      code: 1,
      subcode: 1,
      length: 18,
      rfc: 'RFC 4271 section 6.1',
    },
  },
  {
    name: 'a marker that breaks off',
    send: [`ffffff00${'ff'.repeat(12)}001304`],
    entry: { ...CLOSED, type: undefined, offset: 3, code: 1, subcode: 1 },
  },
  {
    name: 'a length below the header',
    send: [`${'ff'.repeat(16)}001204`],
    entry: { ...CLOSED, type: 'KEEPALIVE', offset: 16, code: 1, subcode: 2, length: 19 },
  },
  {
    name: 'an unknown message type',
    send: [message(9, '0102')],
    entry: { ...CLOSED, type: undefined, offset: 18, code: 1, subcode: 3, length: 21 },
  },
  {
    name: 'an OPEN of version 3',
    send: [openMessage({ version: 3 })],
    entry: { ...CLOSED, type: 'OPEN', offset: 19, code: 2, subcode: 1, rfc: 'RFC 4271 section 6.2' },
  },
  {
    name: 'an OPEN whose second capability overruns',
    send: [openMessage({ capabilities: '02004105000a' })],
    entry: { ...CLOSED, type: 'OPEN', offset: 33, code: 2, subcode: 0, expected: undefined },
  },
  {
    name: 'an OPEN of another AS',
    send: [openMessage({ as: 65003 })],
    entry: {
      ...CLOSED,
      type: 'OPEN',
      offset: 20,
      code: 2,
      subcode: 2,
      reason: 'peer is AS 65003, expected AS 65002',
      expected: {
        localAs: 65001,
        routerId: '10.0.0.1',
        peerAs: 65002,
        minimumHoldTimeSeconds: 3,
        families: ['ipv4-unicast'],
      },
    },
  },
  {
    name: 'an OPEN without a common family',
    send: [openMessage({ capabilities: '010400020001' })],
    entry: { ...CLOSED, type: 'OPEN', offset: 28, code: 2, subcode: 7, rfc: 'RFC 5492 section 3' },
  },
  {
    name: 'a header error behind good messages of a session',
    established: true,
    send: [message(KEEPALIVE) + updateMessage(PREFIX) + message(KEEPALIVE, '00')],
    entry: { disposition: 'session-reset', type: 'KEEPALIVE', offset: 16, code: 1, subcode: 2, length: 20 },
  },
  {
    name: 'a discarded attribute',
    established: true,
    send: [update(`${ORIGIN}${PATH}${NEXT_HOP}40060101`)],
    entry: {
      type: 'UPDATE',
      disposition: 'attribute-discard',
      attribute: 'atomicAggregate',
      attributeCode: 6,
      offset: 43,
      code: 3,
      subcode: 5,
      rfc: 'RFC 7606 section 7.6',
      context: {
        as4: true,
        external: true,
        extendedMessage: false,
        families: ['ipv4-unicast'],
        extendedNextHop: [],
        loopback: true,
      },
    },
  },
  {
    name: 'a repeated attribute',
    established: true,
    send: [update(`${ORIGIN}${PATH}${NEXT_HOP}${ORIGIN}`)],
    entry: {
      disposition: 'attribute-discard',
      attribute: 'origin',
      offset: 43,
      subcode: 1,
      rfc: 'RFC 7606 section 3 (g)',
    },
  },
  {
    name: 'a withdrawal for an attribute',
    established: true,
    send: [update(`40010109${PATH}${NEXT_HOP}`)],
    entry: {
      disposition: 'treat-as-withdraw',
      attribute: 'origin',
      offset: 23,
      subcode: 6,
      rfc: 'RFC 7606 section 7.1',
    },
  },
  {
    name: 'wrong flags',
    established: true,
    send: [update(`c0010100${PATH}${NEXT_HOP}`)],
    entry: {
      disposition: 'treat-as-withdraw',
      attribute: 'origin',
      offset: 23,
      subcode: 4,
      rfc: 'RFC 7606 section 3 (c)',
    },
  },
  {
    name: 'a missing attribute',
    established: true,
    send: [update(`${ORIGIN}${NEXT_HOP}`)],
    entry: {
      disposition: 'treat-as-withdraw',
      attribute: 'asPath',
      offset: 38,
      length: 38,
      rfc: 'RFC 7606 section 3 (d)',
    },
  },
  {
    name: 'an attribute that overruns the list',
    established: true,
    send: [update(`${ORIGIN}${PATH}${NEXT_HOP}c008ff00`)],
    entry: {
      disposition: 'treat-as-withdraw',
      attribute: 'communities',
      offset: 43,
      rfc: 'RFC 7606 section 4',
    },
  },
  {
    name: 'nothing to withdraw',
    established: true,
    send: [update('40010109', '')],
    entry: {
      disposition: 'session-reset',
      attribute: 'origin',
      offset: 23,
      rfc: 'RFC 7606 section 7.1, RFC 7606 section 5.2',
    },
  },
  {
    name: 'an unknown well-known attribute',
    established: true,
    send: [update(`${ORIGIN}${PATH}${NEXT_HOP}40c800`)],
    entry: {
      disposition: 'session-reset',
      attribute: 'attribute 200',
      attributeCode: 200,
      offset: 43,
      subcode: 2,
    },
  },
  {
    name: 'a withdrawn length beyond the message',
    established: true,
    send: [message(UPDATE, '00ff0000')],
    entry: {
      disposition: 'session-reset',
      attribute: undefined,
      offset: 19,
      subcode: 1,
      rfc: 'RFC 4271 section 6.3',
    },
  },
  {
    name: 'an attribute length beyond the message',
    established: true,
    send: [message(UPDATE, `000418cb007100ff`)],
    entry: { disposition: 'session-reset', offset: 25, subcode: 1 },
  },
  {
    name: 'a prefix that is too long',
    established: true,
    send: [update(`${ORIGIN}${PATH}${NEXT_HOP}`, `${PREFIX}21cb00710000`)],
    entry: { disposition: 'session-reset', offset: 47, subcode: 10, rfc: 'RFC 7606 section 5.3' },
  },
  {
    name: 'a withdrawn prefix cut off',
    established: true,
    send: [update('', '', '18cb00')],
    entry: { disposition: 'session-reset', offset: 21, subcode: 10 },
  },
  {
    name: 'a ROUTE-REFRESH that is too short',
    established: true,
    send: [message(REFRESH, '000100')],
    entry: {
      type: 'ROUTE-REFRESH',
      disposition: 'session-reset',
      offset: 16,
      code: 7,
      subcode: 1,
      rfc: 'RFC 7313 section 5',
    },
  },
];

test.each(CASES)('error ring: $name', async ({ send, established, entry }) => {
  const { subject, status, port } = stage;
  await until(() => status().state === 'Active', 'the neighbor waits for its peer');
  const before = subject.speaker.errors(BAD)[0]?.sequence ?? 0;
  const peer = await RawPeer.connect(port, BAD);
  if (established) await peer.establish();
  else await peer.next(OPEN);
  peer.send(...send);
  await until(() => (subject.speaker.errors(BAD)[0]?.sequence ?? 0) > before, 'the entry');
  peer.socket.end();
  await peer.closed;

  const [kept, ...older] = subject.speaker.errors(BAD).filter(({ sequence }) => sequence > before);
  expect(kept).toMatchObject({ peer: BAD, truncated: false, ...entry });
  expect(older).toEqual([]);
  expect(Date.parse(kept!.time)).toBeGreaterThan(Date.now() - 60_000);
  expect(send.at(-1)!.endsWith(kept!.bytes)).toBe(true);
  // What is exported can be replayed, and says the same.
  const [fixture] = JSON.parse(formatFixtures([kept!])) as ErrorFixture[];
  expect(replay(fixture!)).toEqual(fixture!.expect);
});

test('error ring: good messages leave nothing, and every bad one was counted', async () => {
  const { subject, status } = stage;
  expect(subject.speaker.errors().every(({ peer }) => peer === BAD)).toBe(true);
  const tally = (wanted: string) => CASES.filter(({ entry }) => entry.disposition === wanted).length;
  expect(status().errors).toEqual({
    attributeDiscard: tally('attribute-discard'),
    treatAsWithdraw: tally('treat-as-withdraw'),
    familyDisable: tally('disable-family'),
    sessionReset: tally('session-reset'),
    connectionClosed: tally('connection-closed'),
    overwritten: 0,
  });
  expect(() => subject.speaker.errors('127.0.0.99')).toThrow('there is no neighbor 127.0.0.99');
  await stage.untouched();
});

test('error ring: outlives the neighbor', async () => {
  await using other = await scene();
  const { speaker } = other.subject;
  const peer = await RawPeer.connect(other.port, BAD);
  peer.send(openMessage({ version: 3 }));
  await peer.closed;
  speaker.apply(configOf('{ as: 65001, router-id: 10.0.0.1, listen: ["127.0.0.1:0"] }'));
  expect(speaker.neighbor(BAD)).toBeUndefined();
  expect(speaker.errors(BAD)).toHaveLength(1);
});

function malformed(changes: Partial<MalformedMessage> = {}): MalformedMessage {
  const bytes = changes.bytes ?? new Uint8Array(23);
  return {
    type: 2,
    bytes,
    start: 0,
    end: bytes.length,
    at: 19,
    attribute: 0,
    code: 3,
    subcode: 1,
    reason: 'malformed attribute list',
    rfc: 'RFC 4271 section 6.3',
    disposition: 'session-reset',
    context: undefined,
    ...changes,
  };
}

describe('ErrorRings', () => {
  test('the newest messages of a neighbor are kept, the others counted', () => {
    const rings = new ErrorRings();
    for (let i = 0; i < MAX_ERRORS_PER_NEIGHBOR + 5; i++) rings.add(BAD, malformed({ at: i }));
    const entries = rings.entries(BAD);
    expect(entries.map(({ offset }) => offset)).toEqual(
      Array.from({ length: MAX_ERRORS_PER_NEIGHBOR }, (_, i) => MAX_ERRORS_PER_NEIGHBOR + 4 - i),
    );
    expect(rings.totals(BAD)).toMatchObject({ sessionReset: MAX_ERRORS_PER_NEIGHBOR + 5, overwritten: 5 });
  });

  test('a long message is cut, and says so; no fixture is made of it', () => {
    const rings = new ErrorRings();
    rings.add(BAD, malformed({ bytes: new Uint8Array(65_535) }));
    const [entry] = rings.entries();
    expect(entry).toMatchObject({ truncated: true, length: 65_535 });
    expect(entry!.bytes).toHaveLength(MAX_ERROR_MESSAGE_BYTES * 2);
    expect(formatFixtures([entry!])).toBe('[]\n');
  });

  test('the bytes are a copy', () => {
    const rings = new ErrorRings();
    const bytes = Buffer.alloc(30);
    rings.add(BAD, malformed({ bytes, start: 5, at: 24 }));
    bytes.fill(0xff);
    expect(rings.entries()).toMatchObject([{ bytes: '00'.repeat(25), offset: 19, length: 25 }]);
  });

  test('of too many addresses the one that has been quiet longest is forgotten', () => {
    const rings = new ErrorRings();
    for (let i = 0; i < MAX_ERROR_RINGS; i++) rings.add(`10.0.0.${i}`, malformed());
    rings.add('10.0.0.0', malformed());
    rings.add('10.1.0.0', malformed());
    expect([rings.has('10.0.0.0'), rings.has('10.0.0.1'), rings.has('10.1.0.0')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(rings.forgotten).toBe(1);
    expect(rings.entries()).toHaveLength(MAX_ERROR_RINGS + 1);
  });
});
