import type { Board, Standing } from '../core/arena/board.js';
import { timeframeMs } from '../core/domain/time.js';
import type { MarketLabel } from './leaderboard-text.js';

/** `leaderboard.json`: the same board for programs. What cannot be measured is null, with its reason beside it. */
export function leaderboardJson(board: Board, market: MarketLabel): string {
  const content = {
    schema_version: 1,
    market: market.text,
    generated: market.generated,
    timeframe: board.timeframe,
    symbols: board.symbols,
    from: new Date(board.firstBarMs).toISOString(),
    to: new Date(board.lastBarMs + timeframeMs(board.timeframe)).toISOString(),
    windowFrom: new Date(board.windowStartMs).toISOString(),
    observedRounds: board.observedRounds,
    dueRounds: board.dueRounds,
    cohorts: board.cohorts,
    rankedContestants: board.contestants,
    independentContestants: board.independent ?? null,
    minimumHours: board.minimumHours,
    champion: championOf(board),
    looks: board.looks,
    gateBudget: board.gateBudget,
    startCashUsd: board.cashUsd,
    costs: board.costs,
    absent: board.absent,
    rows: board.standings.map(rowOf),
    disclaimer: 'Past results promise nothing.',
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Returns since it became champion, of its own account in the arena and of the champion's before it. */
function championOf({ champion }: Board): Record<string, unknown> | null {
  if (champion === undefined) return null;
  const { id, name, generation, sinceMs, returnPct, shadow, watch } = champion;
  const since = new Date(sinceMs).toISOString();
  return { id, name, generation, since, returnPct, shadow: shadow ?? null, watch: watch ?? null };
}

/** As in the candidate file; null for who never can be one. */
function verdictOf({ notCandidate, gate }: Standing): string | null {
  if (notCandidate === undefined) return null;
  if (notCandidate !== '') return 'not_eligible';
  return gate?.verdict === 'promotable' ? 'promotable' : 'leading_not_proven';
}

/** Null for who asks no language model. */
function modelsOf({ models }: Standing): Record<string, unknown> | null {
  if (models === undefined) return null;
  return {
    ...models,
    servedBy: models.servedBy ?? null,
    costUsd: models.costUsd ?? null,
    grossReturnPct: models.grossReturnPct ?? null,
    netReturnPct: models.netReturnPct ?? null,
    costPerDecisionUsd: models.costPerDecisionUsd ?? null,
    costPerDayUsd: models.costPerDayUsd ?? null,
    costPerWeekUsd: models.costPerWeekUsd ?? null,
    flipPct: models.flipPct ?? null,
  };
}

function rowOf(standing: Standing): Record<string, unknown> {
  const { metrics: m } = standing;
  return {
    rank: standing.rank ?? null,
    id: standing.id,
    name: standing.name,
    kind: standing.kind,
    role: standing.role,
    cohort: standing.cohort ?? null,
    training: standing.training ?? null,
    returnPct: m.totalReturnPct ?? null,
    sharpe: m.sharpe ?? null,
    sortino: m.sortino ?? null,
    calmar: m.calmar ?? null,
    annualVolatilityPct: m.annualVolatilityPct ?? null,
    maxDrawdownPct: m.maxDrawdownPct ?? null,
    trades: m.trades,
    fills: m.fills,
    winPct: m.winPct ?? null,
    profitFactor: m.profitFactor ?? null,
    expectancyUsd: m.expectancyUsd ?? null,
    turnover: m.turnover ?? null,
    exposurePct: m.exposurePct ?? null,
    equityUsd: m.finalEquityUsd,
    feesUsd: m.feesUsd,
    spreadUsd: m.spreadUsd,
    slippageUsd: m.slippageUsd,
    fundingUsd: m.fundingUsd,
    modelCostUsd: m.modelCostUsd,
    observedHours: standing.observedHours,
    coveragePct: standing.coveragePct ?? null,
    cloneOf: standing.cloneOf?.id ?? null,
    leadPoints: standing.leadPoints ?? null,
    notCandidate: standing.notCandidate ?? null,
    sharpeLow: standing.sharpeRange?.low ?? null,
    sharpeHigh: standing.sharpeRange?.high ?? null,
    verdict: verdictOf(standing),
    gate: standing.gate ?? null,
    placebos: standing.placebos ?? null,
    models: modelsOf(standing),
    status: standing.status,
    reason: standing.reason,
  };
}
