import PQueue from 'p-queue';
import { giveBack, openBucket, takeFrom } from './token-bucket.js';
import type { WaitingWorld } from './waiting-world.js';

/** Limits of one key. */
export interface RateLimits {
  readonly concurrency: number;
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

export interface RateLimit {
  /**
   * Runs a call when the limits allow it. `tokens` is the estimate beforehand; the call says what it really used, or
   * undefined when it does not know. Rejects with the signal's reason when that ends the waiting.
   */
  run<Result>(
    tokens: number,
    signal: AbortSignal,
    call: () => Promise<{ result: Result; tokensUsed: number | undefined }>,
  ): Promise<Result>;
  /** Nobody is let through for so long: the provider has asked for it. */
  pause(ms: number): void;
}

/** Requests and tokens a minute, and calls at the same time, for everybody who shares a key. */
export function createRateLimit(limits: RateLimits, world: WaitingWorld): RateLimit {
  const queue = new PQueue({ concurrency: limits.concurrency });
  const requests =
    limits.requestsPerMinute === null ? undefined : openBucket(limits.requestsPerMinute, world.nowMs());
  const tokens =
    limits.tokensPerMinute === null ? undefined : openBucket(limits.tokensPerMinute, world.nowMs());
  let pausedUntilMs = 0;

  /** A pause that begins while somebody waits holds for that one too. */
  const waitForTurn = async (estimate: number, signal: AbortSignal): Promise<void> => {
    const nowMs = world.nowMs();
    const readyMs =
      nowMs +
      Math.max(
        requests === undefined ? 0 : takeFrom(requests, 1, nowMs),
        tokens === undefined ? 0 : takeFrom(tokens, estimate, nowMs),
      );
    try {
      for (;;) {
        const waitMs = Math.max(readyMs, pausedUntilMs) - world.nowMs();
        if (waitMs <= 0) return;
        await world.sleep(waitMs, signal);
      }
    } catch (error) {
      if (requests !== undefined) giveBack(requests, 1, world.nowMs());
      if (tokens !== undefined) giveBack(tokens, Math.min(estimate, tokens.perMinute), world.nowMs());
      throw error;
    }
  };

  return {
    run: (estimate, signal, call) =>
      queue.add(
        async () => {
          await waitForTurn(estimate, signal);
          const { result, tokensUsed } = await call();
          if (tokens !== undefined && tokensUsed !== undefined)
            giveBack(tokens, Math.min(estimate, tokens.perMinute) - tokensUsed, world.nowMs());
          return result;
        },
        { signal },
      ),
    pause(ms) {
      pausedUntilMs = Math.max(pausedUntilMs, world.nowMs() + ms);
    },
  };
}
