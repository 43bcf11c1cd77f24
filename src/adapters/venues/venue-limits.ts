/**
 * What a venue lets one address ask: so much weight in any stretch of so many milliseconds. Venues count by the clock's
 * minute or by a sliding one; whoever keeps to the sliding one keeps to both.
 */
export interface WeightLimit {
  readonly weight: number;
  readonly windowMs: number;
}

interface Spent {
  readonly atMs: number;
  readonly weight: number;
}

/** What has been asked lately: own requests, and what the venue counted beyond them (somebody else behind this address). */
export interface WeightWindow {
  readonly spent: readonly Spent[];
  readonly elsewhere: number;
  readonly elsewhereUntilMs: number;
}

export const EMPTY_WINDOW: WeightWindow = { spent: [], elsewhere: 0, elsewhereUntilMs: 0 };

/** Milliseconds until a request of this weight fits. One that is heavier than the whole limit goes when nothing else counts. */
export function waitForRoomMs(
  window: WeightWindow,
  limit: WeightLimit,
  weight: number,
  nowMs: number,
): number {
  const { spent, elsewhere, elsewhereUntilMs } = atTime(window, limit, nowMs);
  let load = elsewhere + sum(spent);
  const fits = (): boolean => load + weight <= limit.weight || load <= 0;
  if (fits()) return 0;
  const leaving = [
    ...spent.map((one) => ({ weight: one.weight, atMs: one.atMs + limit.windowMs })),
    { weight: elsewhere, atMs: elsewhereUntilMs },
  ].sort((a, b) => a.atMs - b.atMs);
  let lastMs = nowMs;
  for (const one of leaving) {
    load -= one.weight;
    lastMs = one.atMs;
    if (fits()) break;
  }
  return Math.max(0, lastMs - nowMs);
}

export function spend(window: WeightWindow, limit: WeightLimit, weight: number, nowMs: number): WeightWindow {
  const now = atTime(window, limit, nowMs);
  return { ...now, spent: [...now.spent, { atMs: nowMs, weight }] };
}

/** The venue has said how much it counts; what is more than ours was asked by somebody else. */
export function hearUsed(
  window: WeightWindow,
  limit: WeightLimit,
  used: number,
  nowMs: number,
): WeightWindow {
  const now = atTime(window, limit, nowMs);
  return {
    ...now,
    elsewhere: Math.max(0, used - sum(now.spent)),
    elsewhereUntilMs: nowMs + limit.windowMs,
  };
}

export function weightInWindow(window: WeightWindow, limit: WeightLimit, nowMs: number): number {
  const { spent, elsewhere } = atTime(window, limit, nowMs);
  return elsewhere + sum(spent);
}

/** Without what counts no longer. A clock that was set back would make requests of the future, which would count for hours. */
function atTime(window: WeightWindow, limit: WeightLimit, nowMs: number): WeightWindow {
  const elsewhereUntilMs = Math.min(window.elsewhereUntilMs, nowMs + limit.windowMs);
  return {
    spent: window.spent
      .filter((one) => one.atMs + limit.windowMs > nowMs)
      .map((one) => (one.atMs > nowMs ? { ...one, atMs: nowMs } : one)),
    elsewhere: elsewhereUntilMs > nowMs ? window.elsewhere : 0,
    elsewhereUntilMs,
  };
}

function sum(spent: readonly Spent[]): number {
  return spent.reduce((total, one) => total + one.weight, 0);
}
