/** Connection collision (RFC 4271 section 6.8, RFC 6286 section 2.3). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Initiator, resolveCollision, type Speaker } from '../../src/fsm/collision.ts';
import type { SessionState } from '../../src/fsm/types.ts';

const low: Speaker = { routerId: 0x0a000001, as: 65001 };
const high: Speaker = { routerId: 0xc0000201, as: 65002 };

function resolve(
  local: Speaker,
  remote: Speaker,
  existing: Initiator,
  newer: Initiator,
  state: SessionState = 'OpenConfirm',
): string {
  return resolveCollision({
    local,
    remote,
    existing: { state, initiator: existing },
    newer: { initiator: newer },
  });
}

describe('resolveCollision: with the existing connection in OpenConfirm', () => {
  test('the connection opened by the lower identifier is closed, compared as unsigned numbers', () => {
    expect(resolve(low, high, 'local', 'remote')).toBe('existing');
    expect(resolve(low, high, 'remote', 'local')).toBe('newer');
    expect(resolve(high, low, 'local', 'remote')).toBe('newer');
    expect(resolve(high, low, 'remote', 'local')).toBe('existing');
  });

  test('with equal identifiers the higher AS keeps its connection (RFC 6286)', () => {
    const twin = { ...low, as: 4_200_000_000 };
    expect(resolve(low, twin, 'local', 'remote')).toBe('existing');
    expect(resolve(twin, low, 'local', 'remote')).toBe('newer');
  });

  test('of two connections opened by the same side the newer one is kept', () => {
    expect(resolve(low, high, 'remote', 'remote')).toBe('existing');
    expect(resolve(high, low, 'remote', 'remote')).toBe('existing');
  });

  test('both speakers close the same connection, whichever they saw first', () => {
    const speaker = fc.record({
      routerId: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      as: fc.constantFrom(1, 2),
    });
    fc.assert(
      fc.property(speaker, speaker, fc.boolean(), fc.boolean(), (a, b, aOwnFirst, bOwnFirst) => {
        fc.pre(a.routerId !== b.routerId || a.as !== b.as);
        // Whose connection is closed, as each of the two sees it.
        const closedBy = (local: Speaker, remote: Speaker, ownFirst: boolean): Speaker => {
          const existing: Initiator = ownFirst ? 'local' : 'remote';
          const newer: Initiator = ownFirst ? 'remote' : 'local';
          const loser = resolve(local, remote, existing, newer) === 'existing' ? existing : newer;
          return loser === 'local' ? local : remote;
        };
        expect(closedBy(a, b, aOwnFirst)).toBe(closedBy(b, a, bOwnFirst));
      }),
    );
  });
});

describe('resolveCollision: with the existing connection in another state', () => {
  test('Established: the newer one is closed, whoever is higher', () => {
    expect(resolve(low, high, 'local', 'remote', 'Established')).toBe('newer');
    expect(resolve(high, low, 'remote', 'local', 'Established')).toBe('newer');
  });

  test('OpenSent: the OPEN of the newer one tells who the peer is, so it is decided at once', () => {
    expect(resolve(low, high, 'local', 'remote', 'OpenSent')).toBe('existing');
    expect(resolve(high, low, 'local', 'remote', 'OpenSent')).toBe('newer');
  });

  test('OpenSent: two connections of one side both go on', () => {
    expect(resolve(low, high, 'remote', 'remote', 'OpenSent')).toBe('neither');
  });

  test('Connect and Active: a mere attempt gives way', () => {
    expect(resolve(high, low, 'local', 'remote', 'Connect')).toBe('existing');
    expect(resolve(high, low, 'local', 'remote', 'Active')).toBe('existing');
  });
});
