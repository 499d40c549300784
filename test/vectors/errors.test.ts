/** Every fixture in `errors/`: bytes that were found to be wrong once, and what must always be made of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ErrorFixture, replay } from './replay.ts';

const DIRECTORY = join(import.meta.dirname, 'errors');

describe.each(readdirSync(DIRECTORY).filter((name) => name.endsWith('.json')))('%s', (name) => {
  const fixtures = JSON.parse(readFileSync(join(DIRECTORY, name), 'utf8')) as ErrorFixture[];

  test.each(fixtures)('$description', (fixture) => {
    expect(replay(fixture)).toEqual(fixture.expect);
  });
});
