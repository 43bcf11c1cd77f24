import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // No test leaves anything in the user's own cache folder.
    env: { CANDLE_CACHE: 'off' },
    // Scenarios wait for processes and exchanges most of the time: fewer workers would leave half of a small machine idle.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
