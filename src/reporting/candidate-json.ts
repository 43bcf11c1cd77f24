import type { Standing } from '../core/arena/board.js';
import { type Contestant, type ContestantManifest } from '../core/arena/contestant.js';
import type { CandidateEntry, CandidateFile, PlanInFile } from '../core/deployment/candidate-file.js';
import { canonicalJson } from '../core/domain/canonical-json.js';
import type { HandoverPlan } from '../core/deployment/plan-handover.js';
import { timeframeMs, type Timeframe } from '../core/domain/time.js';
import { type Evidence, type Freeze, compareCandidates } from '../core/promotion/candidate.js';
import type { MarketLabel } from './leaderboard-text.js';
import { candidateWords } from './candidate-words.js';

export interface CandidateView {
  readonly freezes: readonly Freeze[];
  readonly contestants: ReadonlyMap<number, Contestant>;
  readonly standings: readonly Standing[];
  readonly championName: string | undefined;
  readonly timeframe: Timeframe;
  readonly cashUsd: number;
  /** How many of those that are ranked move like a better one. */
  readonly clones: number;
  /** What a promotion would do to the paper account now; undefined while there is none. */
  plan(manifest: ContestantManifest): PlanInFile | undefined;
}

/** The file's text while somebody stands at the gate; undefined when nobody does. */
export function candidateJson(view: CandidateView, market: MarketLabel): string | undefined {
  const newest = new Map(view.freezes.map((freeze) => [freeze.position, freeze]));
  const ranked = [...newest.values()].sort(compareCandidates);
  const entries = ranked.map((freeze) => entryOf(freeze, view));
  const [first, ...others] = entries;
  if (first === undefined) return undefined;
  const content: CandidateFile = {
    schema_version: 2,
    market: market.text,
    generated: market.generated,
    ...first,
    others,
    disclaimer: 'Past results promise nothing.',
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function entryOf(freeze: Freeze, view: CandidateView): CandidateEntry {
  const contestant = view.contestants.get(freeze.position);
  if (contestant === undefined) throw new Error(`candidate ${String(freeze.position)} is not registered`);
  const { id, name } = contestant;
  // In one order of keys, whether it comes from a contestant file or from the journal.
  const manifest = JSON.parse(canonicalJson(contestant.manifest)) as ContestantManifest;
  const { evidence } = freeze;
  const standing = view.standings.find((s) => s.id === id);
  const closeMs = evidence.cutBarMs + timeframeMs(view.timeframe);
  return {
    id: freeze.hash.slice(0, 16),
    hash: freeze.hash,
    name,
    verdict: evidence.verdict,
    words: candidateWords(name, view.championName, evidence, view.clones, contestant.training),
    model_id: id,
    trial_number: contestant.training?.trial ?? null,
    training: contestant.training ?? null,
    timestamp: new Date(closeMs).toISOString(),
    expires_at: new Date(freeze.expiresMs).toISOString(),
    excess_return_pct: evidence.leadPoints,
    incumbent: {
      id: evidence.champion,
      generation: evidence.generation,
      return_pct: evidence.championReturnPct,
      window_start: new Date(closeMs - evidence.ageHours * 3_600_000).toISOString(),
      window_end: new Date(closeMs).toISOString(),
    },
    metrics: metricsOf(contestant, standing, view.cashUsd, evidence),
    contestant: { id, name, manifest },
    valid: view.freezes
      .filter((one) => one.position === freeze.position)
      .map((one) => ({ hash: one.hash, expires_at_ms: one.expiresMs, evidence: one.evidence })),
    handover_plan: view.plan(manifest) ?? null,
  };
}

/** The keys that other programs read; what this product does not measure is null. */
function metricsOf(
  { id, training }: Contestant,
  standing: Standing | undefined,
  cashUsd: number,
  evidence: Evidence,
): Record<string, unknown> {
  const m = standing?.metrics;
  return {
    model_id: id,
    trial_number: training?.trial ?? null,
    training_value: null,
    current_value: m?.finalEquityUsd ?? cashUsd,
    return_pct: evidence.returnPct,
    return_24h: null,
    return_7d: null,
    sharpe_ratio: evidence.sharpe,
    sortino_ratio: m?.sortino ?? null,
    calmar_ratio: m?.calmar ?? null,
    max_drawdown: Math.abs(evidence.maxDrawdownPct),
    volatility: m?.annualVolatilityPct ?? null,
    win_rate: evidence.winPct,
    total_trades: evidence.trades,
    hours_active: evidence.ageHours,
    eligible_for_promotion: evidence.verdict === 'promotable',
    sharpe_low: evidence.sharpeLow,
    sharpe_high: evidence.sharpeHigh,
    luck_alone: evidence.gate?.p ?? null,
    luck_best_of_all: evidence.gate?.pHolm ?? null,
    tried_together: evidence.cohortSize,
  };
}

/** A plan as the file holds it. */
export function planInFile(plan: HandoverPlan, asOf: string): PlanInFile {
  return {
    as_of: asOf,
    equity_before_usd: plan.equityBeforeUsd,
    cost_usd: plan.costUsd,
    steps: plan.steps.map((step) => ({
      symbol: step.symbol,
      action: step.action,
      quantity: step.quantity,
      notional_usd: step.notionalUsd,
      cost_usd: step.costUsd,
      why: step.why,
    })),
  };
}
