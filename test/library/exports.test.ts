/** What the package exports to programs is documented where it is declared, and built under the names of package.json. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

test.each(['index.ts', 'testing.ts'])('src/%s: every export has a doc comment', (entry) => {
  const path = join(ROOT, 'src', entry);
  const lists = [...readFileSync(path, 'utf8').matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm)];
  const exported = lists.flatMap(([, names, from]) =>
    names!
      .split(',')
      .map((name) => name.replace(/\btype\b/, '').trim())
      .filter((name) => name !== '')
      .map((name) => ({ name, text: readFileSync(join(dirname(path), from!), 'utf8') })),
  );
  expect(exported.length).toBeGreaterThan(3);
  const bare = exported.filter(
    ({ name, text }) =>
      !new RegExp(
        `\\*/\\n(?:// biome-ignore .*\\n)?export (?:abstract )?(?:interface|class|type|const|function) ${name}\\b`,
      ).test(text),
  );
  expect(bare.map(({ name }) => name)).toEqual([]);
});

test('package.json: every entry has a source', () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, { default: string } | string>;
  };
  expect(Object.keys(exports)).toContain('./testing');
  for (const entry of Object.values(exports)) {
    const target = typeof entry === 'string' ? entry : entry.default;
    const source = target.replace('./dist/', './src/').replace(/\.js$/, '.ts');
    expect(existsSync(join(ROOT, source)), source).toBe(true);
  }
});
