import { z } from 'zod';
import { DEFAULT_COHORT_RULES } from '../../core/arena/cohorts.js';
import { LOOK_PLANS } from '../../core/promotion/gate-rules.js';
import { DEFAULT_COSTS } from '../../core/domain/costs.js';
import { TIMEFRAMES } from '../../core/domain/time.js';
import { DEFAULT_DOUBT_RULES } from '../../core/feed/second-opinion.js';
import { DEFAULT_SETTLE_RULES } from '../../core/feed/settle-bar.js';
import { DEFAULT_DEPLOY_POLICY } from '../../core/deployment/deployer-state.js';
import { MODEL_MODES } from '../../app/model-desk.js';
import { NO_PRUNING } from '../../core/arena/pruning.js';
import { trialMappingSchema } from '../../core/deployment/trial-mapping.js';
import { DEFAULT_LIMITS } from '../../core/risk/limits.js';
import { LOG_LEVELS } from '../../ports/process-log.js';

const bps = (value: number, what: string): z.ZodDefault<z.ZodNumber> =>
  z.number().min(0).max(10_000).default(value).describe(what);

const offFraction = z.number().min(0).lt(1).default(0);

/** Protections of the paper account beside the strategy's own; all are off until they are set. */
const protectionSchema = z
  .strictObject({
    stopFraction: offFraction.describe(
      'paper account: sell a position that lost this much of its entry price; 0 off',
    ),
    trailingStopFraction: offFraction.describe(
      'paper account: sell a position that fell this much from its best price; 0 off',
    ),
    maxWeightFraction: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe('paper account: cut entries so that a position stays within this fraction of equity; 0 off'),
    portfolioTrailingStopFraction: offFraction.describe(
      'paper account: sell everything after this fall from the highest close; 0 off',
    ),
    profitTakeFraction: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe('paper account: sell a share of every position, once, after this gain; 0 off'),
    profitTakeShare: z
      .number()
      .gt(0)
      .max(1)
      .default(0.5)
      .describe('paper account: the share that a profit take sells'),
    cooldownHours: z
      .number()
      .min(0)
      .max(87_600)
      .default(24)
      .describe('paper account: no entry for so long after a portfolio stop'),
    minHoldHours: z
      .number()
      .min(0)
      .max(87_600)
      .default(0)
      .describe("paper account: refuse the strategy's own exits of younger positions; 0 off"),
  })
  .prefault({});

