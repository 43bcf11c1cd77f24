import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // No test leaves anything in the user's own cache folder.
    env: { CANDLE_CACHE: 'off' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
