import { describe, expect, it } from 'vitest';
import { championOf, orderOf, sha256 } from '../../test/support/made-champion.js';
import { bar, flatBars, marketOf } from '../../test/support/made-market.js';
import { DEFAULT_COSTS } from '../core/domain/costs.js';
import { costTableSchema, costTableText } from '../core/domain/cost-table.js';
import { finishOpened, takeQuoteEvents } from '../core/deployment/open-at-quotes.js';
import { type PaperRules, handOver, openPaper, playPaperRound } from '../core/deployment/paper.js';
import { DEFAULT_LIMITS } from '../core/risk/limits.js';
import { slippageRows, slippageText } from '../reporting/slippage-text.js';
import { costTableOf, slippageSamples } from './measure-slippage.js';

const COSTS = { ...DEFAULT_COSTS, halfSpreadBps: 2, slippageBps: 0, impactBps: 0 };
const RULES: PaperRules = {
  cashUsd: 10_000,
  costs: COSTS,
  limits: DEFAULT_LIMITS,
  breakers: {},
  fills: 'quote',
};

/** Bought in bar 1 at 100.10 (open 100), sold in bar 2 at 103.95 (open 104). */
function measured(): ReturnType<typeof slippageSamples> {
  const market = marketOf([[...flatBars(100, 2), bar(104)]]);
  const paper = openPaper(market, 0, RULES, sha256);
  const { champion, kind } = championOf(market, { kind: 'flat', symbols: ['A'] });
  handOver(paper, champion, kind, 1);
  const rounds = [];
  for (const [bid, ask, direction] of [
    [0, 0, 0],
    [100.08, 100.1, 1],
    [103.95, 103.97, -1],
  ] as const) {
    const slotMs = market.openTimesMs[paper.nextIndex] ?? NaN;
    if (direction !== 0) {
      const effect = direction > 0 ? 'entry' : 'exit';
      paper.session.orders = [orderOf({ symbol: 0, effect, direction, quantity: 10 })];
      // The first decision waited for a model.
      const thought = direction > 0 ? { thinkMs: 400 } : {};
      const latencyMs = { settledMs: 1000, ...thought, decidedMs: 1500, quoteMs: 2000 * direction + 4000 };
      takeQuoteEvents(paper, [
        {
          event: 'quote-fill',
          slotMs,
          symbol: 'A',
          bid,
          ask,
          venueMs: slotMs,
          receivedMs: slotMs,
          latencyMs,
        },
      ]);
    }
    finishOpened(paper);
    const round = playPaperRound(paper, []);
    if (round !== undefined) rounds.push(round);
  }
  return slippageSamples(rounds, market, COSTS);
}

describe('slippage of live fills', () => {
  it('is told against the simulated fill of the same bar, dearer with a plus', () => {
    const samples = measured();
    expect(
      samples.map(({ hourUtc, latencyMs, decideMs, thinkMs, quoteMs }) => [
        hourUtc,
        latencyMs,
        [decideMs, thinkMs, quoteMs],
      ]),
    ).toEqual([
      [1, 6000, [1100, 400, 4500]],
      [2, 2000, [1500, undefined, 500]],
    ]);
    // 100.10 instead of 100.02; 103.95 instead of 103.9792.
    expect(samples[0]?.differenceBps).toBeCloseTo((1e4 * 0.08) / 100.02, 6);
    expect(samples[1]?.differenceBps).toBeCloseTo((1e4 * 0.0292) / 103.9792, 6);
    expect(samples[0]?.driftBps).toBeCloseTo(9, 6);
    expect(samples[1]?.driftBps).toBeCloseTo((1e4 * 0.04) / 104, 6);
  });

  it('is shown per symbol and hour of day, with what is not known as n/a', () => {
    const rows = slippageRows(measured());
    expect(rows.map(({ hourUtc, fills }) => [hourUtc, fills])).toEqual([
      [undefined, 2],
      [1, 1],
      [2, 1],
    ]);
    const lines = slippageText(rows).split('\n');
    expect(lines[2]).toMatch(/^A +01 +1 +\+8\.00 +\+8\.00 +6\.00 +6\.00 +1\.10 +0\.40 +4\.50$/);
    expect(lines[3], 'no model was asked').toMatch(/ 2\.00 +2\.00 +1\.50 +n\/a +0\.50$/);
    expect(slippageRows([])).toEqual([]);
  });

  it('becomes a table of costs of a known form, and none without a fill', () => {
    const table = costTableOf(measured(), 'test');
    expect(costTableSchema.parse(JSON.parse(costTableText(table ?? ({} as never))))).toEqual(table);
    expect(table?.symbols[0]?.fills).toBe(2);
    expect(table?.symbols[0]?.halfSpreadBps).toBeCloseTo((0.9991 + 0.962) / 2, 3);
    expect(costTableOf([], 'test')).toBeUndefined();
  });
});
