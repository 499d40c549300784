/**
 * Waits for the links of a container: containerlab adds them after the container was started, and says in
 * `CLAB_INTFS` how many there will be.
 *
 * Counted are Ethernet interfaces that are up, but for eth0, which is the management network. What every namespace
 * has by itself (lo, tunl0, gretap0 ...) has another type or no address, and does not count.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';

const DIRECTORY = '/sys/class/net';
const MANAGEMENT = 'eth0';
/** ARPHRD_ETHER and IFF_UP of Linux. */
const ETHERNET = 1;
const UP = 1;

const LOOK_AGAIN_MILLISECONDS = 100;

/** After so long we go on without the rest: sessions over links that are there must not wait for others for ever. */
const LONGEST_WAIT_MILLISECONDS = 60_000;

/** Number of links that are up. @param directory where the kernel shows its interfaces; tests have their own. */
export function countLinks(directory: string = DIRECTORY): number {
  const read = (name: string, file: string): string =>
    readFileSync(join(directory, name, file), 'utf8').trim();
  try {
    return readdirSync(directory).filter((name) => {
      try {
        if (name === MANAGEMENT || Number(read(name, 'type')) !== ETHERNET) return false;
        return (Number(read(name, 'flags')) & UP) !== 0 && /[1-9a-f]/.test(read(name, 'address'));
      } catch {
        return false; // Removed or renamed while we looked.
      }
    }).length;
  } catch {
    return 0;
  }
}

export interface InterfaceWait {
  readonly count: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly links?: () => number;
  readonly longestMilliseconds?: number;
}

/** Resolves with the number of links when there are `count` of them, the wait was ended, or a minute is over. */
export function waitForInterfaces({
  count,
  signal,
  clock = systemClock,
  links = countLinks,
  longestMilliseconds = LONGEST_WAIT_MILLISECONDS,
}: InterfaceWait): Promise<number> {
  const until = clock.now() + longestMilliseconds;
  return new Promise((resolve) => {
    const look = (): void => {
      const now = links();
      if (now < count && clock.now() < until && !signal.aborted) {
        timer.start(LOOK_AGAIN_MILLISECONDS);
        return;
      }
      timer.stop();
      signal.removeEventListener('abort', look);
      resolve(now);
    };
    const timer = clock.timer(look);
    signal.addEventListener('abort', look);
    look();
  });
}
