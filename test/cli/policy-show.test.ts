/** `bellhop policy show`: the policies in force, with terms, places and users, as text, as JSON, and completed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policy as policySchema } from '../../src/api/schemas/policy.ts';
import { type Api, startApi } from '../../src/api/server.ts';
import { main } from '../../src/cli/main.ts';
import { configOf, established, freePort, type Running, run, until } from '../speaker/fixtures.ts';

const CONFIG = (port: number) => `as: 65001
router-id: 192.0.2.1
listen: ['127.0.0.61:${port}']
prefix-sets: { vips: [203.0.113.0/24 ge 25 le 32, "2001:db8::/32"] }
community-sets: { ours: ["65001:*", "large:65001:1-9:*", "rt:65001:*"] }
peer-groups:
  transit: { peer-as: 65002, import: [scrub, from-transit], export: own-networks-only }
neighbors:
  - { address: 127.0.0.62, peer-group: transit, passive: true }
  - { address: 127.0.0.63, peer-as: 65003, import: from-transit, export: accept, passive: true }
dynamic-neighbors:
  - { prefix: 10.9.0.0/16, peer-as: 65004, import: from-transit, export: accept }
policies:
  scrub:
    - set: { community: { remove: ours }, med: none }
  from-transit:
    - { name: no-bogons, match: { prefix-set: bogons }, then: reject }
    - match: { not: { prefix-set: vips }, as-path: ["^65002_", "_7018_"], neighbor-as: 65002-65009 }
      set: { local-pref: "-20", med: "+10", origin: igp, remove-private-as: all, prepend: { as: own, count: 2 }, community: { add: [no-export, "65001:1:2"] }, next-hop: [192.0.2.1, "2001:db8::1"] }
      then: accept
    - default: reject
  spare: [{ then: accept }]
`;

let directory: string;
let subject: Running;
let peer: Running;
let api: Api;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-policies-'));
  const port = await freePort('127.0.0.61');
  subject = await run(CONFIG(port));
  peer = await run(
    `as: 65002\nrouter-id: 192.0.2.2\nlisten: []\nneighbors: [{ address: 127.0.0.61, local-address: 127.0.0.62, port: ${port}, peer-as: 65001, connect-retry: 1s, import: accept, export: accept }]\n`,
  );
  api = await startApi(subject.speaker, { socketPath: join(directory, 'bellhop.sock') });
  await until(() => established(subject, '127.0.0.62'), 'the session');
});

afterAll(async () => {
  await api.close();
  await peer[Symbol.asyncDispose]();
  await subject[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

async function bellhop(...words: string[]) {
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string | Uint8Array) => {
      written[name] += Buffer.from(text).toString();
    },
  });
  const environment = { BELLHOP_SOCKET: join(directory, 'bellhop.sock') };
  const code = await main(words, { stdout: output('stdout'), stderr: output('stderr'), environment });
  return { code, ...written };
}

test('all policies: terms, who imports and exports with them, where they are written', async () => {
  const { code, stdout } = await bellhop('policy', 'show');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'Policy             Terms  Import of                            Export to                Written in',
    'scrub                  1  127.0.0.62                           -                        test.yaml:14',
    'from-transit           2  127.0.0.62, 127.0.0.63, 10.9.0.0/16  -                        test.yaml:16',
    'spare                  1  -                                    -                        test.yaml:22',
    'accept                 0  -                                    127.0.0.63, 10.9.0.0/16  built-in',
    'own-networks-only      1  -                                    127.0.0.62               built-in',
    '',
  ]);
});

test('one policy: every condition and action in the words of the file, sets with what they hold', async () => {
  const { code, stdout } = await bellhop('policy', 'show', 'from-transit');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'from-transit (test.yaml:16)',
    '  1. no-bogons (test.yaml:17)',
    '     match  prefix-set: bogons',
    '              0.0.0.0/8 le 32, 10.0.0.0/8 le 32, 100.64.0.0/10 le 32, 127.0.0.0/8 le 32 and 22 more',
    '     then   reject',
    '  2. term 2 (test.yaml:18)',
    '     match  not: { prefix-set: vips }',
    '              203.0.113.0/24 ge 25 le 32, 2001:db8::/32',
    '     match  as-path: [^65002_, _7018_]',
    '     match  neighbor-as: 65002-65009',
    '     set    local-pref: -20',
    '     set    med: +10',
    '     set    origin: igp',
    '     set    remove-private-as: all',
    '     set    prepend: { as: own, count: 2 }',
    '     set    community: { add: [no-export, 65001:1:2] }',
    '     set    next-hop: [192.0.2.1, 2001:db8::1]',
    '     then   accept',
    '  end: reject (`default`)',
    '',
    'Direction  Neighbor     Peer group  Sessions  Policies in turn',
    'import     127.0.0.62   transit            1  scrub, from-transit',
    'import     127.0.0.63   -                  0  from-transit',
    'import     10.9.0.0/16  -                  0  from-transit',
    '',
  ]);
  const scrub = (await bellhop('policy', 'show', 'scrub')).stdout;
  expect(scrub).toContain(
    '     set    med: none\n     set    community: { remove: [65001:*, 65001:1-9:*, rt:65001:*] }',
  );
  expect(scrub).toContain('     every route\n');
  expect(scrub).toContain('  end: the next policy of the chain; behind the last one, reject\n');
  expect((await bellhop('policy', 'show', 'spare')).stdout).toContain('Nobody has it.');
});

test('--json is the answer of the API, as its schema says', async () => {
  const one = await bellhop('policy', 'show', 'from-transit', '--json');
  const parsed = policySchema.parse(JSON.parse(one.stdout));
  expect(parsed).toMatchObject({ name: 'from-transit', kind: 'terms', file: 'test.yaml', line: 16 });
  expect(parsed.terms[0]).toMatchObject({
    name: 'no-bogons',
    match: [{ valueCount: 26 }],
    verdict: 'reject',
  });
  expect(parsed.terms[0]!.match[0]!.values).toHaveLength(20);
  const all = JSON.parse((await bellhop('policy', 'show', '--json')).stdout) as unknown[];
  expect(all.map((each) => policySchema.parse(each).name)).toHaveLength(5);
});

test('an unknown policy: which ones there are, exit code 1', async () => {
  const { code, stderr } = await bellhop('policy', 'show', 'from-transti');
  expect(code).toBe(1);
  expect(stderr).toBe(
    'error: no policy from-transti (known: scrub, from-transit, spare, accept, own-networks-only)\n',
  );
});

test('a reload that changes a policy or who has it is seen at once', async () => {
  const before = CONFIG(subject.port);
  subject.speaker.apply(
    configOf(
      before.replace(
        'import: from-transit, export: accept, passive',
        'import: spare, export: accept, passive',
      ),
    ),
  );
  expect((await bellhop('policy', 'show', 'spare')).stdout).toContain('import     127.0.0.63');
  subject.speaker.apply(configOf(before));
});

test('completion knows the names', async () => {
  const { stdout } = await bellhop('__complete', '--', 'policy', 'show', 's');
  expect(stdout).toBe('scrub\nspare\n');
  expect((await bellhop('__complete', '--', 'policy', '')).stdout).toBe('test\nshow\n');
});
