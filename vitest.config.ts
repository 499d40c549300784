import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// The native runner executes the same type-stripped files as production does (no module transform).
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    experimental: { viteModuleRunner: false },
    pool: 'forks',
    // Half of the time goes into waiting for other daemons.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Other daemons on a busy machine: what passes only the second time is named at the end of `.ci/run`.
    retry: process.env['CI'] ? 1 : 0,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
