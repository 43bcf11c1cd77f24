import type { StrategyKind } from './strategy.js';
import { z } from 'zod';

/**
 * Stands in for a kind of the user's own that is gone or has changed: its contestants hold what they have,
 * protected as before, and every decision that is due counts as missing.
 */
export function missingKind(name: string): StrategyKind {
  return {
    manifest: {
      kind: name,
      version: 0,
      summary: 'a kind whose code is gone or has changed',
      feeds: {},
      parameters: z.unknown(),
      costClass: 'rule',
    },
    label: () => name,
    features: () => [],
    warmupBars: () => 0,
    begin: () => null,
    decide() {
      throw new Error(
        `the code of kind ${name} is gone or has changed since this contestant entered; put it back, or retire the contestant`,
      );
    },
  };
}
