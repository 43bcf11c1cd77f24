import { setTimeout as sleep } from 'node:timers/promises';
import { passOn } from '../core/domain/pass-on.js';

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

/** Waits so long, or until one of the signals ends. Nothing stays at those that live on (`AbortSignal.any` leaves something at each call). */
export async function restUntil(ms: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  const over = new AbortController();
  const releases = signals.map((signal) => passOn(signal, over));
  await sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
  for (const release of releases) release();
}
