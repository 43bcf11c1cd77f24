import type { MarketTable } from '../../core/domain/market-table.js';
import { Problem } from '../../core/domain/problem.js';
import { createMarketViews } from '../../core/indicators/market-views.js';
import { runMemory } from '../../core/kernel/run-session.js';
import type { Kinds } from '../../core/strategies/catalog.js';
import { nthRun } from '../../core/sweep/nth-run.js';
import { sampleIndices } from '../../core/sweep/sample-indices.js';
import { sampledReturns, scoreCurve } from '../../core/sweep/score-curve.js';
import { STATUS, writeRow } from '../../core/sweep/sweep-row.js';
import type { SweepSettings } from '../../core/sweep/sweep-settings.js';
import { playSet } from './play-set.js';

/** Indicator columns of runs before are kept up to 64 MB: neighbours in a grid read the same ones. */
const MOST_DOUBLES = 8e6;

/** Plays runs of one sweep, one after the other, in the same memory. */
export interface SweepCourt {
  /** Writes the row of a run. */
  play(run: number, row: Float64Array): void;
  /** Returns between the samples of the run that was played last. */
  returns(): Float64Array;
}

/** `market` may reach further than the ranking: then rows and returns are about all of it. */
export function openCourt(settings: SweepSettings, kinds: Kinds, market: MarketTable): SweepCourt {
  const kind = kinds.find(settings.kind);
  if (kind === undefined || kind.manifest.version !== settings.version)
    throw new Problem(
      'foreign',
      `kind "${settings.kind}" of version ${String(settings.version)} is not known here`,
      { hint: 'all processes of a sweep need the same program and the same contestants/kinds' },
    );
  const { first, cashUsd, costs, timeframe } = settings;
  const limits = settings.limits;
  const { inCurve } = sampleIndices(market, first);
  const buffers = runMemory(market.length - first);
  let equity: Float64Array = new Float64Array(0);
  let views = createMarketViews(market);
  const instrument = market.instruments.some(({ type }) => type === 'perpetual') ? 'perpetual' : 'spot';
  return {
    returns() {
      const returns = new Float64Array(inCurve.length);
      sampledReturns(equity, inCurve, cashUsd, returns);
      return returns;
    },
    play(run, row) {
      row.fill(NaN);
      const next = nthRun(settings, kind, run, instrument);
      if (next.kind === 'invalid') {
        writeRow(row, 'status', STATUS.invalid);
        return;
      }
      const { params, symbols } = next;
      if (views.in(timeframe).features.size() > MOST_DOUBLES) views = createMarketViews(market);
      const played = playSet(
        { position: 0, kind, params, seed: 0, symbols, timeframe, cashUsd, costs, limits },
        views,
        first,
        buffers,
      );
      equity = played.equity;
      writeRow(row, 'status', played.faulted ? STATUS.faulted : STATUS.played);
      writeRow(row, 'fills', played.fills);
      writeRow(row, 'closedTrades', played.closedTrades);
      writeRow(row, 'costsUsd', played.costsUsd);
      scoreCurve(row, equity, inCurve, cashUsd, settings.windows.folds);
    },
  };
}
