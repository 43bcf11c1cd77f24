import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answered, asking, failedAnswer } from '../../test/support/asking-kind.js';
import { RULES, rosterMarketOf, sha256 } from '../../test/support/made-arena.js';
import { type MadeBar, bar, flatBars, marketOf, perpetual } from '../../test/support/made-market.js';
import { FREE, scripted } from '../../test/support/scripted-kind.js';
import { parseRoster } from '../core/arena/parse-roster.js';
import type { CostModel } from '../core/domain/costs.js';
import type { ModelAnswer } from '../core/domain/model-call.js';
import { type MarketTable, emptyCandles } from '../core/domain/market-table.js';
import { createKinds, erase } from '../core/strategies/catalog.js';
import type { StudyTrial } from '../core/metrics/study-trial.js';
import type { AskedQuestion } from '../core/session/model-decision.js';
import type { Spent } from './model-desk.js';
import { type PlayedTrial, playTrials } from './play-trials.js';
import { runStudy } from './run-study.js';
import { studyTrial } from './study-figures.js';

const KINDS = createKinds([erase(asking)]);
const NAME = { configuration: 'p m', model: 'm', temperature: 0, trial: 1, window: undefined };
/** Room for half of the equity in one symbol. */
const LIMITS = { ...RULES.limits, maxSymbolExposureFraction: 1, maxGrossExposureFraction: 1 };

function plansOf(market: MarketTable, count = 1, costs: CostModel = FREE, timeframe?: string) {
  return Array.from({ length: count }, (_, i) => {
    const [entry] = parseRoster(
      [{ kind: 'asking', params: { trial: i + 1 }, ...(timeframe === undefined ? {} : { timeframe }) }],
      'test',
      rosterMarketOf(market),
      KINDS,
    );
    if (entry === undefined) throw new Error('no entry');
    const { kind, params, manifest } = entry;
    const { seed, symbols, timeframe: own } = manifest;
    return { kind, params, seed, symbols, timeframe: own, cashUsd: 10_000, costs, limits: LIMITS };
  });
}

async function play(
  market: MarketTable,
  says: (asked: AskedQuestion, nth: number) => ModelAnswer,
  more: { plans?: ReturnType<typeof plansOf>; spentUsd?: number; seen?: Spent[]; first?: number } = {},
): Promise<PlayedTrial[]> {
  let nth = -1;
  const played = await playTrials(market, more.first ?? 0, more.plans ?? plansOf(market), {
    answer: (_asked, spent) => {
      nth++;
      more.seen?.push(spent);
      const now = nth;
      return Promise.resolve((one) => says(one, now));
    },
    hash: sha256,
    progress: () => undefined,
    spentUsd: more.spentUsd ?? 0,
  });
  if (played === undefined) throw new Error('stopped');
  return played;
}

/** What the model says at each decision; afterwards it waits. */
const script =
  (words: readonly string[], costUsd = 0) =>
  (_asked: AskedQuestion, nth: number): ModelAnswer =>
    answered(words[nth] ?? 'wait', { costUsd });

async function figuresOf(
  market: MarketTable,
  words: readonly string[],
  costUsd = 0,
  first = 0,
): Promise<StudyTrial> {
  const [played] = await play(market, script(words, costUsd), { first });
  if (played === undefined) throw new Error('nobody played');
  return studyTrial(played, NAME, market, first);
}

