/** Mistakes in a configuration file, one test a kind, with the exact text that the operator sees: VIPs. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/load.ts';
import type { VipConfig } from '../../../src/config/vip-types.ts';
import { complaintsAbout } from './complaints.ts';

const HEAD = `as: 65000
router-id: 10.0.0.1
neighbors:
  - { address: 10.0.0.2, peer-as: 65001, description: tor-1, import: accept, export: accept }
vips:
`;

/** First lines (place and message) and hints about a file with this VIP. */
function about(vip: string): string[] {
  const text = complaintsAbout(`${HEAD}  - ${vip}\n`);
  return text.split('\n').filter((line) => /error:|warning:|\^/.test(line));
}

function vipOf(vip: string): VipConfig {
  const loaded = parseConfig(`${HEAD}  - ${vip}\n`, 'lab.yaml', { env: {} });
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('; '));
  return loaded.config.vips[0]!;
}

describe('vips', () => {
  test('the smallest one is announced while bellhop runs, and withdrawn when it is not healthy', () => {
    expect(vipOf('{ name: web, addresses: [203.0.113.10] }')).toEqual({
      name: 'web',
      addresses: ['203.0.113.10/32'],
      checks: [],
      required: 0,
      onDown: { withdraw: true, med: undefined, prepend: undefined, communities: [], localPref: undefined },
      interface: undefined,
      removeDelaySeconds: 0,
      maintenanceFile: undefined,
      announce: {
        communities: [],
        largeCommunities: [],
        med: undefined,
        localPref: undefined,
        peers: undefined,
        aggregationLength: 32,
        aggregationLengthV6: 128,
        linkBandwidth: undefined,
      },
      hooks: { up: undefined, down: undefined, timeoutSeconds: 10 },
    });
  });

  test('checks: kinds, defaults, a fast interval that is never the longer one', () => {
    const { checks, required } = vipOf(
      '{ name: a, addresses: ["2001:DB8::1"], require: any, checks: [{ tcp: "[0::1]:80", interval: 300ms }, { exec: [true] , interval: 5s }, { dns: { server: 127.0.0.1, name: a.test } }, { grpc: "h:9", service: s }, { http: "http://h/x#y", expect-status: [2xx, 301] } ] }'.replace(
        '[true]',
        '["true"]',
      ),
    );
    expect(required).toBe(1);
    expect(checks.map(({ name }) => name)).toEqual([
      'tcp [::1]:80',
      'exec true',
      'dns a.test A at 127.0.0.1',
      'grpc h:9',
      'http://h/x',
    ]);
    expect(checks[0]).toMatchObject({ intervalSeconds: 0.3, fastIntervalSeconds: 0.3, rise: 3, fall: 3 });
    expect(checks[1]).toMatchObject({ intervalSeconds: 5, fastIntervalSeconds: 1, timeoutSeconds: 2 });
    expect(checks[4]?.probe).toMatchObject({
      expectStatus: [
        { low: 200, high: 299 },
        { low: 301, high: 301 },
      ],
    });
  });

  test('peers by description, bandwidth in bits', () => {
    const { announce } = vipOf(
      '{ name: a, addresses: [10.0.0.0/8], announce: { peers: [tor-1], link-bandwidth: 10G } }',
    );
    expect(announce).toMatchObject({ peers: ['10.0.0.2'], linkBandwidth: 1.25e9 });
  });

  test.each([
    ['{ addresses: [10.0.0.9] }', 'missing key `name`', 'add `name: web`'],
    ['{ name: a b, addresses: [10.0.0.9] }', '`a b` is not a name', 'write letters'],
    ['{ name: a, addresses: [10.0.0.9/24] }', 'has host bits set', 'did you mean `10.0.0.0/24`?'],
    ['{ name: a, addresses: [10.0.0.9], check: [] }', 'unknown key `check`', 'did you mean `checks`?'],
    [
      '{ name: a, addresses: [10.0.0.9], checks: [{ rise: 2 }] }',
      'does not say what to check',
      'add `http`, `tcp`, `exec`, `dns` or `grpc`',
    ],
    [
      '{ name: a, addresses: [10.0.0.9], checks: [{ tcp: "h:1", exec: [x] }] }',
      'a check has one kind, not tcp and exec',
      'make it two checks',
    ],
    [
      '{ name: a, addresses: [10.0.0.9], checks: [{ tcp: "h:1", expect-status: 200 }] }',
      '`expect-status` is for http checks, not for `tcp`',
      'remove it',
    ],
    [
      '{ name: a, addresses: [10.0.0.9], checks: [{ tcp: "h" }] }',
      'is not a host and a port',
      '127.0.0.1:5432',
    ],
    [
      '{ name: a, addresses: [10.0.0.9], checks: [{ http: "ftp://h" }] }',
      'is not an `http:` or `https:` URL',
      'healthz',
    ],
    [
      '{ name: a, addresses: [10.0.0.9], checks: [{ http: "http://h", expect-status: 700 }] }',
      '`700` is not an HTTP status',
      'write `200`',
    ],
    [
      '{ name: a, addresses: [10.0.0.9], require: 2, checks: [{ tcp: "h:1" }] }',
      '`require: 2` can never hold with 1 checks',
      'write at most 1',
    ],
    ['{ name: a, addresses: [10.0.0.9], on-down: { mde: 5 } }', 'unknown key `mde`', 'did you mean `med`?'],
    ['{ name: a, addresses: [10.0.0.9], on-down: withdrow }', 'should be', ''],
    ['{ name: a, addresses: [10.0.0.9], on-down: {} }', '`on-down` says nothing to do', 'write `withdraw`'],
    [
      '{ name: a, addresses: [10.0.0.0/24], interface: lo }',
      'an interface can have an address, but not the prefix 10.0.0.0/24',
      'aggregation-length',
    ],
    [
      '{ name: a, addresses: [10.0.0.9], maintenance-file: web.off }',
      'depends on where bellhop was started',
      'write a path from the root',
    ],
    [
      '{ name: a, addresses: [10.0.0.9], announce: { peers: [tor-2] } }',
      'no neighbor has the address, description or peer group `tor-2`',
      'did you mean `tor-1`?',
    ],
    [
      '{ name: a, addresses: [10.0.0.9], announce: { link-bandwidth: fast } }',
      '`fast` is not a bandwidth',
      'such as `10G`',
    ],
  ])('%s', (vip, message, hint) => {
    const lines = about(vip);
    expect(lines.join('\n')).toContain(message);
    expect(lines.join('\n')).toContain(hint);
    expect(lines[0]).toMatch(/^lab\.yaml:6:\d+: error: /);
    expect(lines).toHaveLength(2);
  });

  test('a network that announces the prefix for ever, and a second VIP of the name', () => {
    const text = complaintsAbout(`${HEAD}  - { name: a, addresses: [192.0.2.1] }
  - { name: a, addresses: [192.0.2.2] }
networks: [{ prefix: 192.0.2.1/32 }]
`);
    expect(text).toContain(
      '192.0.2.1/32 is in `networks` too, which announces it whether `a` is healthy or not',
    );
    expect(text).toContain('lab.yaml:7:13: error: a appears twice in `vips`');
  });

  test('what works but is hardly meant is a warning', () => {
    const text = complaintsAbout(`as: 65000
router-id: 10.0.0.1
neighbors: [{ address: 10.0.0.2, peer-as: internal }]
vips:
  - { name: a, addresses: [192.0.2.1], on-down: { prepend: 2 } }
  - { name: b, addresses: [192.0.2.1] }
`);
    expect(text).toContain('iBGP neighbors take a path with our own AS for a loop');
    expect(text).toContain('192.0.2.1/32 belongs to VIP `a` as well');
  });
});
