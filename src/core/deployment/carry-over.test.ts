import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryBars, bar, flatBars, marketOf, perpetual } from '../../../test/support/made-market.js';
import { championOf, orderOf, playPaper, sha256 } from '../../../test/support/made-champion.js';
import { createByteReader } from '../domain/byte-reader.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import type { MarketTable } from '../domain/market-table.js';
import { HOUR_MS } from '../domain/time.js';
import type { ProtectionRules } from '../risk/account-protection.js';
import { DEFAULT_LIMITS } from '../risk/limits.js';
import { heldPositions } from './carry-over.js';
import { encodePaper, readPaperBody, readPaperHead } from './paper-codec.js';
import {
  type Paper,
  type PaperRules,
  handOver,
  killPaper,
  openPaper,
  planFor,
  resumePaper,
} from './paper.js';

const RULES = { cashUsd: 10_000, costs: DEFAULT_COSTS, limits: DEFAULT_LIMITS, breakers: {} };
const SMA = { kind: 'sma-cross', params: { fast: 2, slow: 5, side: 'both', stop: 0.08 } };
const RSI = { kind: 'rsi-bands', params: { period: 3, low: 40, high: 60 } };
/** It never enters within a test: its channel is longer than the market. */
const QUIET = { kind: 'donchian-breakout', params: { entry: 300, exit: 290, side: 'both' } };
const LONGS = { kind: 'donchian-breakout', params: { entry: 300, exit: 290 } };
const PROTECTED: ProtectionRules = {
  stopFraction: 0.06,
  trailingStopFraction: 0.05,
  maxWeightFraction: 0.4,
  portfolioTrailingStopFraction: 0.02,
  profitTakeFraction: 0.03,
  cooldownHours: 24,
  minHoldHours: 3,
};
const three = ['A', 'B', 'C'].map((symbol) => perpetual(symbol));
const markets = fc
  .tuple(arbitraryBars(60), arbitraryBars(60), arbitraryBars(60))
  .map((bars) => marketOf(bars, { instruments: three }));
const entries = fc.constantFrom(
  SMA,
  RSI,
  QUIET,
  { ...RSI, symbols: ['B'] },
  { ...SMA, symbols: ['A', 'C'] },
  { ...QUIET, symbols: ['C'] },
);

function begin(market: MarketTable, entry: object, rules: Partial<PaperRules> = {}): Paper {
  const paper = openPaper(market, 0, { ...RULES, ...rules }, sha256);
  const { champion, kind } = championOf(market, entry);
  handOver(paper, champion, kind, 1);
  return paper;
}

function change(paper: Paper, entry: object, generation = 2): Record<string, unknown> {
  const { champion, kind } = championOf(paper.market, entry);
  return JSON.parse(handOver(paper, champion, kind, generation)) as Record<string, unknown>;
}

/** Three perpetuals at 100 that stay there; 3,000 USD of each is held from bar 1 on: A with a stop, B with none, C short. */
function holding(rules: Partial<PaperRules> = {}, later = flatBars(100, 300)): Paper {
  const bars = [...flatBars(100, 3), ...later];
  const paper = begin(marketOf([bars, bars, bars], { instruments: three }), QUIET, rules);
  const entry = { effect: 'entry', notionalUsd: 3_000 } as const;
  paper.session.orders = [
    orderOf({ ...entry, symbol: 0, direction: 1, stop: { fraction: 0.1 } }),
    orderOf({ ...entry, symbol: 1, direction: 1 }),
    orderOf({ ...entry, symbol: 2, direction: -1, stop: { fraction: 0.2 }, target: { fraction: 0.5 } }),
  ];
  playPaper(paper, 3);
  expect(paper.session.account.openNames).toBe(3);
  return paper;
}

