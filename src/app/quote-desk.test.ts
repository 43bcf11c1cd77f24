import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../core/domain/time.js';
import { type Quote, type StreamEvent, type Venue, VenueFault } from '../ports/venue.js';
import { madeClock, madeVenue } from '../../test/support/made-venue.js';
import { flatBars, marketOf } from '../../test/support/made-market.js';
import { type QuoteDesk, type WatchedQuote, openQuoteDesk } from './quote-desk.js';

const SLOT_MS = Date.UTC(2025, 0, 6, 5);
const END_MS = SLOT_MS + HOUR_MS;
const SKEW_MS = 60_000;
const ORDERED = ['A'];

interface MadeDesk {
  readonly desk: QuoteDesk;
  readonly told: string[];
  readonly asked: string[];
  readonly tell: (quote: Partial<Quote>) => void;
  readonly happen: (event: StreamEvent) => void;
  readonly pass: (ms: number) => void;
}

/** A desk whose machine is a minute behind the venue. */
async function made(answer: (nowMs: number) => Promise<Partial<Quote>>): Promise<MadeDesk> {
  const clock = madeClock(SLOT_MS - SKEW_MS);
  const told: string[] = [];
  const asked: string[] = [];
  let onQuote: (quote: Quote) => void = () => undefined;
  let onEvent: (event: StreamEvent) => void = () => undefined;
  const quoteOf = (more: Partial<Quote>): Quote => ({
    symbol: 'A',
    bid: 99,
    ask: 101,
    timeMs: clock.nowMs() + SKEW_MS,
    receivedMs: clock.nowMs(),
    ...more,
  });
  const venue: Venue = {
    ...madeVenue(marketOf([flatBars(100, 10)]), clock, { skewMs: SKEW_MS }),
    async quote(symbol) {
      asked.push(symbol);
      return quoteOf(await answer(clock.nowMs()));
    },
    watchQuotes(_symbols, quotes, events) {
      onQuote = quotes;
      onEvent = events;
      return { close: () => Promise.resolve() };
    },
  };
  const desk = await openQuoteDesk({
    venue,
    symbols: ['A'],
    quoteMs: 10_000,
    nowMs: () => clock.nowMs(),
    // Only a venue that never answers is waited for.
    wait: (_ms, signal) =>
      new Promise((done) => {
        const timer = setTimeout(done, 50);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          done();
        });
      }),
    told: (text) => told.push(text),
  });
  return {
    desk,
    told,
    asked,
    tell: (more) => {
      onQuote(quoteOf(more));
    },
    happen: (event) => {
      onEvent(event);
    },
    pass: (ms) => {
      clock.set(clock.nowMs() + ms);
    },
  };
}

const now = (): Promise<Partial<Quote>> => Promise.resolve({});

