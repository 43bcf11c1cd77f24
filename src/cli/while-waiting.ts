import { Problem } from '../core/domain/problem.js';

const EVERY_MS = 1000;

/**
 * Calls `show` once a second until the promise settles: whoever waits long still lives. A sign of life that cannot be written (a full
 * disk) is told once and ends nothing: what is waited for will meet the same disk, and knows what it means.
 */
export async function whileWaiting<T>(
  promise: Promise<T>,
  show: (waitedMs: number) => void,
  told: (text: string) => void = () => undefined,
): Promise<T> {
  const startedAt = performance.now();
  let isTold = false;
  const timer = setInterval(() => {
    try {
      show(performance.now() - startedAt);
      isTold = false;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (!isTold) told(error.message);
      isTold = true;
    }
  }, EVERY_MS);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}
