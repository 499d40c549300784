/**
 * One test per rule of negotiation (RFC 4271 sections 4.2 and 6.2, and the RFCs of the capabilities).
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { localCapabilities } from '../../src/fsm/local-open.ts';
import { type Negotiation, negotiate } from '../../src/fsm/negotiate.ts';
import type { FsmConfig, Negotiated } from '../../src/fsm/types.ts';
import type { Capability } from '../../src/wire/capabilities/index.ts';
import { AS_TRANS, type OpenMessage } from '../../src/wire/open.ts';
import { config, FAMILIES, LOCAL_AS, LOCAL_ID, offer, PEER_AS, PEER_ID, peerOpen } from './fixtures.ts';

function agreed(changes: Partial<OpenMessage> = {}, ours: Partial<FsmConfig> = {}): Negotiated {
  const outcome = negotiate(config(ours), peerOpen(changes));
  if (!outcome.ok) throw new Error(`refused: ${outcome.text}`);
  return outcome.negotiated;
}

/** `2/6 the reason`, or `ok`. */
function refusal(changes: Partial<OpenMessage>, ours: Partial<FsmConfig> = {}): string {
  const outcome: Negotiation = negotiate(config(ours), peerOpen(changes));
  if (outcome.ok) return 'ok';
  return `${outcome.notification.code}/${outcome.notification.subcode} ${outcome.text}`;
}

/** An OPEN whose AS stands in both places. */
function from(as: number): Partial<OpenMessage> {
  return { as: as > 65535 ? AS_TRANS : as, capabilities: offer(as) };
}

const without = (name: Capability['name'], as = PEER_AS) =>
  offer(as).filter((capability) => capability.name !== name);

const multiprotocol = (afi: number, safi: number): Capability => ({
  name: 'multiprotocol',
  value: { afi, safi },
});

describe('negotiate: two equal speakers', () => {
  test('agree on everything both announce', () => {
    const open = peerOpen();
    expect(agreed()).toEqual({
      peerAs: PEER_AS,
      peerRouterId: PEER_ID,
      holdTimeSeconds: 90,
      keepaliveSeconds: 30,
      context: { as4: true, external: true, extendedMessage: true, families: 0b11, extendedNextHop: 0b01 },
      routeRefresh: true,
      enhancedRouteRefresh: true,
      gracefulRestart: true,
      open,
    });
  });
});

describe('negotiate: version (RFC 4271 6.2)', () => {
  test('another version than 4 is refused with 2/1, the data being our version', () => {
    const outcome = negotiate(config(), peerOpen({ version: 3 }));
    expect(outcome).toMatchObject({ ok: false, notification: { code: 2, subcode: 1 } });
    expect(!outcome.ok && toHex(outcome.notification.data)).toBe('0004');
  });

  test('comes before every other check', () => {
    expect(refusal({ version: 3, as: 0, routerId: 0, holdTimeSeconds: 1 })).toMatch(/^2\/1/);
  });
});

describe('negotiate: AS number', () => {
  test('must be the configured one, else 2/2', () => {
    expect(refusal(from(65003))).toBe('2/2 peer is AS 65003, expected AS 65002');
  });

  test('external accepts any other AS than ours, internal only ours', () => {
    expect(refusal(from(65003), { peerAs: 'external' })).toBe('ok');
    expect(refusal(from(LOCAL_AS), { peerAs: 'external' })).toMatch(/^2\/2/);
    expect(refusal(from(LOCAL_AS), { peerAs: 'internal' })).toBe('ok');
    expect(refusal(from(65003), { peerAs: 'internal' })).toMatch(/^2\/2/);
  });

  test('0 is refused whatever is expected (RFC 7607)', () => {
    for (const peerAs of [0, 'external', 'internal'] as const)
      expect(refusal(from(0), { peerAs })).toMatch(/^2\/2/);
  });

  test('AS_TRANS is nobody, in the field alone or in the capability (RFC 6793)', () => {
    const capabilities = without('four-octet-as');
    expect(refusal({ as: AS_TRANS, capabilities }, { peerAs: 'external' })).toMatch(/^2\/2/);
    expect(refusal(from(AS_TRANS), { peerAs: AS_TRANS })).toMatch(/^2\/2/);
  });

  test('of more than 16 bits comes from the capability', () => {
    expect(agreed(from(4_200_000_000), { peerAs: 4_200_000_000 }).peerAs).toBe(4_200_000_000);
  });

  test('in the capability counts when the 2-octet field disagrees', () => {
    expect(agreed({ as: 1 }).peerAs).toBe(PEER_AS);
  });

  test('decides whether the session is external', () => {
    expect(agreed({}, { peerAs: 'external' }).context.external).toBe(true);
    expect(agreed(from(LOCAL_AS), { peerAs: 'internal' }).context.external).toBe(false);
    expect(agreed(from(LOCAL_AS), { peerAs: LOCAL_AS }).context.external).toBe(false);
  });
});