describe('positions in a hand-over', () => {
  it('are without protection at no bar: who had a stop has it, at every bar after, or is closed', () => {
    let stops = 0;
    fc.assert(
      fc.property(
        markets,
        entries,
        entries,
        fc.integer({ min: 5, max: 55 }),
        fc.boolean(),
        (market, from, to, cut, own) => {
          const paper = begin(market, from, own ? { protection: { stopFraction: 0.06 } } : {});
          playPaper(paper, cut);
          const before = paper.session;
          const stopped = heldPositions(before).filter((p) => p.quantity !== 0 && !Number.isNaN(p.stopPrice));
          const opened = new Map(
            heldPositions(before).map((p, i) => [p.symbol, before.account.positions[i]?.openedAtMs]),
          );
          stops += stopped.length;
          const { costUsd } = planFor(paper, championOf(market, to).champion, championOf(market, to).kind);
          change(paper, to);
          expect(paper.session.equityUsd).toBe(before.equityUsd);
          expect(costUsd).toBeGreaterThanOrEqual(0);
          const look = (): void => {
            heldPositions(paper.session).forEach((now, i) => {
              const was = stopped.find((p) => p.symbol === now.symbol);
              if (was === undefined || now.quantity === 0) return;
              if (paper.session.account.positions[i]?.openedAtMs !== opened.get(now.symbol)) return;
              expect(Number.isNaN(now.stopPrice), `${now.symbol} lost its stop`).toBe(false);
            });
          };
          look();
          playPaper(paper, market.length, look);
        },
      ),
      { numRuns: 120 },
    );
    expect(stops).toBeGreaterThan(10);
  });

  it('equity before is equity after and the costs of what was closed', () => {
    const paper = holding();
    const before = paper.session.equityUsd;
    change(paper, { ...QUIET, symbols: ['A'] });
    const [bar1] = playPaper(paper, paper.nextIndex + 1);
    const fills = bar1?.fills ?? [];
    expect(fills.map((fill) => [fill.symbol, fill.reason])).toEqual([[1, 'hand-over']]);
    const costUsd = fills.reduce((sum, f) => sum + f.feeUsd + f.spreadUsd + f.slippageUsd, 0);
    // The market stands still, so nothing else moves the account.
    expect(Math.abs(before - (paper.session.equityUsd + costUsd))).toBeLessThanOrEqual(1e-9 * before);
  });

  it('that are all orphaned stay as they are, and are gone within a week', () => {
    const paper = holding();
    paper.session.orders = [
      orderOf({ symbol: 1, effect: 'exit', direction: -1, quantity: 1e9, reason: 'kill' }),
    ];
    playPaper(paper, paper.nextIndex + 1);
    const nobody = championOf(paper.market, { ...QUIET, symbols: ['B'] });
    const plan = planFor(paper, nobody.champion, nobody.kind);
    expect(plan.steps.map((step) => `${step.symbol} ${step.action}`)).toEqual(['A orphan', 'C orphan']);
    const was = paper.session.account.positions.map((p) => ({ ...p }));
    change(paper, { ...QUIET, symbols: ['B'] });
    const { positions } = paper.session.account;
    // B is traded, A and C follow it; the short keeps its target too.
    expect(positions[1]).toMatchObject({ stopPrice: was[0]?.stopPrice, bestPrice: was[0]?.bestPrice });
    expect(positions[2]).toMatchObject({ stopPrice: was[2]?.stopPrice, targetPrice: was[2]?.targetPrice });
    playPaper(paper, paper.nextIndex + 167);
    expect(paper.session.account.openNames).toBe(2);
    playPaper(paper, paper.nextIndex + 2);
    expect(paper.session.account.openNames).toBe(0);
  });

  it('that the new champion dislikes are closed at its first decision, and it does not open the other side of them', () => {
    const rising = Array.from({ length: 60 }, (_, i) => bar(100 + i, 101 + i));
    const market = marketOf([rising], { instruments: [perpetual('A')] });
    const paper = begin(market, { kind: 'sma-cross', params: { fast: 2, slow: 5 } });
    playPaper(paper, 20);
    expect(paper.session.account.positions[0]?.quantity).toBeGreaterThan(0);
    // It takes shorts only: a long is nothing that it would ever hold.
    const event = change(paper, { kind: 'sma-cross', params: { fast: 2, slow: 5, side: 'short' } });
    expect(event['steps']).toMatchObject([{ symbol: 'A', action: 'keep' }]);
    const fills = playPaper(paper).flatMap((one) => one.fills);
    expect(fills.map((fill) => [fill.reason, fill.quantityAfter])).toEqual([['strategy', 0]]);
  });

  it('of a short go to one who takes shorts, and are closed for one who does not and without a stop', () => {
    const paper = holding();
    const taker = { ...QUIET, params: { ...QUIET.params, entry: 299 } };
    const short = paper.session.account.positions[2];
    if (short === undefined) throw new Error('no position');
    expect(change(paper, taker)['steps']).toMatchObject([
      { action: 'keep' },
      { action: 'keep' },
      { action: 'keep' },
    ]);
    const now = paper.session.account.positions[2];
    if (now === undefined) throw new Error('no position');
    now.stopPrice = NaN;
    expect(change(paper, LONGS, 3)['steps']).toMatchObject([
      { action: 'keep' },
      { action: 'keep' },
      { action: 'close' },
    ]);
    playPaper(paper, paper.nextIndex + 1);
    expect(paper.session.account.positions.map((p) => Math.sign(p.quantity))).toEqual([1, 1, 0]);
  });

  it('with leverage and a liquidation price go over as they are, also to a champion without leverage', () => {
    const bars = flatBars(100, 60);
    const market = marketOf([bars], { instruments: [perpetual('A')] });
    const paper = begin(market, QUIET);
    paper.session.orders = [
      orderOf({
        symbol: 0,
        effect: 'entry',
        direction: 1,
        notionalUsd: 40_000,
        leverage: 5,
        stop: { price: 90 },
      }),
    ];
    playPaper(paper, 3);
    const was = { ...paper.session.account.positions[0] };
    expect(was.leverage).toBe(5);
    expect(was.liquidationPrice).toBeGreaterThan(0);
    change(paper, RSI);
    expect(paper.session.account.positions[0]).toEqual(was);
  });

  it('go over without any cash: a hand-over needs none', () => {
    const paper = begin(
      marketOf([flatBars(100, 40), flatBars(100, 40)], { instruments: three.slice(0, 2) }),
      QUIET,
    );
    paper.session.orders = [orderOf({ symbol: 0, effect: 'entry', direction: 1, notionalUsd: 1e9 })];
    playPaper(paper, 3);
    expect(paper.session.account.cashUsd).toBeCloseTo(0, 6);
    change(paper, { ...QUIET, symbols: ['B'] });
    const fills = playPaper(paper, paper.nextIndex + 1).flatMap((one) => one.fills);
    expect(fills.map((fill) => [fill.reason, fill.quantityAfter])).toEqual([['hand-over', 0]]);
    expect(paper.session.account.cashUsd).toBeGreaterThan(9_900);
  });
});

