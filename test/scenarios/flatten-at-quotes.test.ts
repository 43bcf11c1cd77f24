import { afterEach, describe, expect, it } from 'vitest';
import { watchQuote } from '../../src/app/fill-at-quotes.js';
import { type FlattenWorld, flattenAtQuotes } from '../../src/app/flatten-at-quotes.js';
import type { QuoteDesk, TakenNow } from '../../src/app/quote-desk.js';
import { fileRequestIn, inboxOf, journalOf } from '../../src/cli/wire.js';
import { finishOpened, takeQuoteEvents } from '../../src/core/deployment/open-at-quotes.js';
import { encodePaper } from '../../src/core/deployment/paper-codec.js';
import {
  type Paper,
  handOver,
  killPaper,
  openPaper,
  playPaperRound,
} from '../../src/core/deployment/paper.js';
import { retakeFromVenue } from '../../src/app/opened-inputs.js';
import { DEFAULT_COSTS } from '../../src/core/domain/costs.js';
import { DEFAULT_LIMITS } from '../../src/core/risk/limits.js';
import type { StoredRound } from '../../src/ports/arena-store.js';
import { temporaryFolder } from '../support/cli.js';
import { championOf, orderOf, sha256 } from '../support/made-champion.js';
import { flatBars, marketOf } from '../support/made-market.js';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanUps.splice(0).reverse()) clean();
});

interface Held {
  readonly paper: Paper;
  readonly rounds: StoredRound[];
}

/** Holds 50 of A, bought at 100 with a stop at 95; bar 2 is open. */
function holding(): Held {
  const market = marketOf([flatBars(100, 5)]);
  const rules = {
    cashUsd: 10_000,
    costs: DEFAULT_COSTS,
    limits: DEFAULT_LIMITS,
    breakers: {},
    fills: 'quote',
  } as const;
  const paper = openPaper(market, 0, rules, sha256);
  const { champion, kind } = championOf(market, { kind: 'flat', symbols: ['A'] });
  handOver(paper, champion, kind, 1);
  const rounds: StoredRound[] = [];
  const play = (): void => {
    finishOpened(paper);
    const round = playPaperRound(paper, []);
    if (round !== undefined) rounds.push(round);
  };
  play();
  const order = { symbol: 0, effect: 'entry', direction: 1, quantity: 50, stop: { price: 95 } } as const;
  paper.session.orders = [orderOf(order)];
  const slotMs = market.openTimesMs[1] ?? NaN;
  const latencyMs = { decidedMs: 1, quoteMs: 2 };
  const quote = { symbol: 'A', bid: 99.9, ask: 100, venueMs: slotMs, receivedMs: slotMs, latencyMs };
  takeQuoteEvents(paper, [{ event: 'quote-fill', slotMs, ...quote }]);
  play();
  return { paper, rounds };
}

interface Made {
  readonly world: FlattenWorld;
  readonly told: string[];
  readonly asked: (readonly string[])[];
  readonly file: (id: string, more?: object) => void;
}

function worldOf({ paper, rounds }: Held, answer: (symbol: string) => TakenNow): Made {
  const { path, remove } = temporaryFolder();
  const store = journalOf(path);
  cleanUps.push(remove, () => {
    store.close();
  });
  for (const round of rounds) store.appendRound(round);
  store.commit(paper.seq, paper.lastHash, encodePaper(paper, 0));
  const told: string[] = [];
  const asked: (readonly string[])[] = [];
  const never = (): never => {
    throw new Error('nobody asks for this here');
  };
  const quotes: QuoteDesk = {
    nowMs: never,
    decided: never,
    take: never,
    takeNow(symbols) {
      asked.push(symbols);
      return Promise.resolve(symbols.map(answer));
    },
    attend: never,
    loss: never,
    close: never,
  };
  return {
    world: {
      store,
      inbox: inboxOf(path),
      quotes,
      desired: () => undefined,
      told: (text) => told.push(text),
      stopRequested: () => false,
    },
    told,
    asked,
    file: (id, more = {}) => {
      fileRequestIn(path, id, {
        id,
        who: 'me',
        whenMs: 1,
        reason: 'out',
        kind: 'kill',
        flatten: true,
        ...more,
      });
    },
  };
}

const at = (symbol: string): TakenNow => ({
  symbol,
  bid: 98,
  ask: 98.1,
  venueMs: 10_400,
  receivedMs: 10_500,
  askedMs: 10_000,
});

describe('a kill that sells everything, where quotes fill', () => {
  it('sells at the quote, once, and one that is killed afterwards knows it at its next start', async () => {
    const made = holding();
    const { paper } = made;
    const { world, told, asked, file } = worldOf(made, at);
    const tried = new Set<string>();
    await flattenAtQuotes(paper, world, tried);
    expect(asked, 'nobody wants out').toEqual([]);
    file('k1');
    await flattenAtQuotes(paper, world, tried);
    await flattenAtQuotes(paper, world, tried);
    expect(asked).toEqual([['A']]);
    expect(paper.session.account.openNames).toBe(0);
    expect(told).toEqual([
      'k1: selling A at the next quote',
      'A: closed at 98 / 98.1, 0.5 s after the kill was seen',
    ]);
    const { paper: again } = holding();
    retakeFromVenue(world.store, again);
    expect(again.session.account).toEqual(paper.session.account);
    expect(world.inbox.read(0).messages, 'the request waits for its round').toHaveLength(1);
  });

  it('says that it found no quote, asks no second time, and leaves the position to the kill', async () => {
    const made = holding();
    const { paper } = made;
    const { world, told, asked, file } = worldOf(made, (symbol) => ({
      symbol,
      why: 'no quote within 10 s',
    }));
    const tried = new Set<string>();
    file('k1');
    await flattenAtQuotes(paper, world, tried);
    await flattenAtQuotes(paper, world, tried);
    expect(asked).toHaveLength(1);
    expect(told[1]).toBe(
      "A: no quote within 10 s; it is sold after the present bar, at a quote or at the next bar's open",
    );
    finishOpened(paper);
    const round = playPaperRound(paper, [killPaper(paper, 'out', true)]);
    expect(round?.events.join()).toContain('flatten-missed');
    expect(paper.session.orders).toMatchObject([{ effect: 'exit', reason: 'kill', quantity: 50 }]);
  });

  it('is not acted upon before its bar, nor is one that only stops entries', async () => {
    const made = holding();
    const { paper } = made;
    const { world, asked, file } = worldOf(made, at);
    file('later', { dueBarMs: paper.market.openTimesMs[4] });
    file('stay', { flatten: false });
    await flattenAtQuotes(paper, world, new Set());
    expect(asked).toEqual([]);
  });

  it('leaves stops on the stream at work while entries are stopped', () => {
    const made = holding();
    const { paper, rounds } = made;
    finishOpened(paper);
    const round = playPaperRound(paper, [killPaper(paper, 'halt', false)]);
    if (round !== undefined) rounds.push(round);
    const { world, told } = worldOf(made, at);
    const quote = { symbol: 'A', bid: 94.9, ask: 95, venueMs: 1, receivedMs: 1 };
    watchQuote(paper, world, quote);
    expect(paper.session.account.openNames).toBe(0);
    expect(told[0]).toContain('a stop or target was reached');
  });
});