describe('quotes for orders', () => {
  it('are asked for after the decision, with the way from the close told by the clock of the venue', async () => {
    const { desk, pass } = await made(now);
    pass(4000);
    desk.decided(SLOT_MS + 2500);
    pass(300);
    expect(await desk.take(ORDERED, SLOT_MS, END_MS)).toEqual([
      {
        event: 'quote-fill',
        slotMs: SLOT_MS,
        symbol: 'A',
        bid: 99,
        ask: 101,
        venueMs: SLOT_MS + 4300,
        receivedMs: SLOT_MS + 4300,
        latencyMs: { settledMs: 2500, decidedMs: 4000, quoteMs: 4300 },
      },
    ]);
  });

  it('are the newest of the stream where that is from after the decision, and never an earlier one', async () => {
    const { desk, tell, pass, asked } = await made(now);
    tell({ bid: 50, ask: 51 });
    pass(1000);
    desk.decided(undefined);
    pass(10);
    expect(await desk.take(ORDERED, SLOT_MS, END_MS)).toMatchObject([{ bid: 99 }]);
    expect(asked).toEqual(['A']);
    tell({ bid: 60, ask: 61 });
    expect(await desk.take(ORDERED, SLOT_MS, END_MS)).toMatchObject([{ bid: 60, ask: 61 }]);
    expect(asked).toEqual(['A']);
  });

  it.each<[string, () => Promise<Partial<Quote>>, string]>([
    ['old', () => Promise.resolve({ timeMs: SLOT_MS - 20_000 }), 'the quote was 20.0 s old'],
    ['late', () => new Promise(() => undefined), 'no quote within 10 s'],
    ['refused', () => Promise.reject(new VenueFault('banned', 'made: shut out')), 'made: shut out'],
  ])('are missed with the reason when they are %s', async (_how, answer, why) => {
    const { desk } = await made(answer);
    desk.decided(undefined);
    expect(await desk.take(ORDERED, SLOT_MS, END_MS)).toEqual([
      { event: 'quote-missed', slotMs: SLOT_MS, symbol: 'A', why },
    ]);
  });

  it('have the time that models were waited for apart from the rest of the way', async () => {
    const { desk, pass } = await made(now);
    pass(40_000);
    desk.decided(SLOT_MS + 2500, 37_000);
    expect(await desk.take(ORDERED, SLOT_MS, END_MS)).toMatchObject([
      { latencyMs: { settledMs: 2500, thinkMs: 37_000, decidedMs: 40_000, quoteMs: 40_000 } },
    ]);
  });

  it('are never a message of the stream that was under way since before the decision', async () => {
    const { desk, tell, pass, asked } = await made(now);
    pass(5000);
    desk.decided(undefined);
    tell({ bid: 50, ask: 51, timeMs: SLOT_MS + 4000 });
    expect(await desk.take(ORDERED, SLOT_MS, END_MS)).toMatchObject([{ event: 'quote-fill', bid: 99 }]);
    expect(asked).toEqual(['A']);
  });

  it('are the next of the stream where the venue refuses to answer, or answers with an older price', async () => {
    const stale = (): Promise<Partial<Quote>> => Promise.resolve({ timeMs: SLOT_MS + 1000 });
    const refuses = (): Promise<Partial<Quote>> => Promise.reject(new VenueFault('banned', 'shut out'));
    for (const answer of [stale, refuses]) {
      const { desk, tell, pass } = await made(answer);
      pass(2000);
      tell({ bid: 50, ask: 51 });
      pass(1);
      desk.decided(undefined);
      const taken = desk.take(ORDERED, SLOT_MS, END_MS);
      await new Promise((done) => setImmediate(done));
      pass(100);
      tell({ bid: 60, ask: 61 });
      expect(await taken).toMatchObject([{ event: 'quote-fill', bid: 60, latencyMs: { quoteMs: 2101 } }]);
    }
    const { desk, tell, pass } = await made(stale);
    pass(2000);
    tell({ bid: 50, ask: 51 });
    pass(1);
    desk.decided(undefined);
    expect(await desk.take(ORDERED, SLOT_MS, END_MS)).toMatchObject([
      { event: 'quote-missed', why: 'the quote was 1.0 s older than the one before' },
    ]);
  });

  it('are missed when they come after the bar has closed', async () => {
    const { desk, pass, tell } = await made(() => new Promise(() => undefined));
    pass(HOUR_MS - 500);
    desk.decided(undefined);
    const taken = desk.take(ORDERED, SLOT_MS, END_MS);
    await new Promise((done) => setImmediate(done));
    pass(600);
    tell({});
    expect(await taken).toMatchObject([
      { event: 'quote-missed', why: 'the bar was over before a quote came' },
    ]);
  });

  it('are as new as their coming where the venue gives no times, however far off this machine is', async () => {
    const { desk, pass, tell } = await made(() => Promise.resolve({ timeMs: undefined }));
    pass(1000);
    desk.decided(undefined);
    pass(200);
    const fill = { event: 'quote-fill', venueMs: SLOT_MS + 1200, receivedMs: SLOT_MS + 1200 };
    expect(await desk.take(ORDERED, SLOT_MS, END_MS)).toMatchObject([fill]);
    const seen: WatchedQuote[] = [];
    desk.attend((quote) => seen.push(quote));
    tell({ timeMs: undefined });
    expect(seen).toMatchObject([{ venueMs: SLOT_MS + 1200 }]);
  });

  it('are taken at once, in the middle of a bar, for somebody who wants out', async () => {
    const { desk, pass, tell } = await made(now);
    pass(1_800_000);
    tell({ bid: 50 });
    pass(1);
    expect(await desk.takeNow(ORDERED)).toEqual([
      {
        symbol: 'A',
        bid: 99,
        ask: 101,
        askedMs: SLOT_MS + 1_800_001,
        venueMs: SLOT_MS + 1_800_001,
        receivedMs: SLOT_MS + 1_800_001,
      },
    ]);
    const silent = await made(() => new Promise(() => undefined));
    expect(await silent.desk.takeNow(ORDERED)).toEqual([{ symbol: 'A', why: 'no quote within 10 s' }]);
  });

  it('are missed for a decision of another life of the process', async () => {
    const { desk, asked } = await made(now);
    expect(await desk.take(ORDERED, SLOT_MS, END_MS)).toMatchObject([{ event: 'quote-missed' }]);
    expect(asked).toEqual([]);
  });
});

