import { defineConfig } from 'vitest/config';

// The native runner executes the same type-stripped files as production does (no module transform).
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    experimental: { viteModuleRunner: false },
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
