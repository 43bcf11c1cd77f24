import { describe, expect, it } from 'vitest';
import { DEFAULT_COSTS } from '../core/domain/costs.js';
import { createLedgerBuffer, writeLedgerEntry } from '../core/domain/ledger.js';
import { createKinds } from '../core/strategies/catalog.js';
import type { StoredRound } from '../ports/arena-store.js';
import { checkHandovers } from './check-handovers.js';

const handOver = (more: object = {}): object => ({
  event: 'hand-over',
  generation: 2,
  from: 'a',
  to: 'b',
  name: 'b',
  source: 'candidate',
  equityUsd: 1010,
  costUsd: 0,
  steps: [{ symbol: 'BTC', action: 'keep', quantity: 2 }],
  ...more,
});

/** Round 1 makes `a` champion and buys two BTC; round 2 tells of the hand-overs. */
function rounds(...told: object[]): StoredRound[] {
  const ledger = createLedgerBuffer();
  writeLedgerEntry(ledger, {
    contestant: 0,
    timeMs: 0,
    symbol: 0,
    effect: 'entry',
    reason: 'strategy',
    quantity: 2,
    referencePrice: 100,
    price: 100,
    feeUsd: 0,
    spreadUsd: 0,
    slippageUsd: 0,
    amountUsd: 0,
    absorbedUsd: 0,
    quantityAfter: 2,
    cashAfterUsd: 800,
    closedTradeNetUsd: 0,
    closesTrade: false,
  });
  const first = handOver({ generation: 1, from: null, to: 'a', equityUsd: 1000, steps: [] });
  const round = (seq: number, events: object[], fills: Float64Array): StoredRound => ({
    seq,
    barMs: seq,
    marketDigest: '',
    events: events.map((event) => JSON.stringify(event)),
    decisions: [],
    fills,
    marks: Float64Array.of(1010, 0.2),
    previousHash: '',
    hash: '',
  });
  return [round(1, [first], ledger.doubles.slice(0, ledger.length)), round(2, told, new Float64Array(0))];
}

const check = (...told: object[]): string =>
  checkHandovers(rounds(...told), {
    symbols: ['BTC', 'ETH'],
    cashUsd: 1000,
    costs: DEFAULT_COSTS,
    champions: new Map(),
    kinds: createKinds(),
  }).detail;

describe('checkHandovers', () => {
  it('takes what the ledger gives', () => {
    expect(check(handOver())).toMatch(/^2,/);
  });

  it.each([
    ['money that appears', handOver({ equityUsd: 1010.01 }), 'equity is 1010.01 USD after and was 1010 USD'],
    ['a position that is not told', handOver({ steps: [] }), 'it tells of nothing, and BTC were held'],
    [
      'another quantity',
      handOver({ steps: [{ symbol: 'BTC', action: 'keep', quantity: 1 }] }),
      'BTC was 2, not 1',
    ],
    ['another one before', handOver({ from: 'c' }), 'it was not c that traded but a'],
    ['a generation again', handOver({ generation: 1 }), 'generation 1 ran already'],
    ['a word that is missing', handOver({ to: 7 }), 'a hand-over has the wrong shape'],
  ])('refuses %s', (_what, told, words) => {
    expect(() => check(told)).toThrow(words);
  });
});
