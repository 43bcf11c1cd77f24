import type { TimeMs } from '../../../src/core/domain/time.js';

export interface LoggedRequest {
  readonly atMs: TimeMs;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly weight: number;
  /** Undefined where nobody got an answer. */
  readonly status: number | undefined;
  readonly fault: string | undefined;
}

export interface RequestTotals {
  readonly requests: number;
  readonly weight: number;
  readonly byPath: ReadonlyMap<string, number>;
}

export interface RequestLog {
  add(request: LoggedRequest): void;
  /** The newest, oldest first. */
  newest(): readonly LoggedRequest[];
  totals(): RequestTotals;
}

/** Weeks of an accelerated clock must not fill the memory: totals go on, single requests are forgotten. */
const KEPT = 10_000;

export function createRequestLog(): RequestLog {
  let kept: LoggedRequest[] = [];
  let requests = 0;
  let weight = 0;
  const byPath = new Map<string, number>();
  return {
    add: (request) => {
      kept.push(request);
      if (kept.length >= 2 * KEPT) kept = kept.slice(-KEPT);
      requests++;
      weight += request.weight;
      byPath.set(request.path, (byPath.get(request.path) ?? 0) + 1);
    },
    newest: () => kept.slice(-KEPT),
    totals: () => ({ requests, weight, byPath: new Map(byPath) }),
  };
}
