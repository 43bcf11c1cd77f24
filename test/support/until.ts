import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition holds; what cannot be read yet does not hold. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 60_000,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    try {
      if (await holds()) return;
    } catch {
      // Not there yet.
    }
    if (performance.now() > endMs) throw new Error(`in vain: ${what}`);
    await sleep(50);
  }
}
