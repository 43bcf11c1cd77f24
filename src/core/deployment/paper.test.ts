import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryBars, bar, flatBars, marketOf, perpetual } from '../../../test/support/made-market.js';
import { openArena, register } from '../arena/arena.js';
import { playRound } from '../arena/play-round.js';
import { parseRoster } from '../arena/parse-roster.js';
import { assertConserved } from '../domain/account.js';
import { createByteReader } from '../domain/byte-reader.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import { LEDGER_WIDTH, ledgerCount, readLedgerEntry } from '../domain/ledger.js';
import type { MarketTable } from '../domain/market-table.js';
import { DEFAULT_LIMITS } from '../risk/limits.js';
import { createKinds } from '../strategies/catalog.js';
import type { StrategyKind } from '../strategies/strategy.js';
import type { Champion } from './champion.js';
import { encodePaper, readPaperBody, readPaperHead } from './paper-codec.js';
import { type Paper, handOver, killPaper, openPaper, planFor, playPaperRound, resumePaper } from './paper.js';

const hash = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const kinds = createKinds();
const RULES = { cashUsd: 10_000, costs: DEFAULT_COSTS, limits: DEFAULT_LIMITS, breakers: {} };

function championOf(market: MarketTable, entry: object): { champion: Champion; kind: StrategyKind } {
  const roster = { symbols: market.symbols, instrument: 'perpetual' as const, timeframe: market.timeframe };
  const [one] = parseRoster(entry, 'test', roster, kinds);
  if (one === undefined) throw new Error('no contestant');
  const champion: Champion = {
    id: hash(JSON.stringify(entry)),
    name: one.name,
    manifest: one.manifest,
    source: 'by-hand',
  };
  return { champion, kind: one.kind };
}

const SMA = { kind: 'sma-cross', params: { fast: 2, slow: 5, side: 'both', stop: 0.08 } };
const RSI = { kind: 'rsi-bands', params: { period: 3, low: 40, high: 60, side: 'both' } };

const markets = fc
  .tuple(arbitraryBars(60), arbitraryBars(60))
  .map((bars) => marketOf(bars, { instruments: [perpetual('A'), perpetual('B')] }));

function play(paper: Paper, to = paper.market.length): number[][] {
  const fills: number[][] = [];
  while (paper.nextIndex < to) {
    const round = playPaperRound(paper, []);
    assertConserved(paper.session.account, 'paper');
    for (let at = 0; round !== undefined && at < round.fills.length; at += LEDGER_WIDTH)
      fills.push([...round.fills.subarray(at, at + LEDGER_WIDTH)]);
  }
  return fills;
}

