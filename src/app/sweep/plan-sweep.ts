import { parseRoster } from '../../core/arena/parse-roster.js';
import { canonicalJson } from '../../core/domain/canonical-json.js';
import type { CostModel } from '../../core/domain/costs.js';
import type { MarketTable } from '../../core/domain/market-table.js';
import { Problem } from '../../core/domain/problem.js';
import { sliceMarket } from '../../core/domain/slice-market.js';
import { HOUR_MS, timeframeMs } from '../../core/domain/time.js';
import { samplesPerYear } from '../../core/metrics/samples-per-year.js';
import type { RiskLimits } from '../../core/risk/limits.js';
import type { Kinds } from '../../core/strategies/catalog.js';
import type { StrategyKind } from '../../core/strategies/strategy.js';
import { nthRun } from '../../core/sweep/nth-run.js';
import { longestReach, setsLookedAt } from '../../core/sweep/longest-reach.js';
import { type ParameterSets, countSets } from '../../core/sweep/parameter-sets.js';
import { sampleIndices } from '../../core/sweep/sample-indices.js';
import type { SweepSettings } from '../../core/sweep/sweep-settings.js';
import { FEWEST_SAMPLES, type SweepWindows, planWindows } from '../../core/sweep/sweep-windows.js';
import { fingerprintMarket } from '../fingerprint-market.js';

/** What a person asks of a sweep; what is undefined is chosen here. */
export interface SweepWish {
  readonly kind: string;
  readonly sets: ParameterSets;
  readonly eachSymbol: boolean;
  readonly cashUsd: number;
  readonly costs: CostModel;
  readonly limits: RiskLimits;
  readonly holdoutFraction: number;
  readonly folds: number | undefined;
  readonly purgeBars: number | undefined;
  readonly embargoBars: number;
}

export interface SweepPlan {
  readonly settings: SweepSettings;
  /** The market up to the holdout: whoever ranks gets no other. */
  readonly ranked: MarketTable;
  readonly purgeBars: number;
  readonly purgeFrom: string;
  /** Slots of the first held-out bar; undefined without a holdout. */
  readonly holdoutFrom: number | undefined;
  readonly kind: StrategyKind;
  readonly instrument: 'spot' | 'perpetual';
}

const DEFAULT_FOLDS = 4;

export function planSweep(
  wish: SweepWish,
  market: MarketTable,
  first: number,
  kinds: Kinds,
  hash: (content: string | Uint8Array) => string,
): SweepPlan {
  const kind = kinds.find(wish.kind);
  if (kind === undefined) throw new Error(`no kind ${wish.kind}`);
  const instrument = market.instruments.some(({ type }) => type === 'perpetual') ? 'perpetual' : 'spot';
  const { inCurve, onAxis } = sampleIndices(market, first);
  const barsPerSample = Math.max(1, HOUR_MS / timeframeMs(market.timeframe));
  const draft: SweepSettings = {
    kind: wish.kind,
    version: kind.manifest.version,
    code: null,
    sets: wish.sets,
    accounts: wish.eachSymbol ? market.symbols.map((symbol) => [symbol]) : [[...market.symbols]],
    timeframe: market.timeframe,
    cashUsd: wish.cashUsd,
    costs: wish.costs,
    limits: {
      ...wish.limits,
      classes: wish.limits.classes === undefined ? undefined : { ...wish.limits.classes },
    },
    first,
    market: '',
    samplesPerYear: samplesPerYear(market.timeframe, market.calendar),
    windows: { ranked: 0, holdoutFrom: 0, samples: 0, folds: [] },
  };
  const code = checkPlayable(draft, kind, kinds, instrument);
  const purge = wish.purgeBars ?? longestReach(wish.sets, kind, instrument);
  const windows = windowsFor(wish, inCurve.length, purge, barsPerSample);
  const ranked = sliceMarket(market, 0, (onAxis[windows.ranked - 1] ?? market.length - 1) + 1);
  return {
    settings: {
      ...draft,
      code: code ?? null,
      market: fingerprintMarket(ranked, hash),
      windows: { ...windows, folds: [...windows.folds] },
    },
    ranked,
    purgeBars: purge,
    purgeFrom: wish.purgeBars === undefined ? 'longest warm-up or maxHoldBars' : 'as asked',
    holdoutFrom: windows.holdoutFrom < windows.samples ? onAxis[windows.holdoutFrom] : undefined,
    kind,
    instrument,
  };
}

/** At least one set must be a contestant of this market, by the words of the roster. Returns the hash of its code. */
function checkPlayable(
  settings: SweepSettings,
  kind: StrategyKind,
  kinds: Kinds,
  instrument: 'spot' | 'perpetual',
): string | undefined {
  const lookedAt = setsLookedAt(settings.sets);
  let why = '';
  for (const n of lookedAt) {
    const next = nthRun(settings, kind, n * settings.accounts.length, instrument);
    if (next.kind === 'invalid') {
      why ||= next.why;
      continue;
    }
    const { timeframe } = settings;
    const symbols = settings.accounts.flat();
    parseRoster(
      { kind: settings.kind, params: next.params, symbols: next.symbols },
      '--kind',
      { symbols, instrument, timeframe },
      kinds,
    );
    return kind.code?.(next.params);
  }
  const count = countSets(settings.sets);
  const which =
    count > lookedAt.length
      ? `none of ${String(lookedAt.length)} sets of ${String(count)}`
      : count === 1
        ? 'not the only set'
        : `none of the ${String(count)} sets`;
  throw new Problem('usage', `${settings.kind} takes ${which}: ${why}`, {
    hint: 'see the README for the parameters of each kind, or try one set with: npm run backtest',
  });
}

/** As many folds as asked; where nobody asked, as many as the record has room for, at most four. */
function windowsFor(wish: SweepWish, samples: number, purge: number, barsPerSample: number): SweepWindows {
  const inSamples = (bars: number): number => Math.ceil(bars / barsPerSample);
  const rules = {
    holdoutFraction: wish.holdoutFraction,
    purge: inSamples(purge),
    embargo: inSamples(wish.embargoBars),
  };
  for (let folds = wish.folds ?? DEFAULT_FOLDS; folds >= 0; folds--) {
    const windows = planWindows(samples, { ...rules, folds });
    if (windows !== undefined) return windows;
    if (wish.folds !== undefined) break;
  }
  throw new Problem(
    'input',
    `${String(samples)} samples are too few: every part of training, test and holdout needs ${String(FEWEST_SAMPLES)}, with ${String(rules.purge + rules.embargo)} between them`,
    { hint: 'take a longer window, fewer --folds, a shorter --purge, or --holdout 0' },
  );
}

/** The same sweep has the same name wherever it is done. */
export function sweepId(settings: SweepSettings, hash: (content: string) => string): string {
  return hash(canonicalJson(settings)).slice(0, 16);
}
