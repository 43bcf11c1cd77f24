import { DAY_MS, type TimeMs } from '../core/domain/time.js';
import { MODEL_CALL_MARK, type ModelCall, parseModelCall } from '../core/session/model-record.js';
import type { ArenaStore } from '../ports/arena-store.js';

/** What one contestant's questions came to. */
export interface ModelSpend {
  readonly contestant: number;
  readonly name: string;
  calls: number;
  failed: number;
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  costUsd: number;
  readonly firstMs: TimeMs;
  lastMs: TimeMs;
  /** Start of every UTC day of the market with a question, in order. */
  readonly days: { readonly dayMs: TimeMs; calls: number; costUsd: number }[];
}

/** Spending of all contestants that ever asked, by UTC day of the market, from the journal. In the order of the roster. */
export function modelCosts(store: ArenaStore, nameOf: (contestant: number) => string): ModelSpend[] {
  const spends = new Map<number, ModelSpend>();
  const last = store.lastCommit()?.seq ?? 0;
  for (const round of store.rounds(1)) {
    if (round.seq > last) break;
    for (const line of round.events) {
      if (!line.includes(MODEL_CALL_MARK)) continue;
      const call = parseModelCall(line);
      let spend = spends.get(call.c);
      if (spend === undefined) {
        spend = emptySpend(call.c, nameOf(call.c), call.atMs);
        spends.set(call.c, spend);
      }
      addCall(spend, call);
    }
  }
  return [...spends.values()].sort((a, b) => a.contestant - b.contestant);
}

function emptySpend(contestant: number, name: string, firstMs: TimeMs): ModelSpend {
  return {
    contestant,
    name,
    calls: 0,
    failed: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    firstMs,
    lastMs: firstMs,
    days: [],
  };
}

function addCall(spend: ModelSpend, { usage, costUsd, fault, atMs }: ModelCall): void {
  spend.calls++;
  if (fault !== undefined) spend.failed++;
  spend.inputTokens += usage.inputTokens + usage.cacheWriteTokens;
  spend.cachedInputTokens += usage.cachedInputTokens;
  spend.outputTokens += usage.outputTokens;
  spend.costUsd += costUsd;
  spend.lastMs = atMs;
  const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  let day = spend.days.at(-1);
  if (day?.dayMs !== dayMs) {
    day = { dayMs, calls: 0, costUsd: 0 };
    spend.days.push(day);
  }
  day.calls++;
  day.costUsd += costUsd;
}
