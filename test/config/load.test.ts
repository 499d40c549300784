/**
 * A good file becomes a complete Config: defaults, inheritance, canonical text; a hostile one never throws.
 *
 * Over 300 lines: a case for each part of the file.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { formatDiagnostic } from '../../src/config/diagnostic.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { type LoadOptions, loadConfig, parseConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/types.ts';

function configOf(body: string, options?: LoadOptions): Config {
  const result = parseConfig(`as: 65000\nrouter-id: 10.0.0.1\n${body}`, '/etc/bellhop/lab.yaml', options);
  if (!result.ok) throw new Error(result.errors.map((error) => formatDiagnostic(error, 'error')).join('\n'));
  return result.config;
}

describe('parseConfig: defaults', () => {
  test('of a file with nothing but the required keys', () => {
    expect(configOf('')).toEqual({
      api: { listen: undefined, token: undefined, tls: undefined, ready: 'any' },
      as: 65000,
      routerId: '10.0.0.1',
      listen: [
        { address: '0.0.0.0', port: 179 },
        { address: '::', port: 179 },
      ],
      bestPath: { alwaysCompareMed: false, missingMedAsWorst: false, compareRouterId: false },
      neighbors: [],
      dynamicNeighbors: [],
      networks: [],
      aggregates: [],
      policies: [],
      policyTests: [],
      vips: [],
      processes: [],
      drainOnStopSeconds: 0,
      vipStateFile: '/var/lib/bellhop/vip-addresses.json',
      metallb: undefined,
      persist: false,
      stateFile: '/var/lib/bellhop/state.jsonl',
    });
  });

  test('of a neighbor', () => {
    expect(configOf('neighbors: [{ address: 10.0.0.2, peer-as: 65001 }]').neighbors[0]).toMatchObject({
      address: '10.0.0.2',
      peerAs: 65001,
      description: undefined,
      passive: false,
      localAddress: undefined,
      port: 179,
      holdTimeSeconds: 90,
      minimumHoldTimeSeconds: 3,
      connectRetrySeconds: 30,
      idleHoldSeconds: 5,
      idleHoldMaximumSeconds: 120,
      multihop: undefined,
      ttlSecurity: undefined,
      password: undefined,
      families: ['ipv4-unicast'],
      nextHop: { mode: 'default', ipv4: undefined, ipv6: undefined },
      import: undefined,
      export: undefined,
      peerGroup: undefined,
      fourOctetAs: true,
      extendedMessage: true,
      sendHoldTimeSeconds: undefined,
    });
  });

  test('an IPv6 neighbor speaks ipv6-unicast', () => {
    expect(
      configOf('neighbors: [{ address: "2001:db8::2", peer-as: 65001 }]').neighbors[0]?.families,
    ).toEqual(['ipv6-unicast']);
  });

  test('a dynamic range is passive and limited', () => {
    const [range] = configOf(
      'dynamic-neighbors: [{ prefix: 10.1.0.0/16, peer-as: external }]',
    ).dynamicNeighbors;
    expect(range).toMatchObject({ prefix: '10.1.0.0/16', passive: true, limit: 100, peerAs: 'external' });
  });
});

describe('parseConfig: peer groups', () => {
  const group = `
peer-groups:
  fabric:
    peer-as: external
    passive: true
    hold-time: 9s
    password-env: KEY
    ttl-security: 1
`;

  test('a neighbor inherits, and its own keys win', () => {
    const config = configOf(
      `${group}neighbors: [{ address: 10.0.0.2, peer-group: fabric, hold-time: 30s, passive: false }]`,
      { env: { KEY: 'secret' } },
    );
    expect(config.neighbors[0]).toMatchObject({
      peerAs: 'external',
      passive: false,
      holdTimeSeconds: 30,
      password: 'secret',
      ttlSecurity: 1,
    });
  });

  test('a key displaces those of the group that it excludes', () => {
    const config = configOf(
      `${group}neighbors: [{ address: 10.0.0.2, peer-group: fabric, password: own, multihop: 3 }]`,
      { env: {} },
    );
    expect(config.neighbors[0]).toMatchObject({ password: 'own', multihop: 3, ttlSecurity: undefined });
  });

  test('merge keys and anchors do the same without a group', () => {
    const config = configOf(`
neighbors:
  - &base { address: 10.0.0.2, peer-as: 65001, hold-time: 30s }
  - { <<: *base, address: 10.0.0.3 }
`);
    expect(config.neighbors[1]).toMatchObject({ address: '10.0.0.3', peerAs: 65001, holdTimeSeconds: 30 });
  });
});

describe('parseConfig: values', () => {
  test.each([
    ['1.10', 65546],
    ['"1.10"', 65546],
    ['65546', 65546],
    ['"65546"', 65546],
    ['4294967294', 4294967294],
    ['external', 'external'],
    ['internal', 'internal'],
  ])('peer-as %s is %s', (text, expected) => {
    expect(configOf(`neighbors: [{ address: 10.0.0.2, peer-as: ${text} }]`).neighbors[0]?.peerAs).toBe(
      expected,
    );
  });

  test.each([
    ['90', 90],
    ['"90"', 90],
    ['90s', 90],
    ['300ms', 0.3],
    ['2m', 120],
    ['1h', 3600],
  ])('duration %s is %s seconds', (text, expected) => {
    const [neighbor] = configOf(
      `neighbors: [{ address: 10.0.0.2, peer-as: 1, connect-retry: ${text} }]`,
    ).neighbors;
    expect(neighbor?.connectRetrySeconds).toBe(expected);
  });

  test('hold-time 0 switches the timer off', () => {
    const [neighbor] = configOf('neighbors: [{ address: 10.0.0.2, peer-as: 1, hold-time: 0 }]').neighbors;
    expect(neighbor?.holdTimeSeconds).toBe(0);
  });

  test.each([
    ['self', { mode: 'self', ipv4: undefined, ipv6: undefined }],
    ['unchanged', { mode: 'unchanged', ipv4: undefined, ipv6: undefined }],
    ['third-party', { mode: 'third-party', ipv4: undefined, ipv6: undefined }],
    ['10.0.0.9', { mode: 'self', ipv4: '10.0.0.9', ipv6: undefined }],
    ['["2001:DB8::9", 10.0.0.9]', { mode: 'self', ipv4: '10.0.0.9', ipv6: '2001:db8::9' }],
  ])('next-hop %s', (text, expected) => {
    const [neighbor] = configOf(
      `neighbors: [{ address: 10.0.0.2, peer-as: 1, next-hop: ${text} }]`,
    ).neighbors;
    expect(neighbor?.nextHop).toEqual(expected);
  });

  test('listen takes addresses with and without port', () => {
    const { listen } = configOf(
      'listen: ["127.0.0.1:0", "[2001:DB8::1]:1179", "[::]", "fe80::1%eth0", 10.0.0.1]',
    );
    expect(listen.map(({ address, port }) => `${address} ${port}`)).toEqual([
      '127.0.0.1 0',
      '2001:db8::1 1179',
      ':: 179',
      'fe80::1%eth0 179',
      '10.0.0.1 179',
    ]);
    expect(configOf('listen: []').listen).toEqual([]);
  });

  test('families come in the order of the registry, once each', () => {
    const [neighbor] = configOf(
      'neighbors: [{ address: 10.0.0.2, peer-as: 1, families: [ipv6-unicast, ipv4-unicast, ipv6-unicast] }]',
    ).neighbors;
    expect(neighbor?.families).toEqual(['ipv4-unicast', 'ipv6-unicast']);
  });

  test('dynamic ranges come longest prefix first', () => {
    const { dynamicNeighbors } = configOf(`
dynamic-neighbors:
  - { prefix: 10.0.0.0/8, peer-as: external }
  - { prefix: 10.1.0.0/16, peer-as: external }
`);
    expect(dynamicNeighbors.map(({ prefix }) => prefix)).toEqual(['10.1.0.0/16', '10.0.0.0/8']);
  });

  test('networks carry their attributes', () => {
    const { networks } = configOf(`
networks:
  - prefix: 2001:DB8::/32
    next-hop: 2001:db8::1
    med: 4294967295
    local-pref: 0
    origin: incomplete
    communities: [65000:100, no-export, "65000:100"]
    large-communities: [65000:1:2]
    extended-communities: ["rt:65000:1"]
    as-path: [65100, "1.10"]
    atomic-aggregate: true
    aggregator: 65000 10.0.0.1
    peers: [2001:DB8::2]
`);
    expect(networks[0]).toEqual({
      prefix: '2001:db8::/32',
      nextHop: '2001:db8::1',
      med: 4294967295,
      localPref: 0,
      origin: 'incomplete',
      communities: [65000 * 65536 + 100, 0xffffff01],
      largeCommunities: [[65000, 1, 2]],
      extendedCommunities: ['0002fde800000001'],
      asPath: [65100, 65546],
      atomicAggregate: true,
      aggregator: { as: 65000, address: '10.0.0.1' },
      peers: ['2001:db8::2'],
    });
  });

  test('a password file is relative to the configuration, and loses one newline', () => {
    const seen: string[] = [];
    const readFile = (path: string) => {
      seen.push(path);
      return 'secret\r\n';
    };
    const [neighbor] = configOf('neighbors: [{ address: 10.0.0.2, peer-as: 1, password-file: tor.key }]', {
      readFile,
    }).neighbors;
    expect(neighbor?.password).toBe('secret');
    expect(seen).toEqual(['/etc/bellhop/tor.key']);
  });
});

describe('loadConfig', () => {
  test('a file that cannot be read is a diagnostic', () => {
    const result = loadConfig('/nonexistent/lab.yaml');
    expect(result.ok ? [] : result.errors.map((error) => formatDiagnostic(error, 'error'))).toEqual([
      '/nonexistent/lab.yaml:1:1: error: cannot read the configuration: no such file or directory',
    ]);
  });

  test('diagnostics have the path of the key', () => {
    const result = parseConfig(
      'as: 1\nrouter-id: 10.0.0.1\nneighbors: [{ address: 10.0.0.2, hold-time: 1s, peer-as: 2 }]',
      'x',
    );
    expect(result.ok ? [] : result.errors.map(({ path, line, column }) => ({ path, line, column }))).toEqual([
      { path: 'neighbors[0].hold-time', line: 3, column: 45 },
    ]);
  });
});

describe('parseConfig: hostile files', () => {
  const options: LoadOptions = { env: {}, readFile: () => 'key\n' };
  const schema = configJsonSchema();
  const keys = [
    ...Object.keys(schema.properties ?? {}),
    ...Object.keys(schema.properties?.['neighbors']?.items?.properties ?? {}),
    ...['__proto__', 'constructor', 'hasOwnProperty', '<<', ''],
  ];
  const words = [
    'fabric',
    '10.0.0.2',
    'fe80::1',
    '192.0.2.1/24',
    'external',
    '90s',
    '1.10',
    'self',
    '[::]:179',
    'x',
  ];
  const { value } = fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.constantFrom(...words),
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    ),
    value: fc.oneof(
      { maxDepth: 5 },
      tie('leaf'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...keys) }, { weight: 1, arbitrary: fc.string() }),
        tie('value'),
      ),
    ),
  }));

  test('never throws, whatever the values', () => {
    fc.assert(
      fc.property(value, (raw) => {
        const result = parseConfig(stringify(raw), 'lab.yaml', options);
        for (const error of result.ok ? result.warnings : result.errors) {
          expect(error.line).toBeGreaterThan(0);
          expect(error.column).toBeGreaterThan(0);
          expect(formatDiagnostic(error, 'error')).toContain(error.message);
        }
        expect(result.ok || result.errors.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('never throws, whatever the text', () => {
    const punctuation = fc.constantFrom(
      ...'-:[]{}&*!|>%@,#?\'"\n\t \r',
      '<<',
      '&a ',
      '*a ',
      '- ',
      ': ',
      '---\n',
      'as: ',
      '\n  ',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(punctuation, fc.string({ maxLength: 3 })), { maxLength: 40 }),
        (parts) => {
          const result = parseConfig(parts.join(''), 'lab.yaml', options);
          expect(result.ok || result.errors.length > 0).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('never throws when every byte of a good file is damaged in turn', () => {
    const text =
      'as: 65000\nrouter-id: 10.0.0.1\nneighbors:\n  - &a { address: 10.0.0.2, peer-as: 1 }\n  - { <<: *a }\n';
    for (let i = 0; i < text.length; i++)
      for (const damage of ['', '\n', ':', '"', '[', '*', '\t', '\u0000'])
        parseConfig(text.slice(0, i) + damage + text.slice(i + 1), 'lab.yaml', options);
  });

  test('refuses lists nested without end', () => {
    const result = parseConfig('['.repeat(50_000), 'lab.yaml', options);
    expect(result.ok).toBe(false);
  });
});
