/** What `explain` says stays true while routes of all kinds come, change and go in random order. */
import { expect, test } from 'vitest';
import { Random } from '../../src/fuzz/random.ts';
import { compare } from './explain-compare.ts';
import { address, Network, type PeerName } from './explain-network.ts';

const ROUNDS = 15;
const CHANGES = 12;
const SOURCES: readonly PeerName[] = ['up', 'second', 'inside', 'provider', 'customer', 'limited'];
const PREFIXES = [
  ...[1, 2, 3, 4, 66, 100, 101, 250].map((octet) => `10.${octet}.0.0/16`),
  ...[1, 2].map((octet) => `10.200.${octet}.0/24`),
];
/** Nothing, LOCAL_PREF by policy, NO_EXPORT, NO_ADVERTISE, OTC, MED, a malformed MED. */
const EXTRAS = [
  '',
  'c00804fdea00c8',
  'c00804ffffff01',
  'c00804ffffff02',
  'c023040000fde9',
  '80040400000007',
  '8004020102',
];

test.each([1, 2])(
  'after every round of random changes (seed %i)',
  async (seed) => {
    const random = new Random(seed);
    const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!;
    await using network = await Network.start();
    const { speaker } = network.subject;
    const named = new Set([...PREFIXES, '0.0.0.0/0', '10.102.0.0/16', '10.200.0.0/16']);
    let sent = 0;
    for (let round = 0; round < ROUNDS; round++) {
      for (let change = 0; change < CHANGES; change++) {
        const name = pick(SOURCES);
        const prefix = pick(PREFIXES);
        const kind = random.below(8);
        if (kind === 0) speaker.ownRoutes.withdraw('test', prefix);
        else if (kind === 1)
          speaker.ownRoutes.announce('test', {
            prefix,
            ...(random.below(2) === 0 && { peers: [address('up'), address('picky')] }),
          });
        else if (kind === 2) network.withdraw(name, prefix);
        else if (kind === 3 && change === 0) speaker.clear(address(pick(SOURCES)), 'out');
        else
          network.announce(name, prefix, {
            origin: random.below(3),
            nextHop: pick(['127.0.1.77', '127.0.1.4', '127.0.1.13']),
            extra: pick(EXTRAS),
          });
      }
      await network.settled();
      sent += compare(network, named);
    }
    expect(sent).toBeGreaterThan(ROUNDS * 20);
  },
  60_000,
);
