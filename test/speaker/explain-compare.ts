/** What `explain` says of every peer, against what the peers have heard. */
import { expect } from 'vitest';
import type { RouteEntry } from '../../src/speaker/status.ts';
import { address, type Network, PEERS, type PeerName } from './explain-network.ts';

/** The route as `Receiver` describes what was heard; OTC is not part of an entry. */
function asHeard(entry: RouteEntry): string {
  const fields: [string, string | number | undefined][] = [
    ['origin', entry.origin],
    ['asPath', entry.asPath],
    ['nextHop', entry.nextHop],
    ['med', entry.med],
    ['localPref', entry.localPref],
    ['atomicAggregate', entry.atomicAggregate ? 'atomic-aggregate' : undefined],
    ['aggregator', entry.aggregator],
    ['communities', entry.communities.length > 0 ? entry.communities.join(' ') : undefined],
    ['originatorId', entry.originatorId],
    ['clusterList', entry.clusterList.length > 0 ? entry.clusterList.join(' ') : undefined],
  ];
  return fields.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`])).join(' ');
}

const withoutOtc = (text: string | undefined) => text?.replace(/ onlyToCustomer=\d+/, '');

/**
 * For every peer and prefix: explain says that it was sent exactly when the peer has it, with the attributes it has;
 * and where nothing is pending, the reason says the same. Returns how many routes the peers have.
 */
export function compare(network: Network, named: ReadonlySet<string>): number {
  let sent = 0;
  for (const name of Object.keys(PEERS) as PeerName[]) {
    const heard = network.heard(name);
    for (const prefix of named) {
      const place = `${prefix} to ${name}`;
      const told = network.subject.speaker.explain({ prefix, to: address(name) }).exports[0]!;
      expect(told.sent && asHeard(told.sent), place).toBe(withoutOtc(heard.get(prefix)));
      const passes = told.cause === 'sent' || told.cause === 'default-originate';
      if (told.pending === undefined) expect(told.sent !== undefined, `${place}: ${told.cause}`).toBe(passes);
      else expect(name, `${place}: ${told.pending.reason}`).toBe('paced');
      if (told.sent !== undefined) sent++;
    }
    expect([...heard.keys()].filter((prefix) => !named.has(prefix))).toEqual([]);
  }
  return sent;
}
