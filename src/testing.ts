/**
 * `bellhop/testing`: speakers without sockets and without waiting, for tests.
 *
 * @example
 * const clock = new ManualClock();
 * const network = new MemoryNetwork(clock);
 * const speaker = new Speaker(config, { clock, transport: network.host('192.0.2.1') });
 * await speaker.start();
 * await clock.advance(60_000);
 */
export { ManualClock, type ManualClockOptions } from './testing/manual-clock.ts';
export { MemoryNetwork, type MemoryNetworkOptions } from './testing/memory-network.ts';
