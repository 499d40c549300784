/** BGPPeers: which neighbor each becomes, field by field, or why none. */
import { expect, test } from 'vitest';
import { evaluateText, objectOf, PEER } from './evaluated.ts';

function peer(spec: string, version = 'v1beta2'): string {
  return `
apiVersion: metallb.io/${version}
kind: BGPPeer
metadata: { name: tor, namespace: metallb-system }
spec: { ${spec} }
---`;
}

const BASE = 'myASN: 64500, peerASN: 64501, peerAddress: 10.0.0.2';

function neighborOf(spec: string, more = '', version?: string) {
  return evaluateText(peer(spec, version) + more).supplement.neighbors[0];
}

test('a neighbor that accepts nothing and hears what advertisements say (RFC 8212)', () => {
  expect(neighborOf(BASE)).toMatchObject({
    address: '10.0.0.2',
    peerAs: 64501,
    description: 'tor',
    import: ['reject'],
    export: ['metallb:tor'],
    holdTimeSeconds: 90,
    port: 179,
    passive: false,
    families: ['ipv4-unicast'],
    multihop: undefined,
  });
  expect(evaluateText(peer(BASE)).supplement.policies).toMatchObject([
    { name: 'metallb:tor', terms: [], end: 'reject' },
  ]);
});

test.each([
  ['holdTime: 1m30s', { holdTimeSeconds: 90 }],
  ['holdTime: 0s', { holdTimeSeconds: 0 }],
  ['connectTime: 7s', { connectRetrySeconds: 7 }],
  ['peerPort: 1790', { port: 1790 }],
  ['sourceAddress: 10.0.0.9', { localAddress: '10.0.0.9' }],
  ['ebgpMultiHop: true', { multihop: 255 }],
  ['password: key', { password: 'key' }],
  ['dualStackAddressFamily: true', { families: ['ipv4-unicast', 'ipv6-unicast'] }],
  ['disableMP: true', { families: ['ipv4-unicast'] }],
])('%s', (field, settings) => {
  expect(neighborOf(`${BASE}, ${field}`)).toMatchObject(settings);
});

test('dynamicASN, and a peer over IPv6', () => {
  const spec = 'myASN: 64500, dynamicASN: internal, peerAddress: "FD00::2"';
  expect(neighborOf(spec)).toMatchObject({
    peerAs: 'internal',
    address: 'fd00::2',
    families: ['ipv6-unicast'],
  });
});

test('v1beta1: times of 0s and port 0 are those that are not given', () => {
  const spec = `${BASE}, holdTime: 0s, keepaliveTime: 0s, peerPort: 0, bfdProfile: ""`;
  expect(neighborOf(spec, '', 'v1beta1')).toMatchObject({ holdTimeSeconds: 90, port: 179 });
});

const secret = (content: string) => `
apiVersion: v1
kind: Secret
metadata: { name: key, namespace: metallb-system }
${content}
---`;

test('passwordSecret: a Secret of type basic-auth beside it, else no session', () => {
  const spec = `${BASE}, passwordSecret: { name: key }`;
  const good = secret('type: kubernetes.io/basic-auth\ndata: { password: aGVsbG8= }');
  expect(neighborOf(spec, good)).toMatchObject({ password: 'hello' });
  expect(
    neighborOf(spec, secret('type: kubernetes.io/basic-auth\nstringData: { password: plain }')),
  ).toMatchObject({
    password: 'plain',
  });
  for (const [more, reason] of [
    ['', 'Secret metallb-system/key is not among the manifests'],
    [secret('type: Opaque\ndata: { password: aGVsbG8= }'), 'has type Opaque'],
    [secret('type: kubernetes.io/basic-auth'), 'has no password'],
  ] as const) {
    const evaluation = evaluateText(peer(spec) + more);
    expect(evaluation.supplement.neighbors).toEqual([]);
    expect(objectOf(evaluation, 'BGPPeer', 'tor')).toMatchObject({ state: 'refused' });
    expect(objectOf(evaluation, 'BGPPeer', 'tor').reason).toContain(reason);
  }
});

test.each([
  ['myASN: 64500, peerAddress: 10.0.0.2', 'neither peerASN nor dynamicASN'],
  [`${BASE}, dynamicASN: external`, 'both peerASN and dynamicASN'],
  ['myASN: 64500, peerASN: 64501', 'neither peerAddress nor interface'],
  [`${BASE}, interface: eth0`, 'both peerAddress and interface'],
  [`${BASE}, disableMP: true, dualStackAddressFamily: true`, 'contradict each other'],
  [`${BASE}, sourceAddress: "fd00::1"`, 'different IP versions'],
  [`${BASE}, holdTime: 9s, keepaliveTime: 10s`, 'longer than the hold time'],
  [`${BASE}, password: a, passwordSecret: { name: key }`, 'both password and passwordSecret'],
  [`${BASE}, password: ${'x'.repeat(81)}`, 'TCP MD5 takes 80'],
  [`${BASE}, holdTime: 2s`, '`spec.holdTime`: `2s` is too short'],
  [`${BASE}, holdTime: 90`, '`spec.holdTime`: it should be text'],
  [`${BASE}, connectTime: 1500ms`, 'not a whole number of seconds'],
  [`${BASE}, peerPort: 20000`, '`20000` is too big'],
  ['peerASN: 1, peerAddress: 10.0.0.2', 'missing `spec.myASN`'],
])('refused: %s', (spec, reason) => {
  const evaluation = evaluateText(peer(spec));
  expect(evaluation.supplement.neighbors).toEqual([]);
  expect(objectOf(evaluation, 'BGPPeer', 'tor')).toMatchObject({ state: 'refused' });
  expect(objectOf(evaluation, 'BGPPeer', 'tor').reason).toContain(reason);
});

test('a neighbor of the configuration goes before, and of two peers with one address the first', () => {
  const more = 'neighbors: [{ address: 10.0.0.2, peer-as: 64501, import: accept, export: accept }]';
  const evaluation = evaluateText(PEER, { more });
  expect(evaluation.supplement.neighbors).toEqual([]);
  expect(objectOf(evaluation, 'BGPPeer', 'tor').reason).toContain('is a neighbor of the configuration');
  const twins = evaluateText(PEER + PEER.replace('name: tor', 'name: a-tor'));
  expect(twins.supplement.neighbors.map(({ description }) => description)).toEqual(['a-tor']);
  expect(objectOf(twins, 'BGPPeer', 'tor').reason).toContain('the peer of BGPPeer a-tor already');
});

test('a field that does not exist is noted, with the one that was meant', () => {
  const { notes } = objectOf(evaluateText(peer(`${BASE}, holdtime: 9s`)), 'BGPPeer', 'tor');
  expect(notes).toEqual(['`spec.holdtime` is not a field of this kind; did you mean `holdTime`?']);
});
