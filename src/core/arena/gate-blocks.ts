/**
 * The hours and blocks of a cohort: every sample goes into the open block of each length, for the champion's series, the
 * market and every member's track; a complete block goes into the moments that the tests are made of.
 */
import { type MarketTable } from '../domain/market-table.js';
import { DAY_MS, HOUR_MS, type TimeMs, timeframeMs } from '../domain/time.js';
import { simpleReturn } from '../metrics/returns.js';
import { addSharedBlock } from '../promotion/block-moments.js';
import { BLOCK_HOURS } from '../promotion/series-evidence.js';
import { closeTrackBlock, markTrack, sampleTrack } from '../promotion/track.js';
import { isSampleBar } from '../session/session.js';
import { type Blocks, type CohortGate, type GateRound, ownTrack } from './cohort-gate.js';

/** Equal-weight buy and hold from the open of the first bar, without rebalancing or costs (DESIGN section 8). */
export function followMarket(gate: CohortGate, market: MarketTable, t: number): void {
  gate.symbols.forEach((s, i) => {
    const candles = market.candles[s];
    const close = candles?.close[t] ?? NaN;
    if (Number.isNaN(close)) return;
    if (gate.basePrices[i] === 0) gate.basePrices[i] = candles?.open[t] ?? close;
    gate.ratios[i] = close / (gate.basePrices[i] ?? close);
  });
}

export function addSample<Seat>(gate: CohortGate, round: GateRound<Seat>): void {
  const { market, t, reign, read, seats } = round;
  const openMs = market.openTimesMs[t] ?? NaN;
  const barMs = timeframeMs(market.timeframe);
  const closeMs = openMs + barMs;
  const sampled = isSampleBar(barMs, openMs);
  if (sampled) {
    const marketIndex = gate.ratios.reduce((sum, ratio) => sum + ratio, 0) / Math.max(1, gate.ratios.length);
    const marketReturn = simpleReturn(gate.marketIndex, marketIndex);
    const championReturn = simpleReturn(gate.championIndex, reign.index);
    gate.marketIndex = marketIndex;
    gate.championIndex = reign.index;
    for (const daily of [0, 1]) {
      const blocks = blocksOf(gate, daily);
      const block = blockOf(gate, daily, market, closeMs, openMs);
      // A gap went over the end of the open block: it holds the hours that there were.
      if (blocks.open !== -1 && blocks.open !== block) closeBlocks(gate, daily, round);
      blocks.open = block;
      blocks.champion += championReturn;
      blocks.market += marketReturn;
    }
  }
  for (const c of gate.members) {
    const track = ownTrack(gate, c, round);
    const seat = seats[c];
    if (track === undefined || seat === undefined || read.contestant(seat).retired !== undefined) continue;
    const equityUsd = read.equityUsd(seat);
    markTrack(track, equityUsd, closeMs);
    if (sampled) sampleTrack(track, equityUsd);
  }
  if (!sampled) return;
  for (const daily of [0, 1]) if (endsBlock(gate, daily, market, closeMs)) closeBlocks(gate, daily, round);
}

/** A new session completes the blocks of the one before. */
export function closeSession<Seat>(gate: CohortGate, openMs: TimeMs, round: GateRound<Seat>): void {
  for (const daily of [0, 1]) {
    const { open } = blocksOf(gate, daily);
    if (open !== -1 && open !== Math.floor(openMs / DAY_MS)) closeBlocks(gate, daily, round);
  }
}

export function blocksOf(gate: CohortGate, daily: number): Blocks {
  return daily === 1 ? gate.days : gate.hours;
}

function blockMs(daily: number): number {
  return daily === 1 ? DAY_MS : BLOCK_HOURS * HOUR_MS;
}

/** Number of the block that a sample lies in: by the clock from the cohort's first bar, or by session. */
function blockOf(
  gate: CohortGate,
  daily: number,
  market: MarketTable,
  closeMs: TimeMs,
  openMs: TimeMs,
): number {
  return market.calendar === 'continuous'
    ? Math.ceil((closeMs - gate.startMs) / blockMs(daily)) - 1
    : Math.floor(openMs / DAY_MS);
}

/** Whether nothing more can come into the open block. Of a session shorter bars tell only when the next one begins. */
function endsBlock(gate: CohortGate, daily: number, market: MarketTable, closeMs: TimeMs): boolean {
  return market.calendar === 'continuous'
    ? (closeMs - gate.startMs) % blockMs(daily) === 0
    : timeframeMs(market.timeframe) >= DAY_MS;
}

function closeBlocks<Seat>(gate: CohortGate, daily: number, round: GateRound<Seat>): void {
  const blocks = blocksOf(gate, daily);
  if (blocks.open === -1) return;
  addSharedBlock(blocks.shared, blocks.champion, blocks.market);
  for (const c of gate.members) {
    const track = ownTrack(gate, c, round);
    if (track?.daily === daily) closeTrackBlock(track, blocks.shared, blocks.champion, blocks.market);
  }
  blocks.open = -1;
  blocks.champion = 0;
  blocks.market = 0;
}
