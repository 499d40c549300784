/** Allocation as a whole: whatever the services are, no address twice unless shared, and nothing moves without need. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evaluation } from '../../../src/frontends/metallb/evaluate.ts';
import { EVERYTHING, evaluateFiles, evaluateText, objectOf, PEER, pool, service } from './evaluated.ts';

interface Wish {
  readonly name: string;
  readonly key: string;
  readonly port: number;
  readonly policy: string;
  readonly app: string;
  readonly families: string;
  readonly asks: string | undefined;
}

const wish = (name: string): fc.Arbitrary<Wish> =>
  fc.record({
    name: fc.constant(name),
    key: fc.constantFrom('', '', 'a', 'b'),
    port: fc.constantFrom(53, 80, 443),
    policy: fc.constantFrom('Cluster', 'Local'),
    app: fc.constantFrom('x', 'y'),
    families: fc.constantFrom('SingleStack', 'PreferDualStack', 'RequireDualStack'),
    asks: fc.constantFrom(undefined, undefined, '192.0.2.2', '192.0.2.5', '192.0.2.200'),
  });
const wishes = fc
  .integer({ min: 1, max: 8 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => wish(`s${i}`))));

function manifest({ name, key, port, policy, app, families, asks }: Wish): string {
  const annotations = [
    ...(key === '' ? [] : [`metallb.io/allow-shared-ip: ${key}`]),
    ...(asks === undefined ? [] : [`metallb.io/loadBalancerIPs: ${asks}`]),
  ];
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name}, annotations: { ${annotations.join(', ')} } }
spec:
  type: LoadBalancer
  ipFamilyPolicy: ${asks === undefined ? families : 'SingleStack'}
  externalTrafficPolicy: ${policy}
  selector: { app: ${app} }
  ports: [{ port: ${port} }]
---`;
}

const POOLS = `${pool('192.0.2.0/29, "2001:db8::/126"', ', avoidBuggyIPs: true')}${pool('192.0.2.64/31', '', 'second')}`;

function assigned(evaluation: Evaluation): Record<string, readonly string[]> {
  return Object.fromEntries([...evaluation.assigned].sort());
}

test('no two services have one address, unless both share it, on other ports and with the same endpoints', () => {
  fc.assert(
    fc.property(wishes, (list) => {
      const { assigned: all } = evaluateText(POOLS + list.map(manifest).join(''));
      for (const a of list)
        for (const b of list) {
          const other = all.get(`default/${b.name}`) ?? [];
          if (a === b || !all.get(`default/${a.name}`)?.some((address) => other.includes(address))) continue;
          expect(a.key).not.toBe('');
          expect(b.key).toBe(a.key);
          expect(b.port).not.toBe(a.port);
          const backends = [a, b].map(({ policy, app }) => (policy === 'Local' ? app : ''));
          expect(backends[0]).toBe(backends[1]);
        }
    }),
  );
});

test('the order of files, and of objects in them, plays no part', () => {
  fc.assert(
    fc.property(wishes, fc.infiniteStream(fc.nat()), (list, numbers) => {
      const texts = [POOLS, ...list.map(manifest)];
      const shuffled = texts
        .map((text) => ({ text, at: numbers.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ text }, i): [string, string] => [`${i}.yaml`, text]);
      const apart = evaluateFiles(Object.fromEntries(shuffled));
      expect(assigned(apart)).toEqual(assigned(evaluateText(texts.join(''))));
    }),
  );
});

test('with what was assigned before, all keep it, whoever comes and goes', () => {
  fc.assert(
    fc.property(wishes, fc.nat(7), (list, gone) => {
      const before = evaluateText(POOLS + list.map(manifest).join('')).assigned;
      const rest = list.filter((_, i) => i !== gone);
      const newcomer = manifest({ ...list[0]!, name: 'a-newcomer', asks: undefined });
      const after = evaluateText(POOLS + newcomer + rest.map(manifest).join(''), {
        previous: before,
      }).assigned;
      for (const { name } of rest) {
        const kept = before.get(`default/${name}`);
        // Who prefers two IP versions may get the second one later.
        if (kept !== undefined)
          expect(after.get(`default/${name}`)).toEqual(expect.arrayContaining([...kept]));
      }
    }),
  );
});

test('avoidBuggyIPs: neither .0 nor .255 is assigned, nor is it to be had', () => {
  const text = pool('192.0.2.254-192.0.3.1', ', avoidBuggyIPs: true');
  expect(assigned(evaluateText(text + service('a') + service('b') + service('c')))).toEqual({
    'default/a': ['192.0.2.254'],
    'default/b': ['192.0.3.1'],
  });
});

test('who was created first comes first; who asks for an address comes before', () => {
  const text = `${pool('192.0.2.1-192.0.2.3')}
${service('a', '', ', creationTimestamp: "2026-01-03T00:00:00Z"')}
${service('b', '', ', creationTimestamp: "2026-01-02T00:00:00Z"')}
${service('c', ', loadBalancerIP: 192.0.2.1', ', creationTimestamp: "2026-01-04T00:00:00Z"')}`;
  expect(assigned(evaluateText(text))).toEqual({
    'default/a': ['192.0.2.3'],
    'default/b': ['192.0.2.2'],
    'default/c': ['192.0.2.1'],
  });
});

test('another pool asked for, another address asked for: the service moves; a pool that shrinks moves those outside', () => {
  const previous = new Map([['default/a', ['192.0.2.1']]]);
  const pools = pool('192.0.2.0/29') + pool('192.0.2.64/29', '', 'second');
  const after = (text: string) => assigned(evaluateText(text, { previous }))['default/a'];
  expect(after(pools + service('a'))).toEqual(['192.0.2.1']);
  expect(after(pools + service('a', '', ', annotations: { metallb.io/address-pool: second }'))).toEqual([
    '192.0.2.64',
  ]);
  expect(after(pools + service('a', ', loadBalancerIP: 192.0.2.3'))).toEqual(['192.0.2.3']);
  expect(after(pool('192.0.2.4/30') + service('a'))).toEqual(['192.0.2.4']);
});

test('an enormous pool costs nothing', () => {
  const evaluation = evaluateText(pool('"2001:db8::/32"') + service('a', ', ipFamilies: [IPv6]'));
  expect(assigned(evaluation)).toEqual({ 'default/a': ['2001:db8::'] });
  expect(objectOf(evaluation, 'IPAddressPool', 'pool').counts?.availableIPv6).toBe(String(2n ** 96n - 1n));
});

test('PreferDualStack: one IP version will do, and the second one comes when there is one', () => {
  const prefers = service('a', ', ipFamilyPolicy: PreferDualStack');
  const before = evaluateText(pool('192.0.2.0/30') + prefers);
  expect(objectOf(before, 'Service', 'a')).toMatchObject({
    addresses: ['192.0.2.0'],
    notes: ['it would rather have both IP versions'],
  });
  const after = evaluateText(pool('192.0.2.0/30, "2001:db8::/126"') + prefers, { previous: before.assigned });
  expect(assigned(after)).toEqual({ 'default/a': ['192.0.2.0', '2001:db8::'] });
});

test('autoAssign and serviceAllocation: who gets nothing is told why', () => {
  const none = evaluateText(pool('192.0.2.0/30', ', autoAssign: false') + service('a'));
  expect(objectOf(none, 'Service', 'a').reason).toContain('no pool assigns addresses to it by itself');
  expect(objectOf(evaluateText(service('a')), 'Service', 'a').reason).toBe('there is no address pool');
});

test('a peer that is told of nothing: no advertisement, no endpoint, no session', () => {
  const all = PEER + EVERYTHING + pool('192.0.2.0/30') + service('a');
  expect(evaluateText(all).routes).toMatchObject([{ prefix: '192.0.2.0/32', peers: ['10.0.0.2'] }]);
  for (const [left, reason] of [
    [PEER, 'no BGPPeer has a session here'],
    [EVERYTHING, 'no BGPAdvertisement that is in force here is about it (pool pool)'],
  ] as const) {
    const evaluation = evaluateText(all.replace(left, ''));
    expect(evaluation.routes).toEqual([]);
    expect(objectOf(evaluation, 'Service', 'a').reason).toBe(reason);
  }
  const labels = '{ node.kubernetes.io/exclude-from-external-load-balancers: "" }';
  expect(evaluateText(all, { labels }).routes).toEqual([]);
});
