/** Manifest files: documents, lists, and what is wrong, with its place. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  bfdProfileSpec,
  bgpAdvertisementSpec,
  communitySpec,
  l2AdvertisementSpec,
} from '../../../src/frontends/metallb/kinds/advertisements.ts';
import { peerSpecV1beta2 } from '../../../src/frontends/metallb/kinds/peer.ts';
import { poolSpec } from '../../../src/frontends/metallb/kinds/pool.ts';
import { readFiles } from '../../../src/frontends/metallb/manifest-files.ts';
import { readManifests } from '../../../src/frontends/metallb/read.ts';
import { examples } from './example.ts';

function read(text: string) {
  return readManifests('a.yaml', text);
}

/** `LINE:COLUMN message` of everything that is wrong. */
function complaints(text: string): string[] {
  const { errors, objects } = read(text);
  return [...errors, ...objects.flatMap((object) => object.errors)].map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
}

test('several documents, empty ones, and lists of both forms', () => {
  const { objects, errors } = read(`---
---
apiVersion: v1
kind: Namespace
metadata: { name: a }
---
# nothing
---
apiVersion: v1
kind: List
items:
- { apiVersion: v1, kind: Namespace, metadata: { name: b } }
---
apiVersion: metallb.io/v1beta1
kind: CommunityList
items:
- metadata: { name: c }
- { apiVersion: metallb.io/v1beta1, kind: Community, metadata: { name: d, creationTimestamp: null }, spec: null, status: {} }
`);
  expect(errors).toEqual([]);
  expect(objects.map(({ kind, name, manifest }) => [kind, name, manifest !== undefined])).toEqual([
    ['Namespace', 'a', true],
    ['Namespace', 'b', true],
    ['Community', 'c', true],
    ['Community', 'd', true],
  ]);
});

test('YAML that is none: the whole file, with its place', () => {
  expect(complaints('kind: a\n---\nkind: [\n')[0]).toMatch(/^[34]:\d+ not valid YAML: /);
  expect(complaints('a: 1\na: 2\n')[0]).toMatch(/^2:1 not valid YAML: /);
  expect(complaints('a: *b\n')[0]).toMatch(/aliases cannot be expanded/);
  const bomb = [
    'a: &a [x, x]',
    ...'bcdefghijklmnop'
      .split('')
      .map((name, i) => `${name}: &${name} [*${'abcdefghijklmno'[i]}, *${'abcdefghijklmno'[i]}]`),
  ];
  expect(complaints(bomb.join('\n'))[0]).toMatch(/aliases cannot be expanded/);
});

const head = (kind: string, version = 'metallb.io/v1beta1') => `apiVersion: ${version}
kind: ${kind}
metadata:
  name: x
spec:
`;

test.each<[string, string[]]>([
  ['just text', ['1:1 it should be a set of fields']],
  ['kind: Service\napiVersion: v1\n', ['1:1 missing `metadata`']],
  [
    'kind: Service\napiVersion: v1\nmetadata: { name: 7 }\n',
    ['3:19 `metadata.name`: it should be text (put a number in quotes)'],
  ],
  [head('IPAddressPool', 'metallb.io/v1'), ['1:13 `metallb.io/v1` has no IPAddressPool that bellhop knows']],
  [`${head('IPAddressPool')}  addresses: []\n`, ['6:14 `spec.addresses`: it is empty']],
  [`${head('IPAddressPool')}  autoAssign: true\n`, ['5:1 missing `spec.addresses`']],
  [
    `${head('IPAddressPool')}  addresses:\n  - 10.0.0.0/8\n  - 10.0.0.1\n`,
    ['8:5 `spec.addresses[1]`: `10.0.0.1` is neither a prefix nor a range of addresses'],
  ],
  [
    `${head('BGPAdvertisement')}  aggregationLength: 33\n`,
    ['6:22 `spec.aggregationLength`: `33` is too big'],
  ],
  [`${head('BGPAdvertisement')}  peers: tor\n`, ['6:10 `spec.peers`: it should be a list']],
  [
    `${head('BGPAdvertisement')}  nodeSelectors:\n  - matchExpressions:\n    - { key: a, operator: In }\n`,
    ['8:7 `spec.nodeSelectors[0].matchExpressions[0]`: `In` needs `values`'],
  ],
  [`${head('BFDProfile')}  detectMultiplier: 1\n`, ['6:21 `spec.detectMultiplier`: `1` is too small']],
  [`${head('Community')}  communities: [{ name: a }]\n`, ['6:19 missing `spec.communities[0].value`']],
  [
    `${head('L2Advertisement')}  interfaces: [1]\n`,
    ['6:16 `spec.interfaces[0]`: it should be text (put a number in quotes)'],
  ],
  [
    `${head('BGPPeer', 'metallb.io/v1beta2')}  myASN: 0\n  peerAddress: 10.0.0.2\n`,
    ['6:10 `spec.myASN`: AS 0 is reserved and cannot be used (RFC 7607)'],
  ],
  [
    `${head('Service', 'v1')}  ports: [{ port: http }]\n`,
    ['6:19 `spec.ports[0].port`: it should be a number'],
  ],
])('wrong: %j', (text, expected) => {
  expect(complaints(text)).toEqual(expected);
});

test('a password is not in what is said about its line', () => {
  const text = `${head('BGPPeer', 'metallb.io/v1beta2')}  { myASN: x, password: hunter2 }\n`;
  const { snippet } = read(text).objects[0]!.errors[0]!;
  expect(snippet).toContain('myASN');
  expect(snippet).not.toContain('hunter2');
});

/** Names of all fields of a schema, with those of lists and sets in it. */
function fieldsOf(node: unknown): string[] {
  if (node instanceof z.ZodOptional || node instanceof z.ZodDefault) return fieldsOf(node.unwrap());
  if (node instanceof z.ZodArray) return fieldsOf(node.element);
  if (!(node instanceof z.ZodObject)) return [];
  return Object.entries(node.shape).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

describe('the twelve examples use every field of', () => {
  const texts = examples.flatMap(({ manifests }) => [...readFiles([manifests]).values()]).join('\n');
  test.each([
    ['BGPPeer', peerSpecV1beta2],
    ['IPAddressPool', poolSpec],
    ['BGPAdvertisement', bgpAdvertisementSpec],
    ['L2Advertisement', l2AdvertisementSpec],
    ['Community', communitySpec],
    ['BFDProfile', bfdProfileSpec],
  ])('%s', (_kind, schema) => {
    const fields = fieldsOf(schema);
    expect(fields.length).toBeGreaterThan(1);
    expect(fields.filter((field) => !new RegExp(`\\b${field}:`).test(texts))).toEqual([]);
  });
});
