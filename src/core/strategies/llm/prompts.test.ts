import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arbitraryBars,
  bar,
  flatBars,
  marketOf,
  perpetual,
  START_MS,
} from '../../../../test/support/made-market.js';
import { modelSession, playModelSession, replyOf } from '../../../../test/support/play-model-session.js';
import { sessionFor } from '../../../../test/support/scripted-kind.js';
import type { MarketTable } from '../../domain/market-table.js';
import { growingReadings } from '../../domain/growing-readings.js';
import { type ReadingKind } from '../../domain/market-readings.js';
import { sliceMarket } from '../../domain/slice-market.js';
import { HOUR_MS } from '../../domain/time.js';
import { createKinds } from '../catalog.js';
import { SIGNALS_SCHEMA } from './signals-schema.js';

/** Two perpetuals that wander by fixed steps; the second one has no funding and misses a bar. */
function wandering(bars: number): MarketTable {
  const steps = [0.01, -0.004, 0.007, -0.012, 0.003, 0.009, -0.006];
  let [a, b] = [100, 0.2];
  const columns: [ReturnType<typeof bar>[], (ReturnType<typeof bar> | undefined)[]] = [[], []];
  for (let t = 0; t < bars; t++) {
    const [openA, openB] = [a, b];
    a *= 1 + (steps[t % 7] ?? 0);
    b *= 1 - (steps[(t * 3) % 7] ?? 0);
    columns[0].push(bar(openA, a, 0.002, 1000 + 10 * (t % 5)));
    columns[1].push(t === bars - 4 ? undefined : bar(openB, b, 0.002, 5e6));
  }
  const hours = Math.floor(bars / 8);
  return marketOf(columns, {
    instruments: [perpetual('A', { lotSize: 0.01 }), perpetual('B', { maxLeverage: 10 })],
    funding: [
      {
        timesMs: Float64Array.from({ length: hours }, (_, i) => START_MS + i * 8 * 3_600_000),
        rates: Float64Array.from({ length: hours }, (_, i) => (i % 2 === 0 ? 0.000125 : -0.00005)),
      },
      undefined,
    ],
  });
}

/** A short life in which everything that a prompt can show happens. */
function prompts(market: MarketTable, params: Record<string, unknown> = {}, kind = 'llm-trader'): string[] {
  const found = createKinds().find(kind);
  if (found === undefined) throw new Error(kind);
  const parsed = found.manifest.parameters.parse({ provider: 'made', model: 'm', ...params });
  const session = sessionFor(found, market, { params: parsed });
  const from = market.length - 8;
  const name = params['mask'] === true ? 'ASSET-1' : 'A';
  const played = playModelSession(
    session,
    (_question, t) => {
      const price = market.candles[0]?.close[t] ?? NaN;
      const entry = { coin: name, signal: 'buy', quantity: 10, leverage: 3, confidence: 0.75, risk_usd: 90 };
      const levels = { profit_target: price * 1.2, stop_loss: price * 0.9 };
      const why = { invalidation_condition: `1h close below ${(price * 0.8).toFixed(2)}` };
      if (t === from)
        return replyOf({ ...entry, ...levels, ...why }, { coin: 'PEPE', signal: 'buy' }).replace(
          'Thought.',
          `${name} looks strong.`,
        );
      if (t === from + 2) return replyOf({ coin: name, signal: 'hold', stop_loss: price * 0.5 });
      if (t === from + 3) return 'I cannot decide.';
      if (t === from + 5) return replyOf({ coin: name, signal: 'close_position', quantity: 4 });
      return '{"decisions": []}';
    },
    from,
  );
  return played.decisions.flatMap(({ questions }) =>
    questions.map(({ system, user }) => `${system}\n\f\n${user}`),
  );
}

