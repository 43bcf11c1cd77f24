import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { championOf, sha256 } from '../../test/support/made-champion.js';
import { marketOf, perpetual } from '../../test/support/made-market.js';
import { finishOpened, symbolsToQuote, takeQuoteEvents } from '../core/deployment/open-at-quotes.js';
import {
  type Paper,
  handOver,
  killPaper,
  openPaper,
  playPaperRound,
  resumePaper,
} from '../core/deployment/paper.js';
import { heldSymbols } from '../core/deployment/carry-over.js';
import type { QuoteEvent } from '../core/deployment/quote-events.js';
import { assertConserved } from '../core/domain/account.js';
import { DEFAULT_COSTS } from '../core/domain/costs.js';
import type { MarketTable } from '../core/domain/market-table.js';
import { generateMarket } from '../core/market/generate-market.js';
import { quoteReaches } from '../core/session/quote-exits.js';
import { DEFAULT_LIMITS } from '../core/risk/limits.js';
import { createKinds } from '../core/strategies/catalog.js';
import type { StoredRound } from '../ports/arena-store.js';
import { checkHandovers } from './check-handovers.js';
import { linesOf } from './paper-lines.js';
import type { PaperSettings } from './paper-settings.js';
import { replayPaper } from './replay-paper.js';

const BARS = 40;
/** Prices that move: rules trade in most bars. */
const markets = fc.integer({ min: 1, max: 1000 }).map((seed) => {
  const startMs = Date.UTC(2026, 0, 5);
  const made = generateMarket({ seed, symbols: ['A', 'B'], timeframe: '1h', startMs, length: BARS });
  return { ...made, instruments: [perpetual('A'), perpetual('B')] };
});
const ENTRIES = [
  { kind: 'sma-cross', params: { fast: 2, slow: 5, side: 'both', stop: 0.08 } },
  { kind: 'rsi-bands', params: { period: 3, low: 40, high: 60, side: 'both' } },
  { kind: 'sma-cross', symbols: ['A'], params: { fast: 1, slow: 2 } },
  { kind: 'flat', symbols: ['B'] },
];

/** What happens in one bar. A spread of nothing is a quote that does not come. */
const happenings = fc.record({
  spread: fc.constantFrom(undefined, 0.0001, 0.01),
  /** Whether the stream reaches a stop or somebody wants out, between the quotes and the hand-over. */
  meanwhile: fc.constantFrom('nothing', 'stop', 'flatten'),
  next: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 0, 1, 1, 2, 3),
});
interface Happening {
  readonly spread: number | undefined;
  readonly meanwhile: string;
  readonly next: number | undefined;
}

function quotesAt(paper: Paper, { spread }: Happening): QuoteEvent[] {
  const { market, nextIndex } = paper;
  const slotMs = market.openTimesMs[nextIndex] ?? NaN;
  return symbolsToQuote(paper).map((symbol) => {
    const middle = market.candles[market.symbols.indexOf(symbol)]?.open[nextIndex] ?? NaN;
    if (spread === undefined) return { event: 'quote-missed', slotMs, symbol, why: 'none came' };
    const [bid, ask] = [middle * (1 - spread), middle * (1 + spread)];
    const latencyMs = { decidedMs: 1000, quoteMs: 1500 };
    return {
      event: 'quote-fill',
      slotMs,
      symbol,
      bid,
      ask,
      venueMs: slotMs,
      receivedMs: slotMs + 1500,
      latencyMs,
    };
  });
}

/** At half of what was paid every long stop is reached, at twice that every short one. */
function meanwhile(paper: Paper, { meanwhile: what }: Happening): QuoteEvent[] {
  const { session, market, nextIndex } = paper;
  const slotMs = market.openTimesMs[nextIndex] ?? NaN;
  return heldSymbols(session).flatMap((symbol, own): QuoteEvent[] => {
    const position = session.account.positions[own];
    if (position === undefined || position.quantity === 0 || what === 'nothing') return [];
    const price = position.markPrice * (what === 'flatten' ? 1 : position.quantity > 0 ? 0.85 : 1.15);
    const quote = { slotMs, symbol, bid: price, ask: price, venueMs: slotMs, receivedMs: slotMs };
    if (what === 'flatten') return [{ event: 'quote-flatten', ...quote, request: 'k', latencyMs: 5 }];
    return quoteReaches(session, own, quote) ? [{ event: 'quote-exit', ...quote }] : [];
  });
}

interface Played {
  readonly paper: Paper;
  readonly rounds: StoredRound[];
  readonly settings: PaperSettings;
  readonly champions: ReadonlyMap<string, ReturnType<typeof championOf>['champion']>;
}