describe('the paper trader', () => {
  it('does what its champion does in the arena, fill for fill and mark for mark', () => {
    fc.assert(
      fc.property(markets, fc.constantFrom(SMA, RSI), (market, entry) => {
        const { champion, kind } = championOf(market, entry);
        const paper = openPaper(market, 0, RULES, hash);
        handOver(paper, champion, kind, 1);
        const arena = openArena(
          market,
          0,
          { ...RULES, minimumHours: 168, cohort: { opensOn: 'monday', looks: 'year', alpha: 0.1 } },
          hash,
        );
        const roster = {
          symbols: market.symbols,
          instrument: 'perpetual' as const,
          timeframe: market.timeframe,
        };
        register(arena, parseRoster(entry, 'test', roster, kinds));
        for (let t = 0; t < market.length; t++) {
          const mine = playPaperRound(paper, []);
          const theirs = playRound(arena, []);
          expect([...(mine?.fills ?? [])]).toEqual([...(theirs?.fills ?? [])]);
          expect([...(mine?.marks ?? [])]).toEqual([...(theirs?.marks ?? [])]);
          expect(mine?.decisions).toEqual(theirs?.decisions);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('goes on after a stop as if nothing had happened, with positions of any age', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 1, max: 59 }), (market, cut) => {
        const { champion, kind } = championOf(market, SMA);
        const whole = openPaper(market, 0, RULES, hash);
        handOver(whole, champion, kind, 1);
        const stopped = openPaper(market, 0, RULES, hash);
        handOver(stopped, champion, kind, 1);
        play(stopped, cut);
        const bytes = encodePaper(stopped, market.openTimesMs[cut] ?? NaN);
        const again = openPaper(market, 0, RULES, hash);
        const input = createByteReader(bytes, 'a test');
        const head = readPaperHead(input);
        readPaperBody(again, head, kind, input);
        again.nextIndex = cut;
        expect(again.session.equityUsd).toBe(stopped.session.equityUsd);
        play(whole);
        play(again);
        expect(again.lastHash).toBe(whole.lastHash);
        expect(encodePaper(again, 0)).toEqual(encodePaper(whole, 0));
      }),
    );
  });
});

describe('a hand-over', () => {
  it('keeps every dollar: the account is the same before and after, at any bar, between any champions', () => {
    fc.assert(
      fc.property(markets, fc.integer({ min: 5, max: 55 }), fc.boolean(), (market, cut, narrow) => {
        const first = championOf(market, SMA);
        const second = championOf(market, narrow ? { ...RSI, symbols: ['B'] } : RSI);
        const paper = openPaper(market, 0, RULES, hash);
        handOver(paper, first.champion, first.kind, 1);
        play(paper, cut);
        const before = paper.session;
        const held = before.account.positions.map((position) => position.quantity);
        const plan = planFor(paper, second.champion, second.kind);
        handOver(paper, second.champion, second.kind, 2);
        const { session } = paper;
        expect(session.equityUsd).toBe(before.equityUsd);
        expect(session.account.cashUsd).toBe(before.account.cashUsd);
        for (const step of plan.steps) {
          const own = [...session.plan.symbols, ...(session.plan.orphans ?? [])].indexOf(step.symbol);
          expect(session.account.positions[own]).toMatchObject({
            quantity: held[market.symbols.indexOf(step.symbol)],
            entryPrice: before.account.positions[market.symbols.indexOf(step.symbol)]?.entryPrice,
          });
        }
        play(paper);
      }),
      { numRuns: 60 },
    );
  });

  /** Two symbols; the first champion holds both from bar 2 on. */
  function holding(stop: object): Paper {
    const bars = [...flatBars(100, 3), ...Array.from({ length: 300 }, () => bar(100))];
    const market = marketOf([bars, bars], { instruments: [perpetual('A'), perpetual('B')] });
    const first = championOf(market, { kind: 'donchian-breakout', params: { entry: 2, exit: 50, ...stop } });
    const paper = openPaper(market, 0, RULES, hash);
    handOver(paper, first.champion, first.kind, 1);
    play(paper, 5);
    // Both are bought by hand: the strategy is of no interest here.
    paper.session.orders = [0, 1].map((symbol) => ({
      symbol,
      effect: 'entry' as const,
      direction: 1 as const,
      quantity: 0,
      notionalUsd: 4_000,
      leverage: 1,
      stop: 'stop' in stop ? { fraction: 0.1 } : undefined,
      target: undefined,
      maxHoldMs: undefined,
      decidedAtMs: 0,
    }));
    play(paper, 6);
    expect(paper.session.account.openNames).toBe(2);
    return paper;
  }
  const onlyB = (paper: Paper): ReturnType<typeof championOf> =>
    championOf(paper.market, { kind: 'donchian-breakout', params: { entry: 30, exit: 40 }, symbols: ['B'] });

  it('keeps an orphan under its stop, hides it from the strategy, and lets it go in a week', () => {
    const paper = holding({ stop: 0.1 });
    const { champion, kind } = onlyB(paper);
    const plan = planFor(paper, champion, kind);
    expect(plan.steps.map((step) => [step.symbol, step.action, step.costUsd])).toEqual([
      ['A', 'orphan', 0],
      ['B', 'keep', 0],
    ]);
    handOver(paper, champion, kind, 2);
    expect(paper.session.observation.symbols).toEqual(['B']);
    expect(paper.session.account.positions[1]?.stopPrice).toBeCloseTo(90, 0);
    const fills = play(paper);
    const entry = readLedgerEntry(Float64Array.from(fills[0] ?? []), 0);
    expect([entry.symbol, entry.reason]).toEqual([0, 'max-hold']);
    expect(paper.session.account.openNames).toBe(1);
  });

  it('closes what nothing would ever close, at the next open, at the cost that was planned', () => {
    const paper = holding({});
    const { champion, kind } = onlyB(paper);
    const plan = planFor(paper, champion, kind);
    expect(plan.steps.map((step) => [step.symbol, step.action])).toEqual([
      ['A', 'close'],
      ['B', 'keep'],
    ]);
    const equity = paper.session.equityUsd;
    handOver(paper, champion, kind, 2);
    const fills = play(paper, paper.nextIndex + 1);
    expect(fills).toHaveLength(1);
    const exit = readLedgerEntry(Float64Array.from(fills[0] ?? []), 0);
    expect([exit.symbol, exit.reason, exit.quantityAfter]).toEqual([0, 'hand-over', 0]);
    const lostUsd = equity - paper.session.equityUsd;
    expect(lostUsd).toBeGreaterThan(0);
    expect(lostUsd / plan.costUsd).toBeCloseTo(1, 1);
  });

  it('back to the first one is a hand-over like any other', () => {
    const paper = holding({ stop: 0.1 });
    const first = paper.champion;
    const { champion, kind } = onlyB(paper);
    handOver(paper, champion, kind, 2);
    play(paper, paper.nextIndex + 10);
    if (first === undefined) throw new Error('no champion');
    const back = kinds.find(first.manifest.kind);
    if (back === undefined) throw new Error('no kind');
    handOver(paper, { ...first, source: 'rollback' }, back, 3);
    expect(paper.session.plan.orphans).toBeUndefined();
    expect(paper.session.account.openNames).toBe(2);
    play(paper, paper.nextIndex + 10);
    expect(paper.generation).toBe(3);
  });
});

describe('kill', () => {
  const rising = marketOf([Array.from({ length: 60 }, (_, i) => bar(100 + i, 101 + i))], {
    instruments: [perpetual('A')],
  });
  function running(): Paper {
    const { champion, kind } = championOf(rising, { kind: 'sma-cross', params: { fast: 2, slow: 5 } });
    const paper = openPaper(rising, 0, RULES, hash);
    handOver(paper, champion, kind, 1);
    return paper;
  }

  it('refuses entries at once, also those already ordered, until it is resumed', () => {
    const paper = running();
    play(paper, 5);
    expect(paper.session.orders.map((order) => order.effect)).toEqual(['entry']);
    expect(killPaper(paper, 'a test', false)).toBe('{"event":"killed","flatten":false,"reason":"a test"}');
    expect(play(paper, 40)).toEqual([]);
    expect(paper.session.refused).toMatchObject([{ kind: 'breaker', breaker: 'kill' }]);
    resumePaper(paper, 'a test');
    expect(play(paper)).toHaveLength(1);
  });

  it('with flatten sells everything at the next open, and nothing before or after', () => {
    const paper = running();
    play(paper, 20);
    expect(paper.session.account.openNames).toBe(1);
    killPaper(paper, 'a test', true);
    const fills = play(paper, 22).map((fill) => readLedgerEntry(Float64Array.from(fill), 0));
    expect(fills.map((fill) => [fill.reason, fill.quantityAfter])).toEqual([['kill', 0]]);
    expect(play(paper)).toEqual([]);
  });

  it('A-62: survives a restart and a change of champion', () => {
    const paper = running();
    killPaper(paper, 'a test', false);
    const { champion, kind } = championOf(rising, { kind: 'ema-cross', params: { fast: 2, slow: 5 } });
    handOver(paper, champion, kind, 2);
    const input = createByteReader(encodePaper(paper, rising.openTimesMs[0] ?? NaN), 'a test');
    const again = openPaper(rising, 0, RULES, hash);
    readPaperBody(again, readPaperHead(input), kind, input);
    expect(play(again)).toEqual([]);
    expect(ledgerCount(again.ledger.doubles.subarray(0, again.ledger.length))).toBe(0);
  });
});
