/** The policies of README.md below the configuration of README.md: valid, tested, and they keep its routes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

function readmeFile(name: string): string {
  const block = new RegExp(`<!-- file: ${name} -->\\n\`\`\`yaml\\n([\\s\\S]*?)\`\`\``).exec(README);
  if (block?.[1] === undefined) throw new Error(`README.md has no file ${name}`);
  return block[1];
}

test('README: its policies go with its configuration', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-readme-'));
  const path = join(directory, 'bellhop.yaml');
  const more = `  - { name: routes of the peer, policy: from-transit, route: { prefix: 198.51.100.0/24 }, expect: accept }
  - { name: our network, policy: to-transit, route: { prefix: 192.0.2.0/24, source: local }, expect: accept }
`;
  writeFileSync(
    path,
    readmeFile('bellhop.yaml')
      .replace(/import: accept.*/, 'import: from-transit')
      .replace(/export: accept/, 'export: to-transit') +
      readmeFile('policies.yaml') +
      more,
  );
  let text = '';
  const output = {
    write: (piece: string | Uint8Array) => {
      text += Buffer.from(piece).toString();
    },
  };
  const terminal = { stdout: output, stderr: output, environment: {} };
  expect(await main(['check', path], terminal), text).toBe(0);
  expect(await main(['policy', 'test', path], terminal), text).toBe(0);
  expect(text).toContain('3 tests, 0 failed');
  rmSync(directory, { recursive: true, force: true });
});