describe('orders that wait at a hand-over', () => {
  it('an exit goes on and is told, an entry lapses and is told', () => {
    const paper = holding();
    paper.session.orders = [
      orderOf({ symbol: 0, effect: 'exit', direction: -1, quantity: 10 }),
      orderOf({ symbol: 1, effect: 'entry', direction: 1, notionalUsd: 500 }),
    ];
    const event = change(paper, RSI);
    expect(event).toMatchObject({ carried: ['A'], lapsed: ['B'] });
    const fills = playPaper(paper, paper.nextIndex + 1).flatMap((one) => one.fills);
    expect(fills.map((fill) => [fill.symbol, fill.effect, fill.quantity])).toEqual([[0, 'exit', -10]]);
  });

  it('a planned close replaces an exit that waits: nothing is sold twice', () => {
    const paper = holding();
    paper.session.orders = [orderOf({ symbol: 1, effect: 'exit', direction: -1, quantity: 5 })];
    const event = change(paper, { ...QUIET, symbols: ['A'] });
    expect(event['carried']).toBeUndefined();
    const fills = playPaper(paper, paper.nextIndex + 1).flatMap((one) => one.fills);
    expect(fills.map((fill) => [fill.symbol, fill.reason, fill.quantityAfter])).toEqual([
      [1, 'hand-over', 0],
    ]);
  });

  it('a kill goes on through a change of champion before its bar, twice too', () => {
    const paper = holding();
    killPaper(paper, 'a test', true);
    change(paper, { ...QUIET, symbols: ['B'] });
    change(paper, { ...QUIET, symbols: ['A', 'C'] }, 3);
    playPaper(paper, paper.nextIndex + 1);
    expect(paper.session.account.openNames).toBe(0);
    expect(playPaper(paper).flatMap((one) => one.fills)).toEqual([]);
  });
});

describe('a new generation of the champion that runs', () => {
  it('changes nothing but its number: the bytes after are those of an account that was never asked', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 1, max: 59 }), (market, cut) => {
        const asked = begin(market, SMA, { protection: PROTECTED });
        const never = begin(market, SMA, { protection: PROTECTED });
        playPaper(asked, cut);
        playPaper(never, cut);
        const { session } = asked;
        expect(change(asked, SMA, 7)).toMatchObject({ generation: 7, steps: [], costUsd: 0 });
        expect(asked.session).toBe(session);
        expect(playPaper(asked).flatMap((one) => one.fills)).toEqual(
          playPaper(never).flatMap((one) => one.fills),
        );
        asked.generation = 1;
        expect(encodePaper(asked, 0)).toEqual(encodePaper(never, 0));
      }),
      { numRuns: 30 },
    );
  });
});