const sha = (texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\n\f\n')).digest('hex').slice(0, 16);

function headingsOf(prompt: string): string[] {
  return prompt.split('\n').filter((line) => line.startsWith('#'));
}

describe('a version of a prompt', () => {
  const spot = { ...wandering(240), instruments: marketOf([flatBars(1, 1), flatBars(1, 1)]).instruments };
  const one = marketOf([
    Array.from({ length: 240 }, (_, t) => bar(100 + (t % 9), 100 + ((t + 1) % 9), 0.01)),
  ]);

  it('never changes: another byte is another version, with a name of its own', () => {
    const bytes = {
      'trader-1': sha(prompts(wandering(240))),
      'trader-1 masked': sha(prompts(wandering(240), { mask: true })),
      'trader-1 on spot': sha(prompts(spot)),
      'direct-1': sha(prompts(one, {}, 'llm-direct')),
    };
    expect(bytes).toEqual({
      'trader-1': '29905c6d22d8e3a9',
      'trader-1 masked': '69ea9dafd49927b7',
      'trader-1 on spot': '437b8b5bcbc26a91',
      'direct-1': 'f9c391934e6cb101',
    });
  });

  it('is the same on a market of which figures beside the bars are asked for and none has come', () => {
    const { readings } = growingReadings(2, HOUR_MS);
    expect(prompts({ ...wandering(240), readings })).toEqual(prompts(wandering(240)));
  });

  it('has its sections in the agreed order', () => {
    for (const prompt of prompts(wandering(240)))
      expect(headingsOf(prompt)).toEqual([
        '# RULES',
        '# REPLY',
        '## CURRENT MARKET STATE',
        '### A',
        '### B',
        '## YOUR ACCOUNT',
        '## SINCE YOUR LAST DECISION',
        '## INVALIDATION CONDITIONS YOU GAVE',
        '## OUTPUT FORMAT',
      ]);
  });

  it('has a system part that is the same at every decision, for the providers that cache it', () => {
    const systems = prompts(wandering(240)).map((prompt) => prompt.split('\f')[0]);
    expect(new Set(systems).size).toBe(1);
    expect(systems[0]).toContain(JSON.stringify(SIGNALS_SCHEMA));
  });

  it('is a function of what can be seen: the same bytes again, and whatever comes afterwards', () => {
    fc.assert(
      fc.property(
        fc.tuple(arbitraryBars(70), arbitraryBars(70)).map((columns) => marketOf(columns)),
        fc.integer({ min: 1, max: 69 }),
        (market, cut) => {
          const seen = (table: MarketTable): string[] =>
            playModelSession(modelSession(table), () => '{}', 0, cut).decisions.flatMap(({ questions }) =>
              questions.map(({ user }) => user),
            );
          const whole = seen(market);
          expect(seen(market)).toEqual(whole);
          expect(seen(sliceMarket(market, 0, cut))).toEqual(whole);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('what a prompt says', () => {
  const [first = '', ...later] = prompts(wandering(240));
  const last = later.at(-1) ?? '';

  it('B-9: knows simulated time only, and minutes since its own first decision', () => {
    expect(first).toContain('It has been 0 minutes');
    expect(first).toContain('The simulated time is 2025-01-15 17:00 UTC');
    expect(last).toContain('It has been 420 minutes');
    expect(last).toContain('asked 8 times');
    expect(last).not.toContain(
      String(new Date().getUTCFullYear() === 2025 ? 'never' : new Date().getUTCFullYear()),
    );
  });

  it('B-10: names the length of bars after the data, and shows no series twice', () => {
    expect(first).toContain('every series and figure is of 1h bars');
    expect(first).toContain('1h close below 105000');
    expect(first).not.toMatch(/3-minute|4h|daily/);
    const series = first.match(/\[[^\]]*, [^\]]*\]/g) ?? [];
    expect(new Set(series).size).toBe(series.length);
  });

  it('B-11: says that a figure is not available instead of showing a number for it', () => {
    expect(first.match(/Open interest: not available/g)).toHaveLength(2);
    const [a = '', b = ''] = first.split('### B');
    expect(a).toContain('Funding rate: -0.0050 % of notional');
    expect(b).toContain('Funding rate: not available');
    expect(first).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('shows what the market has beside its bars, with its age, and what it has not as before', () => {
    const market = wandering(240);
    const closeMs = START_MS + 235 * HOUR_MS;
    const beside = growingReadings(2, HOUR_MS);
    const add = (series: ReadingKind, agoMs: number, value: number): void => {
      beside.add(0, { series, timeMs: closeMs - agoMs, arrivedMs: closeMs - agoMs, value });
    };
    add('openInterestUsd', 12_400, 123_456_789.4);
    add('bid', 14_000, 100.5);
    add('ask', 13_000, 100.75);
    add('longLiquidationsUsd', 0, 20_400.6);
    add('shortLiquidationsUsd', 0, 0);
    const shown = prompts({ ...market, readings: beside.readings });
    const [a = '', b = ''] = shown.find((prompt) => prompt.includes('s old'))?.split('### B') ?? [];
    expect(a).toContain('Open interest: 123456789 USD (12 s old)\nFunding rate: ');
    expect(a).toContain(
      'Best prices: bid 100.50, ask 100.75 (14 s old)\nClosed by force during the newest bar: longs 20401 USD, shorts 0 USD\nLast 10 bars',
    );
    expect(b).toContain('Open interest: not available');
    expect(b).not.toMatch(/Best prices|Closed by force/);
    // An hour later the sums are of another bar, and not known.
    const later = shown.find((prompt) => prompt.includes('(60 min old)'));
    expect(later).toContain('Best prices');
    expect(later).not.toContain('Closed by force');
    const bare = (prompt: string): string =>
      prompt
        .replace(/Open interest: \d.*/, 'Open interest: not available')
        .replace(/(Best prices|Closed).*\n/g, '');
    expect(shown.map(bare)).toEqual(prompts(market));
  });

  it('B-12: shows funding as a share of notional, in percent, and says who pays', () => {
    expect(first).toContain('Funding rate: -0.0050 % of notional at the last payment (shorts pay longs)');
  });

  it('says n/a while indicators warm up', () => {
    const young = marketOf([flatBars(100, 12)]);
    const [decision] = playModelSession(modelSession(young), () => '{}', 11).decisions;
    const user = decision?.questions[0]?.user ?? '';
    expect(user).toContain(
      'current_price = 100.00, current_ema20 = n/a, current_macd = n/a, current_rsi7 = 50.000',
    );
    expect(user).toContain('EMA20 n/a against EMA50 n/a');
    expect(user).toContain('Sharpe ratio: n/a');
  });

  it('has a record of every position and the words of its plan, and what the last signals came to', () => {
    const [, second = '', third = '', fourth = '', fifth = ''] = [first, ...later];
    expect(second).toMatch(
      /\{"symbol": "A", "side": "long", "quantity": 10, "entry_price": [\d.]+, .*"leverage": 3.00, "profit_target": [\d.]+, "stop_loss": [\d.]+, "confidence": 0.75, "risk_usd": 90.00, "loss_at_stop_usd": [\d.]+, "notional_usd": [\d.]+\}/,
    );
    expect(second).toContain('- refused: PEPE is not one of your symbols');
    expect(second).toMatch(/\n\| 1h close below [\d.]+\n\| at entry: A looks strong.\n/);
    expect(second).toMatch(/A: tested at every close as "close below [\d.]+": it does not hold now/);
    expect(third).toContain('Nothing to report.');
    expect(fourth).toMatch(/refused: A: stop_loss [\d.]+ is farther away than [\d.]+/);
    expect(fifth).toContain('your last reply could not be used: there is no JSON in the reply');
    expect(last).toContain('"quantity": 6,');
    expect(last).toMatch(/Sharpe ratio: -?\d+\.\d{3}/);
  });

  it('says that the price of a symbol without a bar is older', () => {
    const blocks = later.map((prompt) => prompt.split('### B')[1] ?? '');
    const without = blocks.filter((block) => block.includes('There is no bar of this symbol at this time'));
    expect(without).toHaveLength(1);
    expect(without[0]).toMatch(/current_price = 0\.\d{6}/);
  });

  it('gives shorts and leverage as the venue offers them', () => {
    expect(first).toContain('buy enters a long, sell enters a short.');
    expect(first).toContain('leverage: A 1 to 20, B 1 to 10.');
    expect(first).toContain('Smallest step: A 0.01.');
    const spot = { ...wandering(240), instruments: marketOf([flatBars(1, 1), flatBars(1, 1)]).instruments };
    const [prompt = ''] = prompts(spot);
    expect(prompt).toContain('shorts (sell) are refused');
    expect(prompt).toContain('leverage: 1.');
    expect(prompt).toContain('Funding rate: none, it is a spot market');
  });

  it('names neither symbols nor dates when they are masked, and its replies still mean the same', () => {
    const masked = prompts(wandering(240), { mask: true });
    for (const prompt of masked) {
      expect(prompt).not.toMatch(/20\d\d-|UTC|### A\n|"A"/);
      expect(prompt).toContain('### ASSET-2');
    }
    expect(masked.at(-1)).toContain('"symbol": "ASSET-1", "side": "long", "quantity": 6,');
  });
});
