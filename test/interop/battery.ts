/**
 * What every other BGP daemon must be able to do with bellhop.
 */
import { describe } from 'vitest';
import { describeLab } from './lab/guard.ts';
import type { PeerDaemon } from './lab/peer.ts';
import { lifeOfASession } from './session-life.ts';
import { sessionSetups } from './session-setups.ts';

/** The tests of one daemon. */
export function battery(daemon: PeerDaemon): void {
  describeLab(`interop with ${daemon.name}`, [daemon], () => {
    describe('a session', () => lifeOfASession(daemon));
    describe('a session set up in another way', () => sessionSetups(daemon));
  });
}
