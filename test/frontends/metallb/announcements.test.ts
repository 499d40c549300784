/** Announcements: one route for each prefix, and for each peer a policy that says what it is told of it. */
import { expect, test } from 'vitest';
import type { Policy } from '../../../src/policy/types.ts';
import { EVERYTHING, evaluateText, objectOf, pool, service } from './evaluated.ts';

const peer = (name: string, address: string, as = 64501) => `
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: ${name} }
spec: { myASN: 64500, peerASN: ${as}, peerAddress: ${address} }
---`;

const advertisement = (name: string, spec: string) => `
apiVersion: metallb.io/v1beta1
kind: BGPAdvertisement
metadata: { name: ${name} }
spec: { ${spec} }
---`;

const TWO = peer('a', '10.0.0.1') + peer('b', '10.0.0.2') + pool('192.0.2.0/24') + service('web');

/** Prefixes and changes of each term, and the end. */
function written({ terms, end }: Policy): unknown[] {
  const told = terms.map(({ match, set }) => [
    match.flatMap((condition) =>
      condition.kind === 'prefix' ? condition.ranges.map(({ prefix }) => prefix) : [],
    ),
    set.flatMap((action) =>
      action.kind === 'communities-add' ? action.communities.map(({ text }) => text) : [],
    ),
  ]);
  return [...told, end];
}

test('all are told the same: the route has it, and the policies only let it through', () => {
  const text = TWO + advertisement('all', 'communities: ["64500:1", "large:64500:2:3"]');
  const { routes, supplement } = evaluateText(text);
  expect(routes).toEqual([
    {
      prefix: '192.0.2.0/32',
      localPref: undefined,
      communities: [64500 * 65536 + 1],
      largeCommunities: [[64500, 2, 3]],
      peers: ['10.0.0.1', '10.0.0.2'],
    },
  ]);
  for (const policy of supplement.policies)
    expect(written(policy)).toEqual([[['192.0.2.0/32'], []], 'reject']);
});

test('peers are told different things: the policy of the second one replaces what the route has', () => {
  const text =
    TWO +
    advertisement('one', 'communities: ["64500:1"]') +
    advertisement('two', 'communities: ["64500:2"], peers: [b]');
  const { routes, supplement } = evaluateText(text);
  expect(routes).toMatchObject([{ communities: [64500 * 65536 + 1] }]);
  expect(supplement.policies.map(written)).toEqual([
    [[['192.0.2.0/32'], []], 'reject'],
    [[['192.0.2.0/32'], ['64500:1', '64500:2']], [['192.0.2.0/32'], []], 'reject'],
  ]);
});

test('NO_ADVERTISE is said by policies alone: in the route it would hold us back', () => {
  const text = TWO + advertisement('all', 'communities: ["65535:65282", "64500:1"]');
  const { routes, supplement } = evaluateText(text);
  expect(routes).toMatchObject([{ communities: [64500 * 65536 + 1] }]);
  expect(written(supplement.policies[0]!)[0]).toEqual([['192.0.2.0/32'], ['64500:1', 'no-advertise']]);
});

test('policies do not change when endpoints come and go, so that no table is walked for it', () => {
  const text = TWO + EVERYTHING;
  const before = evaluateText(text);
  const after = evaluateText(text.replace('subsets: [{ addresses:', 'subsets: [{ notReadyAddresses:'));
  expect([before.routes.length, after.routes.length]).toEqual([1, 0]);
  expect(after.supplement).toEqual(before.supplement);
});

test('localPref: not towards eBGP peers, and 0 is none', () => {
  const text = peer('a', '10.0.0.1', 64500) + peer('b', '10.0.0.2') + pool('192.0.2.0/24') + service('web');
  const told = evaluateText(text + advertisement('all', 'localPref: 200'));
  expect(told.routes).toMatchObject([{ localPref: 200 }]);
  expect(told.supplement.policies[1]!.terms[0]!.set).toContainEqual({
    kind: 'local-pref',
    change: { kind: 'remove' },
  });
  expect(evaluateText(text + advertisement('all', 'localPref: 0')).routes).toMatchObject([
    { localPref: undefined },
  ]);
});

test('an IPv6 address is not for a session without IPv6', () => {
  const text =
    peer('a', '10.0.0.1') + pool('"2001:db8::/64"') + service('web', ', ipFamilies: [IPv6]') + EVERYTHING;
  const evaluation = evaluateText(text);
  expect(evaluation.routes).toEqual([]);
  expect(objectOf(evaluation, 'Service', 'web').reason).toContain('for its IP version');
});
