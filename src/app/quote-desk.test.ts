import { describe, expect, it } from 'vitest';
import { type Quote, type StreamEvent, type Venue, VenueFault } from '../ports/venue.js';
import { madeClock, madeVenue } from '../../test/support/made-venue.js';
import { flatBars, marketOf } from '../../test/support/made-market.js';
import { type QuoteDesk, openQuoteDesk } from './quote-desk.js';

const SLOT_MS = Date.UTC(2025, 0, 6, 5);
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
    expect(await desk.take(ORDERED, SLOT_MS)).toEqual([
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
    expect(await desk.take(ORDERED, SLOT_MS)).toMatchObject([{ bid: 99 }]);
    expect(asked).toEqual(['A']);
    tell({ bid: 60, ask: 61 });
    expect(await desk.take(ORDERED, SLOT_MS)).toMatchObject([{ bid: 60, ask: 61 }]);
    expect(asked).toEqual(['A']);
  });

  it.each<[string, () => Promise<Partial<Quote>>, string]>([
    ['old', () => Promise.resolve({ timeMs: SLOT_MS - 20_000 }), 'the quote was 20.0 s old'],
    ['late', () => new Promise(() => undefined), 'no quote within 10 s of the decision'],
    ['refused', () => Promise.reject(new VenueFault('banned', 'made: shut out')), 'made: shut out'],
  ])('are missed with the reason when they are %s', async (_how, answer, why) => {
    const { desk } = await made(answer);
    desk.decided(undefined);
    expect(await desk.take(ORDERED, SLOT_MS)).toEqual([
      { event: 'quote-missed', slotMs: SLOT_MS, symbol: 'A', why },
    ]);
  });

  it('are missed for a decision of another life of the process', async () => {
    const { desk, asked } = await made(now);
    expect(await desk.take(ORDERED, SLOT_MS)).toMatchObject([{ event: 'quote-missed' }]);
    expect(asked).toEqual([]);
  });
});

describe('quotes for stops', () => {
  it('are as old as their way where the venue tells no time, whatever the clock of this machine says', async () => {
    const { desk, tell } = await made((nowMs) => Promise.resolve({ timeMs: nowMs, isUntimed: true }));
    const looked: Quote[] = [];
    desk.attend((quote) => looked.push(quote));
    desk.decided(SLOT_MS);
    const [asked] = await desk.take(ORDERED, SLOT_MS);
    expect(asked).toMatchObject({ event: 'quote-fill', venueMs: SLOT_MS, receivedMs: SLOT_MS });
    tell({ timeMs: SLOT_MS - SKEW_MS, isUntimed: true });
    expect(looked).toMatchObject([{ timeMs: SLOT_MS }]);
    await desk.close();
  });

  it('reach whoever attends, fresh ones only, by the clock of the venue', async () => {
    const { desk, tell } = await made(now);
    const seen: Quote[] = [];
    tell({ bid: 1 });
    desk.attend((quote) => seen.push(quote));
    tell({ bid: 2 });
    tell({ bid: 3, timeMs: SLOT_MS - 10_001 });
    desk.attend(undefined);
    tell({ bid: 4 });
    expect(seen.map(({ bid, receivedMs }) => [bid, receivedMs])).toEqual([[2, SLOT_MS]]);
  });

  it('that come and go are told once in ten minutes, and at the next bar where they stay away', async () => {
    const { desk, happen, told, pass } = await made(now);
    const flap = (): void => {
      happen({ event: 'lost', why: 'closed' });
      happen({ event: 'connected', why: '' });
    };
    for (let k = 0; k < 50; k++) flap();
    expect(told).toHaveLength(2);
    happen({ event: 'lost', why: 'refused' });
    expect(told).toHaveLength(2);
    desk.decided(SLOT_MS);
    expect(told.at(-1)).toContain('lost (refused, 50 times since this was said last): until it is back');
    happen({ event: 'connected', why: '' });
    expect(told.at(-1)).toContain('is back');
    pass(600_000);
    flap();
    expect(told).toHaveLength(6);
    await desk.close();
  });

  it('that are lost are told once, and every bar until they are back has a loss', async () => {
    const { desk, happen, told } = await made(now);
    expect(desk.loss()).toBeUndefined();
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
