/** What the recorded runs said and what the system that recorded them made of it, by the close it was decided at. */
import { z } from 'zod';
import type { TimeMs } from '../../src/core/domain/time.js';
import { HOUR_MS } from '../../src/core/domain/time.js';
import { parseReply } from '../../src/core/strategies/llm/parse-reply.js';
import type { TradeSignal } from '../../src/core/strategies/llm/trade-signal.js';

export const DECISION_MS = 4 * HOUR_MS;
/** Runs with fewer replies are scraps of others. */
const NEAR_COMPLETE = 80;

export interface RecordedDecision {
  readonly text: string;
  /** Signals that the recorded system acted on. */
  readonly told: readonly TradeSignal[];
  /** Signals that our parser finds in the text. */
  readonly read: readonly TradeSignal[];
}

export interface RecordedRunDecisions {
  readonly run: string;
  readonly decisions: ReadonlyMap<TimeMs, RecordedDecision>;
}

const goldenSchema = z.object({
  cases: z.array(
    z.object({
      run: z.string(),
      timestamp: z.string(),
      raw_response: z.string(),
      recorded_signals: z.array(
        z.object({
          coin: z.string(),
          signal: z.enum(['buy', 'hold', 'close_position']),
          quantity: z.number(),
          leverage: z.number(),
          stop_loss: z.number(),
          profit_target: z.number(),
          confidence: z.number(),
          risk_usd: z.number(),
          invalidation_condition: z.string(),
        }),
      ),
    }),
  ),
});

/** The near complete runs by name; stamps are opens of candles, decisions belong to their closes. */
export function readRecordedDecisions(golden: unknown): RecordedRunDecisions[] {
  const byRun = new Map<string, Map<TimeMs, RecordedDecision>>();
  for (const each of goldenSchema.parse(golden).cases) {
    const decisions = byRun.get(each.run) ?? new Map<TimeMs, RecordedDecision>();
    byRun.set(each.run, decisions);
    const parsed = parseReply(each.raw_response);
    decisions.set(Date.parse(`${each.timestamp}Z`) + DECISION_MS, {
      text: each.raw_response,
      told: each.recorded_signals.map((signal) => ({
        coin: signal.coin,
        signal: signal.signal,
        quantity: signal.quantity,
        leverage: signal.leverage,
        stopLoss: signal.stop_loss,
        profitTarget: signal.profit_target,
        confidence: signal.confidence,
        riskUsd: signal.risk_usd,
        invalidation: signal.invalidation_condition,
      })),
      read: parsed.kind === 'signals' ? parsed.signals : [],
    });
  }
  return [...byRun]
    .map(([run, decisions]) => ({ run, decisions }))
    .filter(({ decisions }) => decisions.size > NEAR_COMPLETE)
    .sort((a, b) => a.run.localeCompare(b.run));
}

const accountsSchema = z.object({
  runs: z.array(
    z.object({
      run: z.string(),
      account_value: z.number(),
      total_fees_paid: z.number(),
      total_trades: z.int(),
      total_return_percent: z.number(),
    }),
  ),
});

/** What the recorded system said of a run when it ended: all that is known of its account. */
export interface RecordedAccount {
  readonly finalUsd: number;
  readonly feesUsd: number;
  /** Openings and closings. */
  readonly fills: number;
  readonly returnPct: number;
}

export function readRecordedAccounts(golden: unknown): Map<string, RecordedAccount> {
  return new Map(
    accountsSchema.parse(golden).runs.map((account) => [
      account.run,
      {
        finalUsd: account.account_value,
        feesUsd: account.total_fees_paid,
        fills: account.total_trades,
        returnPct: account.total_return_percent,
      },
    ]),
  );
}