describe('quotes for stops', () => {
  it('are as old as their way where the venue tells no time, whatever the clock of this machine says', async () => {
    const { desk, tell } = await made(() => Promise.resolve({ timeMs: undefined }));
    const looked: WatchedQuote[] = [];
    desk.attend((quote) => looked.push(quote));
    desk.decided(SLOT_MS);
    const [asked] = await desk.take(ORDERED, SLOT_MS, END_MS);
    expect(asked).toMatchObject({ event: 'quote-fill', venueMs: SLOT_MS, receivedMs: SLOT_MS });
    tell({ timeMs: undefined });
    expect(looked).toMatchObject([{ venueMs: SLOT_MS }]);
    await desk.close();
  });

  it('reach whoever attends, fresh ones only, by the clock of the venue', async () => {
    const { desk, tell } = await made(now);
    const seen: WatchedQuote[] = [];
    tell({ bid: 1 });
    desk.attend((quote) => seen.push(quote));
    tell({ bid: 2 });
    tell({ bid: 3, timeMs: SLOT_MS - 10_001 });
    desk.attend(undefined);
    tell({ bid: 4 });
    expect(seen.map(({ bid, receivedMs }) => [bid, receivedMs])).toEqual([[2, SLOT_MS]]);
  });

  it('are none from before the decision, nor from before the last fill, however late they come', async () => {
    const { desk, tell, pass } = await made(now);
    const bids: number[] = [];
    desk.attend(({ bid }) => bids.push(bid));
    pass(1000);
    tell({ bid: 1, timeMs: SLOT_MS - 1 });
    tell({ bid: 2, timeMs: SLOT_MS });
    pass(1000);
    desk.decided(undefined);
    tell({ bid: 3, timeMs: SLOT_MS + 1999 });
    pass(1000);
    await desk.take(ORDERED, SLOT_MS, END_MS);
    tell({ bid: 4, timeMs: SLOT_MS + 2999 });
    tell({ bid: 5, timeMs: SLOT_MS + 3000 });
    expect(bids).toEqual([2, 5]);
  });

  it('that are lost are told once, and every bar until they are back has a loss', async () => {
    const { desk, happen, told } = await made(now);
    // Nobody knows what was told before it began.
    expect([desk.loss(), desk.loss()]).toEqual(['the paper trader began within the bar', undefined]);
    happen({ event: 'lost', why: 'closed' });
    happen({ event: 'lost', why: 'refused' });
    expect([desk.loss(), desk.loss()]).toEqual(['closed', 'closed']);
    happen({ event: 'connected', why: '' });
    expect([desk.loss(), desk.loss()]).toEqual(['closed', undefined]);
    expect(told).toEqual([
      'stream of made lost (closed): until it is back, stops are looked at when a bar closes',
      'stream of made is back: stops are watched between bars',
    ]);
    happen({ event: 'gap', symbol: 'A', why: 'three were lost' });
    expect([desk.loss(), desk.loss()]).toEqual(['three were lost', undefined]);
  });
});