/** Every setting, its default, its range and its meaning: the one place where they are written down. */
export const configSchema = z.strictObject({
  market: z
    .strictObject({
      source: z
        .string()
        .min(1)
        .default('generated')
        .describe('"generated", a folder of recorded candles, or "live": a real exchange'),
      exchange: z
        .string()
        .min(1)
        .default('binance')
        .describe('the exchange of a live market: binance, hyperliquid, kraken, coinbase, ...'),
      secondExchange: z
        .string()
        .min(1)
        .optional()
        .describe('another exchange whose bars are compared with the first one; absent: nobody is asked'),
      exchangeUrl: z
        .string()
        .min(1)
        .optional()
        .describe('address of an exchange on this machine instead of the real one (loopback only)'),
      secondExchangeUrl: z.string().min(1).optional().describe('the same for the second exchange'),
      timeframe: z.enum(TIMEFRAMES).default('1h').describe('bar length'),
      symbols: z
        .array(z.string().min(1))
        .min(1)
        .refine((symbols) => new Set(symbols).size === symbols.length, 'expected every symbol once')
        .optional()
        .describe('symbols to trade; all of the market when absent'),
      seed: z.int().min(0).max(4_294_967_295).default(1).describe('seed of the generated market'),
      instrument: z
        .enum(['spot', 'perpetual'])
        .default('spot')
        .describe('what a generated or live market trades; perpetuals have funding, leverage and shorts'),
      days: z.number().gt(0).max(36_500).default(60).describe('days of a first run on a generated market'),
      continueDays: z
        .number()
        .gt(0)
        .max(36_500)
        .default(7)
        .describe('days of every further run on a generated market'),
      warmupBars: z.int().min(0).max(100_000).default(500).describe('earlier bars that indicators may read'),
    })
    .prefault({}),
  live: z
    .strictObject({
      settleSeconds: z
        .number()
        .min(0)
        .max(3600)
        .default(DEFAULT_SETTLE_RULES.settleMs / 1000)
        .describe('live market: no bar is asked for earlier than this after its close'),
      confirmSeconds: z
        .number()
        .min(0)
        .max(3600)
        .default(DEFAULT_SETTLE_RULES.confirmMs / 1000)
        .describe('live market: a bar counts as closed so long after its close without a later one'),
      missingSeconds: z
        .number()
        .min(0)
        .max(86_400)
        .default(DEFAULT_SETTLE_RULES.missingMs / 1000)
        .describe('live market: after this a bar that the exchange does not have is missed'),
      patienceSeconds: z
        .number()
        .min(0)
        .max(86_400)
        .default(DEFAULT_SETTLE_RULES.patienceMs / 1000)
        .describe('live market: so long one symbol without an answer keeps the others waiting'),
      maxDisagreementFraction: z
        .number()
        .gt(0)
        .max(1)
        .default(DEFAULT_DOUBT_RULES.maxDisagreementFraction)
        .describe('live market: closes of two exchanges that differ by more are not believed'),
      jumpDeviations: z
        .number()
        .gt(0)
        .max(1000)
        .default(DEFAULT_DOUBT_RULES.jumpDeviations)
        .describe('live market: a move of more robust deviations is not believed at once ...'),
      leastJumpFraction: z
        .number()
        .gt(0)
        .max(10)
        .default(DEFAULT_DOUBT_RULES.leastJumpFraction)
        .describe('live market: ... unless it is smaller than this fraction'),
      readings: z
        .boolean()
        .default(true)
        .describe(
          'live market: open interest, best prices and liquidations of perpetuals, for strategies to see',
        ),
      clockFactor: z
        .number()
        .min(1)
        .max(100_000)
        .default(1)
        .describe('live market: how much faster than real time an exchange on this machine runs'),
      keepReadingsDays: z
        .number()
        .gt(0)
        .max(36_500)
        .default(90)
        .describe(
          'live market: days that raw rows of those are kept; bars, and what a round saw, stay for ever',
        ),
    })
    .prefault({}),
  cashUsd: z.number().gt(0).max(1e12).default(10_000).describe('starting cash of every contestant, USD'),
  costs: z
    .strictObject({
      takerFeeBps: bps(DEFAULT_COSTS.takerFeeBps, 'fee of a market order, bps of notional'),
      makerFeeBps: bps(DEFAULT_COSTS.makerFeeBps, 'fee of a resting order, bps of notional'),
      halfSpreadBps: bps(DEFAULT_COSTS.halfSpreadBps, 'half of the spread, bps of price'),
      slippageBps: bps(DEFAULT_COSTS.slippageBps, 'constant slippage, bps of price'),
      impactBps: bps(
        DEFAULT_COSTS.impactBps,
        'slippage of an order as large as its bar, bps; grows with the square root',
      ),
    })
    .prefault({}),
  risk: z
    .strictObject({
      maxSymbolExposureFraction: z
        .number()
        .gt(0)
        .default(DEFAULT_LIMITS.maxSymbolExposureFraction)
        .describe("one symbol's notional over equity"),
      maxGrossExposureFraction: z
        .number()
        .gt(0)
        .default(DEFAULT_LIMITS.maxGrossExposureFraction)
        .describe('sum of absolute notionals over equity'),
      maxOrderValueUsd: z
        .number()
        .gt(0)
        .default(DEFAULT_LIMITS.maxOrderValueUsd)
        .describe('largest order, USD'),
      maxOpenNames: z
        .int()
        .min(1)
        .default(DEFAULT_LIMITS.maxOpenNames)
        .describe('symbols held at the same time'),
      minNotionalUsd: z
        .number()
        .min(0)
        .default(DEFAULT_LIMITS.minNotionalUsd)
        .describe('smallest order, USD'),
      classes: z
        .record(z.string(), z.string())
        .optional()
        .describe('class of a symbol, e.g. { "BTC-USDT": "majors" }'),
      maxClassExposureFraction: z
        .number()
        .gt(0)
        .optional()
        .describe('notional of all symbols of one class over equity'),
      correlatedAbove: z
        .number()
        .min(-1)
        .lt(1)
        .optional()
        .describe("symbols whose 30-day returns correlate above this share one symbol's exposure"),
    })
    .prefault({}),
  board: z
    .strictObject({
      minimumHours: z.number().min(1).default(168).describe('hours that a ranking needs; seven days'),
    })
    .prefault({}),
  pruning: z
    .strictObject({
      everyHours: z
        .number()
        .min(0)
        .default(NO_PRUNING.everyHours)
        .describe('retire contestants far below the field whenever so many hours have passed; 0 never'),
    })
    .prefault({}),
  cohort: z
    .strictObject({
      looks: z
        .enum(LOOK_PLANS)
        .default(DEFAULT_COHORT_RULES.looks)
        .describe(
          'when the gate decides: over a year, or all within 30 days; after the last look the cohort ends',
        ),
      alpha: z
        .number()
        .gt(0)
        .max(0.5)
        .default(DEFAULT_COHORT_RULES.alpha)
        .describe('chance that a cohort ever calls somebody without skill promotable'),
      opensOn: z
        .enum(['monday', 'day'])
        .default(DEFAULT_COHORT_RULES.opensOn)
        .describe('when a cohort of late contestants opens: Monday or any day, 00:00 UTC'),
    })
    .prefault({}),
  contestants: z
    .strictObject({
      folder: z.string().min(1).default('contestants').describe('folder of contestant files'),
    })
    .prefault({}),
  state: z
    .strictObject({
      folder: z.string().min(1).default('arena_state').describe('folder of the arena'),
    })
    .prefault({}),
  deployments: z
    .strictObject({
      folder: z.string().min(1).default('deployments').describe('folder of the deployer'),
      minTenureHours: z
        .number()
        .min(0)
        .default(DEFAULT_DEPLOY_POLICY.minTenureHours)
        .describe('hours that a champion stays before a better trial may replace it; 0 at once'),
    })
    .prefault({}),
  trials: z
    .strictObject({
      sources: z
        .array(
          z
            .strictObject({
              path: z.string().min(1),
              study: z.string().min(1).optional(),
              as: z.string().min(1).max(512).optional(),
              mapping: trialMappingSchema,
            })
            .refine((source) => source.as === undefined || source.study !== undefined, {
              path: ['study'],
              message: 'expected the one study that "as" renames',
            }),
        )
        .default([])
        .describe(
          'Optuna storages beside deployments/trials, each { "path", "study", "as", "mapping" }; see the README',
        ),
    })
    .prefault({}),
  logs: z
    .strictObject({
      folder: z
        .string()
        .min(1)
        .default('logs')
        .describe(
          'folder of what long-running processes say; beside the deployer\'s folder; "off" keeps none',
        ),
      level: z.enum(LOG_LEVELS).default('info').describe('the least that a log takes'),
      maxMegabytes: z
        .number()
        .gt(0)
        .max(10_000)
        .default(20)
        .describe('a log that is larger gives way to another file'),
      maxHours: z.number().gt(0).max(87_600).default(24).describe('a log that is older does too'),
      keepFiles: z
        .int()
        .min(1)
        .max(10_000)
        .default(14)
        .describe('files that are kept of one start of a process'),
      keepStarts: z.int().min(1).max(10_000).default(20).describe('starts of a process whose logs are kept'),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      port: z
        .int()
        .min(0)
        .max(65_532)
        .default(0)
        .describe(
          '/health, /ready and /metrics: of the arena here, of deployer, paper trader, worker at the next ones; 0 off',
        ),
      host: z
        .string()
        .min(1)
        .default('127.0.0.1')
        .describe('who may ask: this machine alone, or an address of it, or 0.0.0.0'),
    })
    .prefault({}),
  paper: z
    .strictObject({
      folder: z.string().min(1).default('paper_trades').describe('folder of the paper trader'),
      cashUsd: z.number().gt(0).max(1e12).default(10_000).describe('starting cash of the paper account, USD'),
      dayLossFraction: z
        .number()
        .min(0)
        .lt(1)
        .default(0.05)
        .describe('paper account: refuse entries for the day after this loss; 0 off'),
      weekLossFraction: z
        .number()
        .min(0)
        .lt(1)
        .default(0.1)
        .describe('paper account: refuse entries for the week after this loss; 0 off'),
      drawdownFraction: z
        .number()
        .min(0)
        .lt(1)
        .default(0.08)
        .describe('paper account: refuse entries until resumed after this fall from the peak; 0 off'),
      lossStreakSizing: z
        .boolean()
        .default(true)
        .describe('paper account: smaller entries after losses in a row'),
      protection: protectionSchema,
      pollMs: z.number().min(10).max(3_600_000).default(500).describe('how often it looks for a new bar, ms'),
      fills: z
        .enum(['bar', 'quote'])
        .default('bar')
        .describe(
          "paper account: fill at the next bar's open as in the arena, or (live market) at the quote after the decision",
        ),
      quoteSeconds: z
        .number()
        .gt(0)
        .max(3600)
        .default(10)
        .describe('paper account: how long after a decision its quote may come, and how old it may be'),
    })
    .prefault({}),
  llm: z
    .strictObject({
      mode: z
        .enum(MODEL_MODES)
        .default('record')
        .describe(
          'language models: record asks what is not recorded yet, replay asks nobody, live asks everything anew',
        ),
      recordings: z
        .string()
        .min(1)
        .default('llm_recordings/calls.sqlite')
        .describe('file of all calls to language models; replays read it'),
      budgetUsdTotal: z
        .number()
        .min(0)
        .nullable()
        .default(20)
        .describe('most that all contestants of a state may ever spend on models, USD; null no limit'),
      budgetUsdPerDay: z
        .number()
        .min(0)
        .nullable()
        .default(null)
        .describe('most that all contestants may spend on models in a day of the market, USD; null no limit'),
      deadlineSeconds: z
        .number()
        .gt(0)
        .max(86_400)
        .default(600)
        .describe('time for all answers of a round; what comes later counts as a failure'),
      timeoutSeconds: z
        .number()
        .gt(0)
        .max(3600)
        .default(60)
        .describe('time for one attempt of a call to a model'),
      retries: z
        .int()
        .min(0)
        .max(20)
        .default(3)
        .describe('further attempts of a call that failed in passing'),
      prices: z
        .string()
        .min(1)
        .optional()
        .describe("a price table of one's own; the product's own prices/models.json when absent"),
      providers: z
        .record(z.string(), z.record(z.string(), z.unknown()))
        .optional()
        .describe('accounts and addresses, e.g. { "local": { "baseUrl": "http://127.0.0.1:8000/v1" } }'),
    })
    .prefault({}),
  replay: z
    .strictObject({
      groupRounds: z.int().min(1).max(100_000).default(200).describe('rounds per commit in a replay'),
      groupMs: z.number().min(1).default(1000).describe('longest time between commits in a replay, ms'),
      projectionMs: z
        .number()
        .min(0)
        .default(1000)
        .describe('shortest time between rewrites of the files for people, ms'),
      leastShardMs: z
        .number()
        .min(0)
        .optional()
        .describe(
          'least work of one job for threads or workers, ms; when absent 20 times the way of an empty job, 20 at least; a block with less than two is played by the arena',
        ),
    })
    .prefault({}),
});

type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

export type ArenaConfig = Frozen<z.infer<typeof configSchema>>;
