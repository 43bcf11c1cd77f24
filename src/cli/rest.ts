import { setTimeout as sleep } from 'node:timers/promises';

/** How long a signal may wait. */
const SLICE_MS = 100;

/** Waits in slices, so that a stop is heard; `meanwhile` runs after each slice. */
export async function rest(
  ms: number,
  stopRequested: () => boolean,
  meanwhile: () => void = () => undefined,
): Promise<void> {
  const untilMs = performance.now() + ms;
  do {
    await sleep(Math.max(0, Math.min(SLICE_MS, untilMs - performance.now())));
    meanwhile();
  } while (!stopRequested() && performance.now() < untilMs);
}