describe('negotiate: capabilities bellhop reads but does not negotiate', () => {
  const others: readonly Capability[] = [
    { name: 'orf', value: [{ afi: 1, safi: 1, types: [{ type: 64, direction: 3 }] }] },
    { name: 'role', value: { role: 0 } },
    { name: 'dynamic', value: [1, 69] },
    { name: 'add-path', value: [{ afi: 1, safi: 1, direction: 3 }] },
    { name: 'llgr', value: [{ afi: 1, safi: 1, forwarding: true, staleTimeSeconds: 60 }] },
    { name: 'fqdn', value: { host: 'r1', domain: 'example.com' } },
    { name: 'software-version', value: { version: 'x' } },
    { name: 'paths-limit', value: [{ afi: 1, safi: 1, limit: 1 }] },
    { name: 'link-local-next-hop', value: true },
    { name: 'multiprotocol', value: { afi: 25, safi: 70 } },
    { name: 'multiprotocol', value: { afi: 1, safi: 128 } },
  ];

  test('change nothing, whichever the peer offers', () => {
    const plain = agreed();
    for (const other of [...others.map((one) => [one]), others]) {
      const outcome = agreed({ capabilities: [...peerOpen().capabilities, ...other] });
      expect({ ...outcome, open: undefined }).toEqual({ ...plain, open: undefined });
    }
  });

  test('families without tables alone are no family in common', () => {
    const capabilities = [...without('multiprotocol'), ...others];
    expect(refusal({ capabilities })).toMatch(/^2\/7/);
  });
});

describe('negotiate: BGP identifier (RFC 6286)', () => {
  test('0 is refused with 2/3', () => {
    expect(refusal({ routerId: 0 })).toBe('2/3 peer has BGP identifier 0.0.0.0');
  });

  test('ours is refused with 2/3 inside our AS, and legal in another', () => {
    expect(refusal({ ...from(LOCAL_AS), routerId: LOCAL_ID }, { peerAs: 'internal' })).toMatch(/^2\/3/);
    expect(refusal({ routerId: LOCAL_ID })).toBe('ok');
  });
});

describe('negotiate: hold time (RFC 4271 4.2)', () => {
  test('is the smaller of both, keepalives come at a third of it', () => {
    expect(agreed({ holdTimeSeconds: 30 })).toMatchObject({ holdTimeSeconds: 30, keepaliveSeconds: 10 });
    expect(agreed({ holdTimeSeconds: 65535 })).toMatchObject({ holdTimeSeconds: 90, keepaliveSeconds: 30 });
    expect(agreed({ holdTimeSeconds: 3 })).toMatchObject({ holdTimeSeconds: 3, keepaliveSeconds: 1 });
  });

  test('of 1 or 2 seconds is refused with 2/6 even without a minimum', () => {
    for (const holdTimeSeconds of [1, 2])
      expect(refusal({ holdTimeSeconds }, { minimumHoldTimeSeconds: 0 })).toMatch(/^2\/6/);
  });

  test('below our minimum is refused with 2/6', () => {
    expect(refusal({ holdTimeSeconds: 19 }, { minimumHoldTimeSeconds: 20 })).toBe(
      '2/6 peer proposes hold time 19, the minimum here is 20',
    );
    expect(refusal({ holdTimeSeconds: 20 }, { minimumHoldTimeSeconds: 20 })).toBe('ok');
  });

  test('of 0 means no keepalives, and is accepted only with minimum 0', () => {
    expect(refusal({ holdTimeSeconds: 0 })).toMatch(/^2\/6/);
    expect(agreed({ holdTimeSeconds: 0 }, { minimumHoldTimeSeconds: 0 })).toMatchObject({
      holdTimeSeconds: 0,
      keepaliveSeconds: 0,
    });
  });
});

describe('negotiate: address families (RFC 4760, RFC 5492)', () => {
  test('are those both offer', () => {
    expect(agreed({ capabilities: [multiprotocol(2, 1), multiprotocol(25, 70)] }).context.families).toBe(
      0b10,
    );
    expect(agreed({}, { families: ['ipv6-unicast'] }).context.families).toBe(0b10);
  });

  test('a peer without the multiprotocol capability offers IPv4 unicast', () => {
    expect(agreed({ capabilities: [] }).context.families).toBe(0b01);
  });

  test('a peer that offers only families we do not speak does not offer IPv4 by silence', () => {
    expect(refusal({ capabilities: [multiprotocol(25, 70)] })).toMatch(/^2\/7/);
  });

  test('none in common is refused with 2/7, the data being the capabilities that would have helped', () => {
    const capabilities = offer(LOCAL_AS, ['ipv6-unicast']);
    const outcome = negotiate(
      config({ families: ['ipv6-unicast'], capabilities }),
      peerOpen({ capabilities: [] }),
    );
    expect(outcome).toMatchObject({ ok: false, notification: { code: 2, subcode: 7 } });
    expect(!outcome.ok && toHex(outcome.notification.data)).toBe('010400020001');
    expect(!outcome.ok && outcome.text).toContain('ipv6-unicast');
  });
});

