import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { championOf, orderOf, sha256 } from '../../../test/support/made-champion.js';
import { arbitraryBars, bar, flatBars, marketOf, perpetual } from '../../../test/support/made-market.js';
import { assertConserved } from '../domain/account.js';
import { DEFAULT_COSTS } from '../domain/costs.js';
import { ledgerCount, readLedgerEntry } from '../domain/ledger.js';
import type { MarketTable } from '../domain/market-table.js';
import { HOUR_MS } from '../domain/time.js';
import { DEFAULT_LIMITS } from '../risk/limits.js';
import { equityNow, finishOpened, symbolsToQuote, takeQuoteEvents } from './open-at-quotes.js';
import { type Paper, type PaperRules, handOver, killPaper, openPaper, playPaperRound } from './paper.js';
import type { QuoteEvent } from './quote-events.js';

const FREE_SPREAD = { ...DEFAULT_COSTS, halfSpreadBps: 0, slippageBps: 3, impactBps: 0 };
const RULES: PaperRules = {
  cashUsd: 10_000,
  costs: FREE_SPREAD,
  limits: DEFAULT_LIMITS,
  breakers: { dayLossFraction: 0.05, drawdownFraction: 0.2 },
};
const PROTECTION = {
  stopFraction: 0.03,
  trailingStopFraction: 0.05,
  maxWeightFraction: 0.4,
  portfolioTrailingStopFraction: 0.1,
  cooldownHours: 5,
};
const SMA = { kind: 'sma-cross', params: { fast: 2, slow: 5, side: 'both', stop: 0.08 } };
const RSI = { kind: 'rsi-bands', params: { period: 3, low: 40, high: 60, side: 'both' } };

/** Impact at a quote is measured by the bar before: volume is everywhere, so that it refuses nobody. */
const busyBars = arbitraryBars(60, false).map((bars) => bars.map((one) => one && { ...one, volume: 1e6 }));
const markets = fc
  .tuple(busyBars, busyBars)
  .map((bars) => marketOf(bars, { instruments: [perpetual('A'), perpetual('B')] }));

const NO_LATENCY = { decidedMs: 0, quoteMs: 0 };

function fillOf(market: MarketTable, t: number, symbol: string, bid: number, ask = bid): QuoteEvent {
  const slotMs = market.openTimesMs[t] ?? NaN;
  return {
    event: 'quote-fill',
    slotMs,
    symbol,
    bid,
    ask,
    venueMs: slotMs,
    receivedMs: slotMs,
    latencyMs: NO_LATENCY,
  };
}

function trading(market: MarketTable, entry: object, rules: PaperRules): Paper {
  const { champion, kind } = championOf(market, entry);
  const paper = openPaper(market, 0, rules, sha256);
  handOver(paper, champion, kind, 1);
  return paper;
}

/** 50 of A bought at 100, at the open of bar 1, with a stop at 95 and a target at 110; bar 2 is open. */
function holding(later: Parameters<typeof bar>[], side: 1 | -1 = 1): Paper {
  const bars = [...flatBars(100, 2), ...later.map((one) => bar(...one))];
  const market = marketOf([bars], { instruments: [perpetual('A')] });
  const paper = trading(market, { kind: 'flat', symbols: ['A'] }, { ...RULES, fills: 'quote', breakers: {} });
  finishOpened(paper);
  playPaperRound(paper, []);
  paper.session.orders = [
    orderOf({
      symbol: 0,
      effect: 'entry',
      direction: side,
      quantity: 50,
      stop: { price: 100 - side * 5 },
      target: { price: 100 + side * 10 },
    }),
  ];
  takeQuoteEvents(paper, [fillOf(market, 1, 'A', 99.9, 100.1)]);
  finishOpened(paper);
  playPaperRound(paper, []);
  return paper;
}

function exitAt(paper: Paper, bid: number, ask = bid): QuoteEvent {
  const slotMs = paper.market.openTimesMs[paper.nextIndex] ?? NaN;
  return { event: 'quote-exit', slotMs, symbol: 'A', bid, ask, venueMs: slotMs, receivedMs: slotMs };
}

const fillsOf = (round: ReturnType<typeof playPaperRound>): unknown[] =>
  Array.from({ length: ledgerCount(round?.fills ?? new Float64Array()) }, (_, i) => {
    const { effect, reason, referencePrice, spreadUsd } = readLedgerEntry(
      round?.fills ?? new Float64Array(),
      i,
    );
    return [effect, reason, referencePrice, spreadUsd];
  });

