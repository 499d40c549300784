/** What we announce: the OPEN must be one that our own codec reads and our own negotiation accepts. */
import { expect, test } from 'vitest';
import { localCapabilities, localOpen } from '../../src/fsm/local-open.ts';
import { negotiate } from '../../src/fsm/negotiate.ts';
import { formatCapability } from '../../src/wire/capabilities/index.ts';
import { HEADER_LENGTH } from '../../src/wire/message.ts';
import { AS_TRANS, readOpen, writeOpen } from '../../src/wire/open.ts';
import { config, FAMILIES, offer } from './fixtures.ts';

test('localCapabilities: everything bellhop can do, in order of the codes', () => {
  expect(offer(65001).map(formatCapability)).toEqual([
    'multiprotocol ipv4-unicast',
    'multiprotocol ipv6-unicast',
    'route-refresh',
    'extended-next-hop ipv4-unicast via ipv6',
    'extended-message',
    'graceful-restart 0 s',
    'four-octet-as 65001',
    'enhanced-route-refresh',
  ]);
});

test('localCapabilities: leaves out what the configuration switches off or has no use for', () => {
  const names = localCapabilities({
    as: 65001,
    families: ['ipv6-unicast'],
    fourOctetAs: false,
    extendedMessage: false,
  }).map((capability) => capability.name);
  expect(names).toEqual(['multiprotocol', 'route-refresh', 'graceful-restart', 'enhanced-route-refresh']);
});

test('localCapabilities: our role, when there is one (RFC 9234 section 4.1)', () => {
  const settings = { as: 65001, families: FAMILIES, fourOctetAs: true, extendedMessage: true };
  const [role] = localCapabilities({ ...settings, role: 'rs-client' }).filter(({ name }) => name === 'role');
  expect(role).toMatchObject({ name: 'role', value: { role: 2 } });
});

test('localOpen: carries AS_TRANS in the 2-octet field when our AS needs four octets (RFC 6793 4.1)', () => {
  expect(localOpen(config({ localAs: 65535 })).as).toBe(65535);
  expect(localOpen(config({ localAs: 65536 })).as).toBe(AS_TRANS);
});

test('localOpen: survives the codec and is accepted by a bellhop on the other side', () => {
  const localAs = 4_200_000_001;
  const bytes = writeOpen(localOpen(config({ localAs, capabilities: offer(localAs, FAMILIES) })));
  const read = readOpen(bytes, HEADER_LENGTH, bytes.length);
  if (!read.ok) throw new Error('our own OPEN is not readable');
  const other = config({ localAs: 65002, routerId: 7, peerAs: localAs, capabilities: offer(65002) });
  const outcome = negotiate(other, read.open);
  expect(outcome).toMatchObject({ ok: true, negotiated: { peerAs: localAs, holdTimeSeconds: 90 } });
});
