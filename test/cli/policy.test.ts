/** `bellhop policy test`, on the examples that users read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bellhop-policy-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function run(text: string, ...options: string[]) {
  const file = join(directory, 'lab.yaml');
  writeFileSync(file, text);
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (part: string | Uint8Array) => {
      written[name] += Buffer.from(part).toString();
    },
  });
  const code = await main(['policy', 'test', file, ...options], {
    stdout: output('stdout'),
    stderr: output('stderr'),
    environment: {},
  });
  const strip = (part: string) => part.replaceAll(file, 'lab.yaml');
  return { code, stdout: strip(written.stdout), stderr: strip(written.stderr) };
}

const root = join(import.meta.dirname, '../..');
const documented = /```yaml\n(as: 65000[\s\S]*?)```/.exec(
  readFileSync(join(root, 'docs/policy.md'), 'utf8'),
)![1]!;

test('the example of docs/policy.md passes its tests', async () => {
  expect(await run(documented)).toEqual({
    code: 0,
    stdout:
      'ok   customers are preferred, and cannot use our communities\nok   bogons stay out\n2 tests, 0 failed\n',
    stderr: '',
  });
});

test('config/bellhop.yaml passes its tests', async () => {
  expect(await run(readFileSync(join(root, 'config/bellhop.yaml'), 'utf8'))).toMatchObject({ code: 0 });
});

const FAILING = `as: 65000
router-id: 10.0.0.1
policies:
  p:
    - { name: small, match: { prefix-length: ">= 25" }, then: reject }
    - { name: rest, set: { med: 5, community: { add: "65000:1" } }, then: accept }
tests:
  - name: a verdict that is wrong
    policy: p
    route: { prefix: 192.0.2.0/25 }
    expect: accept
  - name: attributes that are wrong
    policy: p
    route: { prefix: 192.0.2.0/24, attributes: { med: 1 } }
    expect: accept
    decided-by: small
    attributes: { med: 6, communities: null, localPref: 100 }
`;

test('a failing test shows the difference and why, and the exit code is 1', async () => {
  expect(await run(FAILING)).toEqual({
    code: 1,
    stdout: `FAIL a verdict that is wrong (lab.yaml:8)
     verdict
       + expected accept
       - actual   reject, by term \`small\` of policy \`p\`
     p / small (lab.yaml:5): matches, reject
     => reject: term \`small\` of policy \`p\`
FAIL attributes that are wrong (lab.yaml:12)
     decided-by
       + expected small
       - actual   rest
     med
       + expected 6
       - actual   5
     communities
       + expected none
       - actual   ["65000:1"]
     localPref
       + expected 100
       - actual   none
     p / small (lab.yaml:5): no match: prefix-length: >= 25
     p / rest (lab.yaml:6): matches, accept
         med: 1 -> 5
         communities: none -> 65000:1
     => accept: term \`rest\` of policy \`p\`
2 tests, 2 failed
`,
    stderr: '',
  });
});

test('--only, --json: some of the tests, for machines', async () => {
  const { code, stdout } = await run(FAILING, '--only', 'verdict', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([
    { name: 'a verdict that is wrong', passed: false, explanation: { verdict: 'reject' } },
  ]);
});

test('nothing to test is no success, and a broken file is a usage error', async () => {
  expect(await run('as: 65000\nrouter-id: 10.0.0.1\n')).toMatchObject({
    code: 1,
    stderr: 'lab.yaml: there are no `tests`\n',
  });
  expect(await run(FAILING, '--only', 'nonsense')).toMatchObject({ code: 1 });
  const broken = await run(FAILING.replace('policy: p', 'policy: q'));
  expect(broken).toMatchObject({ code: 2, stdout: '' });
  expect(broken.stderr).toContain('lab.yaml:9:13: error: unknown policy `q`');
});