describe('figures of a trial', () => {
  /** Bought at 100 for half of 10,000: up to 110, down to 99, sold there. */
  const BARS: MadeBar[] = [bar(100), bar(100, 110), bar(110, 99), bar(99), bar(99)];

  it('are those computed by hand: one trade, its hold, its captures', async () => {
    const trial = await figuresOf(marketOf([BARS]), ['buy', 'wait', 'sell']);
    expect(trial).toMatchObject({
      closedTrades: 1,
      wins: 0,
      fills: 2,
      tradeNetsUsd: [-50],
      bestTradeUsd: -50,
      worstTradeUsd: -50,
      notionalsUsd: [5000],
      holdHours: [2],
      leverages: [1],
      longShare: 1,
      failedShare: 0,
      modelCostUsd: 0,
      equityUsd: 9950,
    });
    expect(trial.returnFraction).toBeCloseTo(-0.005, 12);
    const [a] = trial.perSymbol;
    expect(a).toMatchObject({ symbol: 'A', trades: 1, netUsd: -50, wins: 0, bestUsd: -50, worstUsd: -50 });
    // Rose 10 %, brought 500 of 10,000; fell 10 %, cost 550 of 10,500.
    expect(a?.upCapture).toBeCloseTo(0.05 / 0.1, 12);
    expect(a?.downCapture).toBeCloseTo(550 / 10_500 / 0.1, 12);
    expect(a?.timingUpCapture).toBeCloseTo(1, 12);
    expect(a?.timingDownCapture).toBeCloseTo(1, 12);
  });

  it('have captures of each symbol by itself, none of what it was out of', async () => {
    const trial = await figuresOf(marketOf([BARS, [...flatBars(10, 3), bar(10, 11), bar(11, 10)]]), [
      'buy',
      'wait',
      'sell',
    ]);
    const [, b] = trial.perSymbol;
    expect(b).toMatchObject({ symbol: 'B', trades: 0, netUsd: 0, upCapture: 0, downCapture: 0 });
    expect(b?.bestUsd).toBeUndefined();
  });

  it('count half of the falls where it was out for the other half', async () => {
    const trial = await figuresOf(marketOf([[bar(100), bar(100, 90), bar(90), bar(90, 81), bar(81)]]), [
      'buy',
      'sell',
    ]);
    expect(trial.perSymbol[0]?.timingDownCapture).toBeCloseTo(0.5, 12);
    expect(trial.perSymbol[0]?.upCapture, 'it never rose').toBeUndefined();
  });

  it('are net of every question, the last one included', async () => {
    const trial = await figuresOf(marketOf([BARS]), ['buy', 'wait', 'sell'], 2);
    expect(trial.modelCostUsd).toBe(10);
    const traded = trial.tradeNetsUsd.reduce((sum, net) => sum + net, 0);
    expect(trial.equityUsd).toBeCloseTo(10_000 + traded - trial.modelCostUsd, 9);
    expect(trial.returnFraction).toBeCloseTo(trial.equityUsd / 10_000 - 1, 12);
  });

  it('know the leverage of every entry, also of one that its stop closed in the same bar', async () => {
    const market = marketOf([[bar(100), bar(100, 100, 0.1), bar(100), bar(100, 102), bar(102), bar(102)]], {
      instruments: [perpetual('A')],
    });
    const open = (leverage: number, stop: { fraction: number }) =>
      ({
        kind: 'open',
        symbol: 'A',
        side: 'long',
        reason: 'a test',
        size: { weight: 0.5 },
        leverage,
        stop,
      }) as const;
    const kind = scripted((decision) =>
      decision === 0
        ? [open(5, { fraction: 0.02 })]
        : decision === 2
          ? [open(3, { fraction: 0.5 })]
          : decision === 4
            ? [{ kind: 'close', symbol: 'A', reason: 'a test' }]
            : [],
    );
    const [plan] = plansOf(market);
    if (plan === undefined) throw new Error('no plan');
    const [played] = await play(market, () => answered('wait'), { plans: [{ ...plan, kind }] });
    if (played === undefined) throw new Error('nobody played');
    const trial = studyTrial(played, NAME, market, 0);
    expect(trial.leverages).toEqual([5, 3]);
    expect(trial.closedTrades).toBe(2);
    expect(trial.holdHours).toEqual([0, 2]);
  });

  it('of who never traded are nothing, not zero', async () => {
    const trial = await figuresOf(marketOf([BARS]), []);
    expect(trial).toMatchObject({ closedTrades: 0, tradeNetsUsd: [], holdHours: [], leverages: [] });
    expect([trial.bestTradeUsd, trial.worstTradeUsd, trial.longShare]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('say which share of the decisions failed', async () => {
    const market = marketOf([flatBars(100, 20)]);
    const [played] = await play(market, (_asked, nth) =>
      nth % 4 === 0 ? failedAnswer('timeout') : answered('wait'),
    );
    if (played === undefined) throw new Error('nobody played');
    expect(studyTrial(played, NAME, market, 0).failedShare).toBe(5 / 20);
  });

  it('are the same whatever came before the first bar', async () => {
    const late = marketOf([[...flatBars(50, 7), ...BARS]]);
    const plain = await figuresOf(marketOf([BARS]), ['buy', 'wait', 'sell'], 1);
    const { perSymbol, ...rest } = await figuresOf(late, ['buy', 'wait', 'sell'], 1, 7);
    const { perSymbol: alone, ...others } = plain;
    expect(rest).toEqual(others);
    // But for the move into the first bar, of which the flat account took nothing.
    expect(perSymbol[0]?.downCapture).toBeCloseTo(alone[0]?.downCapture ?? NaN, 12);
  });

  it('add up: equity is the deposit, the trades and what is held, less what the model cost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('buy', 'sell', 'wait'), { minLength: 12, maxLength: 12 }),
        fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 14, maxLength: 14 }),
        fc.double({ min: 0, max: 3, noNaN: true }),
        async (words, moves, costUsd) => {
          let price = 100;
          const bars = moves.map((move) => {
            const open = price;
            price *= 1 + move;
            return bar(open, price);
          });
          const market = marketOf([bars]);
          // Whatever is open is sold at the end, so that every trade is closed.
          const [played] = await play(
            market,
            (_asked, nth) => answered(nth >= 12 ? 'sell' : (words[nth] ?? 'wait'), { costUsd }),
            { plans: plansOf(market, 1, RULES.costs) },
          );
          if (played === undefined) throw new Error('nobody played');
          const trial = studyTrial(played, NAME, market, 0);
          const traded = trial.tradeNetsUsd.reduce((sum, net) => sum + net, 0);
          expect(trial.equityUsd).toBeCloseTo(10_000 + traded - trial.modelCostUsd, 6);
          expect(trial.perSymbol[0]?.netUsd).toBeCloseTo(traded, 9);
          expect(trial.leverages).toHaveLength(trial.closedTrades);
          expect(trial.holdHours).toHaveLength(trial.closedTrades);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('trials side by side', () => {
  it('are asked together at each bar, and know what all have spent, also before this window', async () => {
    const market = marketOf([flatBars(100, 4)]);
    const seen: Spent[] = [];
    const played = await play(market, () => answered('wait', { costUsd: 1 }), {
      plans: plansOf(market, 3),
      spentUsd: 10,
      seen,
    });
    expect(seen).toEqual([
      { todayUsd: 0, totalUsd: 10 },
      { todayUsd: 3, totalUsd: 13 },
      { todayUsd: 6, totalUsd: 16 },
      { todayUsd: 9, totalUsd: 19 },
    ]);
    expect(played.map(({ session }) => session.account.cashUsd)).toEqual([9996, 9996, 9996]);
  });

  it('pass over bars that nobody has, and keep accounts apart', async () => {
    const market = marketOf([[bar(100), bar(100), bar(100)]]);
    const gap = emptyCandles(3);
    const [candles] = market.candles;
    if (candles === undefined) throw new Error('no candles');
    for (const key of ['open', 'high', 'low', 'close', 'volume'] as const)
      [0, 2].forEach((t) => (gap[key][t] = candles[key][t] ?? NaN));
    const played = await play(
      { ...market, candles: [gap] },
      ({ contestant }, nth) => answered(contestant === 0 && nth === 0 ? 'buy' : 'wait'),
      { plans: plansOf(market, 2) },
    );
    expect(played.map(({ equityUsd }) => equityUsd.length)).toEqual([2, 2]);
    const fills = played.map(({ entries }) => entries.filter(({ effect }) => effect === 'entry').length);
    expect(fills).toEqual([1, 0]);
  });

  it('end with nothing when a stop comes', async () => {
    const market = marketOf([flatBars(100, 9)]);
    let bars = 0;
    const played = await playTrials(market, 0, plansOf(market), {
      answer: () => Promise.resolve(bars < 4 ? () => answered('wait') : undefined),
      hash: sha256,
      progress: (done) => (bars = done),
      spentUsd: 0,
    });
    expect(played).toBeUndefined();
    expect(bars).toBe(4);
  });

  it('do not pay a model that another one has replaced', async () => {
    const market = marketOf([flatBars(100, 10)]);
    const [played] = await play(market, (_asked, nth) =>
      answered('wait', { costUsd: 1, servedBy: nth < 3 ? 'm-1' : 'm-2' }),
    );
    if (played === undefined) throw new Error('nobody played');
    const trial = studyTrial(played, NAME, market, 0);
    expect(trial.modelCostUsd, 'the one that showed it is paid').toBe(4);
    expect(trial.failedShare).toBe(7 / 10);
    expect(played.session.models?.questions).toBe(4);
  });
});

describe('a study', () => {
  const market = marketOf([Array.from({ length: 48 }, (_, i) => bar(100 + (i % 6), 100 + ((i + 1) % 6)))]);
  const placebo = KINDS.find('placebo');
  if (placebo === undefined) throw new Error('no placebo');
  const setup = (windows: number): Parameters<typeof runStudy>[0] => ({
    market,
    first: 8,
    windowsMs: Array.from({ length: windows }, (_, w) => market.openTimesMs[8 + (w * 40) / windows] ?? NaN),
    trials: [1, 2].map((trial) => {
      const [entry] = parseRoster(
        [{ kind: 'asking', params: { trial } }],
        'test',
        rosterMarketOf(market),
        KINDS,
      );
      if (entry === undefined) throw new Error('no entry');
      return { entry, name: { configuration: 'p m', model: 'm', temperature: 0, trial } };
    }),
    benchmarks: parseRoster(
      [{ kind: 'buy-and-hold', symbols: 'all' }],
      'test',
      rosterMarketOf(market),
      KINDS,
    ),
    placebos: 30,
    placebo,
    cashUsd: 10_000,
    costs: RULES.costs,
    limits: LIMITS,
    seed: 1,
  });
  const says = ({ contestant, question }: AskedQuestion): ModelAnswer =>
    answered((question.user.length + contestant) % 2 === 0 ? 'buy' : 'sell', { costUsd: 0.5 });
  const world = (more: Partial<Parameters<typeof runStudy>[1]> = {}): Parameters<typeof runStudy>[1] => ({
    answer: () => Promise.resolve(says),
    hash: sha256,
    progress: () => undefined,
    breathe: () => Promise.resolve(true),
    ...more,
  });

  it('gives every window new accounts of its own bars, and what all have spent goes on', async () => {
    const spent: number[] = [];
    const asked: number[] = [];
    await runStudy(
      setup(2),
      world({
        answer: (questions, { totalUsd }) => {
          spent.push(totalUsd);
          asked.push(questions[0]?.cashUsd ?? NaN);
          return Promise.resolve(() => answered('wait', { costUsd: 0.5 }));
        },
      }),
    );
    expect(spent).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect([asked[0], asked[19], asked[20]]).toEqual([10_000, 9990.5, 10_000]);
  });

  it('is the same twice, and stopped anywhere it says nothing', async () => {
    const [one, two] = [await runStudy(setup(2), world()), await runStudy(setup(2), world())];
    expect(one).toBeDefined();
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
    let answers = 0;
    expect(
      await runStudy(setup(2), world({ answer: () => Promise.resolve(++answers > 30 ? undefined : says) })),
    ).toBeUndefined();
    expect(await runStudy(setup(1), world({ breathe: () => Promise.resolve(false) }))).toBeUndefined();
  });

  it('counts the bars of all windows once', async () => {
    const bars: number[] = [];
    await runStudy(setup(4), world({ progress: (done) => bars.push(done) }));
    expect(bars).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  });
});