function play(market: MarketTable, story: readonly Happening[]): Played {
  const made = ENTRIES.map((entry) => championOf(market, entry));
  const rules = {
    cashUsd: 10_000,
    costs: DEFAULT_COSTS,
    limits: DEFAULT_LIMITS,
    breakers: {},
    fills: 'quote',
  } as const;
  const { openTimesMs } = market;
  const settings: PaperSettings = {
    ...rules,
    market: {
      source: 'live',
      symbols: [...market.symbols],
      timeframe: '1h',
      fromMs: 0,
      warmupBars: 0,
    } as never,
    firstBarMs: openTimesMs[0] ?? NaN,
  };
  const paper = openPaper(market, 0, rules, sha256);
  const rounds: StoredRound[] = [];
  for (const happening of story) {
    const opening = quotesAt(paper, happening);
    if (opening.length > 0) takeQuoteEvents(paper, opening);
    const then = meanwhile(paper, happening);
    if (then.length > 0) takeQuoteEvents(paper, then);
    finishOpened(paper);
    const events: string[] = [];
    const next = happening.next === undefined ? undefined : made[happening.next];
    if (next !== undefined) {
      const equityUsd = paper.session.equityUsd;
      const held = paper.session.account.positions.filter(({ quantity }) => quantity !== 0).length;
      events.push(handOver(paper, next.champion, next.kind, paper.generation + 1));
      expect(paper.session.equityUsd).toBe(equityUsd);
      expect(paper.session.account.positions.filter(({ quantity }) => quantity !== 0)).toHaveLength(held);
    }
    if (happening.meanwhile === 'flatten') events.push(killPaper(paper, 'out', true));
    else if (paper.session.breakers?.kill === 1) events.push(resumePaper(paper, 'in again'));
    const round = playPaperRound(paper, events);
    assertConserved(paper.session.account, 'paper');
    if (round !== undefined) rounds.push(round);
  }
  return { paper, rounds, settings, champions: new Map(made.map(({ champion }) => [champion.id, champion])) };
}

describe('a change of champion in a bar that quotes have opened', () => {
  it('moves no money, loses no position, and plays again to the same hashes', () => {
    let changed = 0;
    fc.assert(
      fc.property(markets, fc.array(happenings, { minLength: BARS, maxLength: BARS }), (market, story) => {
        const { paper, rounds, settings, champions } = play(market, story);
        const kinds = createKinds();
        const facts = { symbols: market.symbols, cashUsd: 10_000, costs: DEFAULT_COSTS, champions, kinds };
        expect(checkHandovers(rounds, facts).value).toBe(true);
        const world = { settings, market, kinds, hash: sha256, champions };
        replayPaper({ ...world, findReply: () => undefined, memoryOf: () => undefined }, rounds);
        expect(rounds.at(-1)?.hash).toBe(paper.lastHash);
        changed += rounds.filter(
          ({ events }) =>
            events.some((line) => line.includes('"event":"hand-over"')) &&
            events.some((line) => line.includes('"event":"opened"')),
        ).length;
      }),
      { numRuns: 60 },
    );
    expect(changed, 'bars with fills at quotes and a change').toBeGreaterThan(20);
  });

  it('leaves the fills before it to the champion before it', () => {
    const rising = Array.from({ length: 12 }, (_, i) => ({
      open: 100 + i,
      high: 102 + i,
      low: 99 + i,
      close: 101 + i,
      volume: 1e6,
    }));
    const market = marketOf([rising, rising], { instruments: [perpetual('A'), perpetual('B')] });
    const quiet: Happening = { spread: 0.0001, meanwhile: 'nothing', next: undefined };
    // The rule that holds what rises trades first, and a champion that trades nothing takes over in the bar of its fills.
    const story = [{ ...quiet, next: 2 }, quiet, quiet, { ...quiet, next: 3 }, quiet];
    const { rounds, champions } = play(market, story);
    const withFills = rounds.findIndex(({ fills }) => fills.length > 0);
    expect(withFills).toBeGreaterThan(0);
    const moved = story.map((one, i) => ({ ...one, next: i === withFills ? 3 : i === 0 ? 2 : undefined }));
    const again = play(market, moved);
    const [first, second] = [...champions.keys()].slice(2);
    const { trades } = linesOf(again.rounds, { champion: '', generation: 0 }, market);
    expect(trades[0]).toContain((first ?? '').slice(0, 8));
    expect(trades.at(-1)).toContain((second ?? '').slice(0, 8));
  });
});