describe("the account's protections in the paper trader", () => {
  it('A-41: a restart at any bar goes on with the same bytes, marks and latches included', () => {
    let latched = 0;
    fc.assert(
      fc.property(markets, entries, fc.integer({ min: 1, max: 59 }), (market, entry, cut) => {
        const whole = begin(market, SMA, { protection: PROTECTED });
        const stopped = begin(market, SMA, { protection: PROTECTED });
        for (const paper of [whole, stopped]) {
          playPaper(paper, Math.min(cut, 20));
          change(paper, entry);
        }
        playPaper(stopped, cut);
        latched += stopped.session.guard?.state.cashMode ?? 0;
        const again = openPaper(market, 0, { ...RULES, protection: PROTECTED }, sha256);
        const input = createByteReader(encodePaper(stopped, 0), 'a test');
        readPaperBody(again, readPaperHead(input), championOf(market, entry).kind, input);
        again.nextIndex = cut;
        expect(again.session.guard?.state).toEqual(stopped.session.guard?.state);
        expect(again.session.equityUsd).toBe(stopped.session.equityUsd);
        playPaper(whole);
        playPaper(again);
        expect(again.lastHash).toBe(whole.lastHash);
        expect(encodePaper(again, 0)).toEqual(encodePaper(whole, 0));
      }),
      { numRuns: 80 },
    );
    expect(latched, 'some restarts are within a cash mode').toBeGreaterThan(0);
  });

  it('A-38: the latch of a portfolio stop survives a hand-over: the next champion buys nothing until its end', () => {
    // Long 6,000 of 10,000 USD: a fall of 5 % is 3 % of the account.
    const later = [
      bar(100, 95),
      ...flatBars(95, 4),
      ...Array.from({ length: 40 }, (_, i) => bar(95 + i, 96 + i)),
    ];
    const rules = { protection: { portfolioTrailingStopFraction: 0.01, cooldownHours: 24 } };
    const paper = holding(rules, later);
    const [first] = playPaper(paper, 4);
    expect(first?.events).toMatchObject([
      { event: 'protection', rule: 'portfolio-stop', limitFraction: 0.01 },
    ]);
    const mark = { ...paper.session.guard?.state };
    expect(mark.cashMode).toBe(1);
    change(paper, { kind: 'sma-cross', params: { fast: 2, slow: 5 } });
    expect(paper.session.guard?.state).toEqual(mark);
    const bars = playPaper(paper);
    const sold = bars[0]?.fills ?? [];
    expect(sold.map((fill) => [fill.reason, fill.quantityAfter])).toEqual([
      ['portfolio-stop', 0],
      ['portfolio-stop', 0],
      ['portfolio-stop', 0],
    ]);
    const bought = bars.flatMap((one) => one.fills).filter((fill) => fill.effect === 'entry');
    expect(bought.length).toBeGreaterThan(0);
    expect(bought[0]?.timeMs).toBeGreaterThanOrEqual((mark.cooldownUntilMs ?? NaN) + HOUR_MS);
    const rearmed = bars.flatMap((one) => one.events).filter((event) => event['rule'] === 're-armed');
    expect(rearmed).toHaveLength(1);
  });

  it('a resume ends the latch, and the fall counts from then on', () => {
    const paper = holding({ protection: { portfolioTrailingStopFraction: 0.01, cooldownHours: 1_000 } }, [
      bar(100, 95),
      ...flatBars(95, 20),
    ]);
    playPaper(paper, 6);
    expect(paper.session.guard?.state.cashMode).toBe(1);
    resumePaper(paper, 'a test');
    expect(paper.session.guard?.state).toMatchObject({ cashMode: 0, highWaterUsd: paper.session.equityUsd });
  });

  it('a position of the account without a stop of its own is an orphan under the stop of the account', () => {
    const paper = holding({ protection: { stopFraction: 0.06 } });
    const next = championOf(paper.market, { ...QUIET, symbols: ['A'] });
    const plan = planFor(paper, next.champion, next.kind);
    expect(plan.steps.map((step) => `${step.symbol} ${step.action}`)).toEqual([
      'A keep',
      'B orphan',
      'C orphan',
    ]);
    expect(plan.steps[1]?.why).toMatch(/keeps its stop at 94\.0/);
  });

  it('D-2: act at bars on which the champion decides nothing', () => {
    const paper = holding({ protection: { stopFraction: 0.05 } }, [
      { open: 100, high: 100, low: 94, close: 100, volume: 1e6 },
      ...flatBars(100, 5),
    ]);
    const [one] = playPaper(paper, 4);
    expect(one?.fills.map((fill) => [fill.symbol, fill.reason])).toEqual([
      [0, 'account-stop'],
      [1, 'account-stop'],
    ]);
    expect(one?.events.map((event) => [event['event'], event['rule'], event['symbol']])).toEqual([
      ['protection', 'account-stop', 'A'],
      ['protection', 'account-stop', 'B'],
    ]);
  });
});