describe('negotiate: capabilities count only when both announce them', () => {
  const bare = { as: LOCAL_AS, families: FAMILIES, fourOctetAs: false, extendedMessage: false };

  test('4-octet AS numbers (RFC 6793)', () => {
    expect(agreed({ capabilities: without('four-octet-as') }).context.as4).toBe(false);
    expect(agreed({}, { capabilities: localCapabilities(bare) }).context.as4).toBe(false);
  });

  test('extended messages (RFC 8654)', () => {
    expect(agreed({ capabilities: without('extended-message') }).context.extendedMessage).toBe(false);
    expect(agreed({}, { capabilities: localCapabilities(bare) }).context.extendedMessage).toBe(false);
  });

  test('IPv6 next hops of IPv4 routes, and only when IPv4 is agreed (RFC 8950)', () => {
    expect(agreed({ capabilities: without('extended-next-hop') }).context.extendedNextHop).toBe(0);
    expect(agreed({}, { families: ['ipv6-unicast'] }).context.extendedNextHop).toBe(0);
    const other: Capability = { name: 'extended-next-hop', value: [{ afi: 1, safi: 128, nextHopAfi: 2 }] };
    const capabilities = [...without('extended-next-hop'), other];
    expect(agreed({ capabilities }).context.extendedNextHop).toBe(0);
  });

  test('route refresh, plain and enhanced (RFC 2918, RFC 7313)', () => {
    expect(agreed({ capabilities: without('route-refresh') }).routeRefresh).toBe(false);
    expect(agreed({ capabilities: without('enhanced-route-refresh') }).enhancedRouteRefresh).toBe(false);
  });

  test('graceful restart is what the peer says', () => {
    expect(agreed({ capabilities: without('graceful-restart') }).gracefulRestart).toBe(false);
  });

  test('unknown and repeated ones do no harm (RFC 5492 3)', () => {
    const unknown: Capability = { name: 'unknown', code: 200, value: Uint8Array.of(1) };
    const capabilities = [unknown, ...offer(PEER_AS), ...offer(PEER_AS)];
    expect(agreed({ capabilities }).context).toEqual(agreed().context);
  });
});

test('negotiate: never throws, and what it agrees on is inside what both offered', () => {
  const u16 = fc.integer({ min: 0, max: 65535 });
  const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const capability: fc.Arbitrary<Capability> = fc.oneof(
    fc.constantFrom(...offer(PEER_AS)),
    fc.tuple(u16, fc.nat(255)).map(([afi, safi]) => multiprotocol(afi, safi)),
    u32.map((as): Capability => ({ name: 'four-octet-as', value: { as } })),
  );
  const open = fc.record({
    version: fc.constantFrom(4, 4, 4, 5),
    as: u16,
    holdTimeSeconds: fc.oneof(u16, fc.nat(4)),
    routerId: u32,
    capabilities: fc.array(capability, { maxLength: 8 }),
  });
  fc.assert(
    fc.property(open, fc.constantFrom<FsmConfig['peerAs']>('external', PEER_AS), (message, peerAs) => {
      const outcome = negotiate(config({ peerAs }), message);
      if (!outcome.ok) return outcome.notification.code === 2 && outcome.text !== '';
      const { holdTimeSeconds, context } = outcome.negotiated;
      return holdTimeSeconds >= 3 && holdTimeSeconds <= 90 && context.families > 0 && context.families <= 3;
    }),
    { numRuns: 1000 },
  );
});

describe('negotiate: roles (RFC 9234 section 4.2)', () => {
  const ROLES = ['provider', 'rs-server', 'rs-client', 'customer', 'peer'] as const;
  const saying = (...roles: number[]): Partial<OpenMessage> => ({
    capabilities: [...offer(PEER_AS), ...roles.map((role) => ({ name: 'role', value: { role } }) as const)],
  });
  const MATCHES: readonly string[] = ['0-3', '3-0', '1-2', '2-1', '4-4'];

  test.each(ROLES.flatMap((ours, i) => ROLES.map((theirs, j) => [ours, theirs, i, j] as const)))(
    'we are %s, the peer says %s',
    (role, theirs, i, j) => {
      const outcome = refusal(saying(j), { role });
      if (MATCHES.includes(`${i}-${j}`)) expect(outcome).toBe('ok');
      else expect(outcome).toBe(`2/11 our role is ${role}, but that of the peer is ${theirs} (RFC 9234)`);
    },
  );

  test('a peer that says none is refused in strict mode alone', () => {
    expect(refusal({}, { role: 'customer' })).toBe('ok');
    expect(refusal({}, { role: 'customer', roleStrict: true })).toContain('2/11 our role is customer');
    expect(refusal({}, { roleStrict: true })).toBe('ok');
  });

  test('the same role twice is one, two different ones are none', () => {
    expect(refusal(saying(0, 0), { role: 'customer' })).toBe('ok');
    expect(refusal(saying(0, 3), { role: 'customer' })).toContain('says several: provider, customer');
  });

  test('a number without a name matches nothing, and nothing matters without a role of our own', () => {
    expect(refusal(saying(77), { role: 'peer' })).toContain('that of the peer is number 77');
    expect(refusal(saying(77))).toBe('ok');
  });
});