describe('a bar that live quotes have opened', () => {
  it('is the bar of the arena when quotes are its opens and nothing is between bid and ask', () => {
    const rules = fc.constantFrom<PaperRules>(RULES, { ...RULES, protection: PROTECTION });
    fc.assert(
      fc.property(markets, fc.constantFrom(SMA, RSI), rules, (market, entry, common) => {
        const bars = trading(market, entry, common);
        const quotes = trading(market, entry, { ...common, fills: 'quote' });
        for (let t = 0; t < market.length; t++) {
          const theirs = playPaperRound(bars, []);
          takeQuoteEvents(quotes, [
            ...market.symbols.map((symbol, s) =>
              fillOf(market, t, symbol, market.candles[s]?.open[t] ?? NaN),
            ),
            // Where nobody watched, high and low are all there is.
            { event: 'stream-lost', slotMs: market.openTimesMs[t] ?? NaN, why: 'nobody watches' },
          ]);
          finishOpened(quotes);
          const mine = playPaperRound(quotes, []);
          assertConserved(quotes.session.account, 'paper');
          expect([...(mine?.fills ?? [])]).toEqual([...(theirs?.fills ?? [])]);
          expect([...(mine?.marks ?? [])]).toEqual([...(theirs?.marks ?? [])]);
          expect(mine?.decisions).toEqual(theirs?.decisions);
          // What happened at the quotes is told before what happened in the bar.
          const own = mine?.events.filter((line) => !/"(quote-fill|stream-lost|opened)"/.test(line));
          expect(own?.toSorted()).toEqual(theirs?.events.toSorted());
        }
        expect(quotes.session.account).toEqual(bars.session.account);
      }),
      { numRuns: 100 },
    );
  });

  it('buys at the ask and sells at the bid, and books no spread beside them', () => {
    const long = holding([[100]]);
    expect(long.session.account.positions[0]).toMatchObject({ quantity: 50, entryReferencePrice: 100.1 });
    expect(long.session.account.spreadUsd).toBe(0);
    expect(long.session.account.slippageUsd).toBeCloseTo(50 * 100.1 * 3e-4, 9);
    const short = holding([[100]], -1);
    expect(short.session.account.positions[0]).toMatchObject({ quantity: -50, entryReferencePrice: 99.9 });
  });

  it('lets an entry lapse that has no quote, and fills an exit at the open of the bar', () => {
    const paper = holding([[104]]);
    paper.session.orders = [
      orderOf({ symbol: 0, effect: 'exit', direction: -1, quantity: 20 }),
      orderOf({ symbol: 0, effect: 'entry', direction: 1, quantity: 10 }),
    ];
    expect(symbolsToQuote(paper)).toEqual(['A']);
    const slotMs = paper.market.openTimesMs[paper.nextIndex] ?? NaN;
    takeQuoteEvents(paper, [{ event: 'quote-missed', slotMs, symbol: 'A', why: 'late' }]);
    expect(paper.session.unfilled).toEqual([{ kind: 'no-price', symbol: 'A' }]);
    finishOpened(paper);
    const round = playPaperRound(paper, []);
    expect(fillsOf(round)).toEqual([['exit', 'strategy', 104, 0]]);
    expect(round?.events[0]).toContain('"quote-missed"');
    expect(paper.session.account.positions[0]?.quantity).toBe(30);
    assertConserved(paper.session.account, 'paper');
  });

  it('closes a position once at the quote that reached its stop, whatever the high and low of the bar say', () => {
    const paper = holding([[90]]);
    takeQuoteEvents(paper, [exitAt(paper, 94.8, 94.9)]);
    expect(paper.session.account.openNames).toBe(0);
    expect(equityNow(paper)).toBeCloseTo(paper.session.account.cashUsd, 9);
    finishOpened(paper);
    const round = playPaperRound(paper, []);
    expect(fillsOf(round)).toEqual([['exit', 'stop', 94.8, 0]]);
    assertConserved(paper.session.account, 'paper');
  });

  it('takes the target of a short at the ask', () => {
    const paper = holding([[100]], -1);
    takeQuoteEvents(paper, [exitAt(paper, 89.8, 90)]);
    finishOpened(paper);
    expect(fillsOf(playPaperRound(paper, []))).toEqual([['exit', 'target', 90, 0]]);
  });

  it('refuses a quote that reaches nothing: no journal can close a position by one', () => {
    const paper = holding([[100]]);
    expect(() => {
      takeQuoteEvents(paper, [exitAt(paper, 95.1, 95.2)]);
    }).toThrow('reaches nothing');
  });

  it('still looks at high and low for what the stream missed', () => {
    const paper = holding([[90]]);
    finishOpened(paper);
    expect(fillsOf(playPaperRound(paper, []))).toEqual([['exit', 'stop', 90, 0]]);
  });

  it('sells at a quote for somebody who wants out, and nothing is left for the kill', () => {
    const paper = holding([[104], [90]]);
    const slotMs = paper.market.openTimesMs[paper.nextIndex] ?? NaN;
    const flatten: QuoteEvent = {
      event: 'quote-flatten',
      slotMs,
      symbol: 'A',
      bid: 103,
      ask: 103.1,
      venueMs: slotMs,
      receivedMs: slotMs,
      request: 'k',
      latencyMs: 400,
    };
    takeQuoteEvents(paper, [flatten]);
    expect(paper.session.account.openNames).toBe(0);
    finishOpened(paper);
    const round = playPaperRound(paper, [killPaper(paper, 'out', true)]);
    expect(fillsOf(round)).toEqual([['exit', 'kill', 103, 0]]);
    expect(symbolsToQuote(paper)).toEqual([]);
    assertConserved(paper.session.account, 'paper');
    expect(() => {
      takeQuoteEvents(paper, [{ ...flatten, slotMs: slotMs + HOUR_MS }]);
    }).toThrow('what is not held');
  });

  it('leaves to the kill after the bar what found no quote', () => {
    const paper = holding([[104], [103]]);
    const slotMs = paper.market.openTimesMs[paper.nextIndex] ?? NaN;
    takeQuoteEvents(paper, [{ event: 'flatten-missed', slotMs, symbol: 'A', request: 'k', why: 'late' }]);
    finishOpened(paper);
    playPaperRound(paper, [killPaper(paper, 'out', true)]);
    expect(symbolsToQuote(paper)).toEqual(['A']);
    takeQuoteEvents(paper, [fillOf(paper.market, paper.nextIndex, 'A', 102.5)]);
    finishOpened(paper);
    expect(fillsOf(playPaperRound(paper, []))).toEqual([['exit', 'kill', 102.5, 0]]);
    assertConserved(paper.session.account, 'paper');
  });

  it.each<[string, [high: number, low: number, close: number], unknown[]]>([
    ['low', [101, 94, 100], []],
    ['high', [111, 99, 100], []],
    ['low, and closes below it', [101, 93, 94], [['exit', 'stop', 94, 0]]],
    ['high, and closes above it', [112, 99, 111], [['exit', 'target', 111, 0]]],
  ])(
    'takes nothing from the %s of a bar that may have been there before the fill',
    (_what, [high, low, close], exits) => {
      for (const watched of [true, false]) {
        const market = marketOf([[...flatBars(100, 1), { open: 100, high, low, close, volume: 1e6 }]], {
          instruments: [perpetual('A')],
        });
        const rules: PaperRules = { ...RULES, fills: 'quote', breakers: {}, protection: {} };
        const paper = trading(market, { kind: 'flat', symbols: ['A'] }, rules);
        finishOpened(paper);
        playPaperRound(paper, []);
        paper.session.orders = [
          orderOf({
            symbol: 0,
            effect: 'entry',
            direction: 1,
            quantity: 50,
            stop: { price: 95 },
            target: { price: 110 },
          }),
        ];
        const slotMs = market.openTimesMs[1] ?? NaN;
        takeQuoteEvents(paper, [
          fillOf(market, 1, 'A', 100),
          ...(watched ? [] : [{ event: 'stream-lost', slotMs, why: 'gone' } as const]),
        ]);
        finishOpened(paper);
        const fills = fillsOf(playPaperRound(paper, [])).slice(1);
        if (watched) expect(fills).toEqual(exits);
        else expect(fills, 'nobody watched: high and low are all there is').toHaveLength(1);
        assertConserved(paper.session.account, 'paper');
      }
    },
  );

  it('keeps to the close with the stops of the account in a bar that it was bought in', () => {
    const market = marketOf(
      [[...flatBars(100, 1), { open: 100, high: 101, low: 90, close: 99, volume: 1e6 }]],
      {
        instruments: [perpetual('A')],
      },
    );
    const rules: PaperRules = { ...RULES, fills: 'quote', breakers: {}, protection: PROTECTION };
    const paper = trading(market, { kind: 'flat', symbols: ['A'] }, rules);
    finishOpened(paper);
    playPaperRound(paper, []);
    paper.session.orders = [orderOf({ symbol: 0, effect: 'entry', direction: 1, quantity: 30 })];
    takeQuoteEvents(paper, [fillOf(market, 1, 'A', 100)]);
    finishOpened(paper);
    expect(fillsOf(playPaperRound(paper, []))).toHaveLength(1);
    expect(paper.session.account.positions[0]?.quantity).toBe(30);
  });

  it('tells how many fills came before a hand-over or a kill in the same bar', () => {
    const paper = holding([[90], [90]]);
    takeQuoteEvents(paper, [exitAt(paper, 94)]);
    finishOpened(paper);
    const events = playPaperRound(paper, [killPaper(paper, 'test', false)])?.events ?? [];
    expect(events.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      'quote-exit',
      'opened',
      'killed',
    ]);
    expect(events[1]).toContain('"fills":1');
  });
});
