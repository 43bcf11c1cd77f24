/** A study: trials of every configuration, random traders and benchmarks over the same windows of a market. */
import type { RosterEntry } from '../core/arena/parse-roster.js';
import type { Hash } from '../core/arena/contestant.js';
import type { CostModel } from '../core/domain/costs.js';
import type { Intent } from '../core/domain/intent.js';
import { type MarketTable, firstIndexAtOrAfter } from '../core/domain/market-table.js';
import { sliceMarket } from '../core/domain/slice-market.js';
import type { TimeMs } from '../core/domain/time.js';
import { type Study, judgeStudy } from '../core/metrics/judge-study.js';
import type { StudyBenchmark, StudyPlacebo, StudyTrial } from '../core/metrics/study-trial.js';
import type { RiskLimits } from '../core/risk/limits.js';
import type { Answers, AskedQuestion } from '../core/session/model-decision.js';
import { runSession } from '../core/kernel/run-session.js';
import type { SessionPlan } from '../core/session/session-plan.js';
import type { StrategyKind } from '../core/strategies/strategy.js';
import type { Spent } from './model-desk.js';
import { type PlayedTrial, playTrials } from './play-trials.js';
import { type TrialName, studyBenchmark, studyTrial } from './study-figures.js';

export interface StudySetup {
  readonly market: MarketTable;
  readonly first: number;
  /** Starts of the windows, ascending; one window: the first bar. */
  readonly windowsMs: readonly TimeMs[];
  readonly trials: readonly { readonly entry: RosterEntry; readonly name: Omit<TrialName, 'window'> }[];
  readonly benchmarks: readonly RosterEntry[];
  /** Random traders of each group. */
  readonly placebos: number;
  readonly placebo: StrategyKind;
  readonly cashUsd: number;
  readonly costs: CostModel;
  readonly limits: RiskLimits;
  readonly seed: number;
}

export interface StudyWorld {
  answer(asked: readonly AskedQuestion[], spent: Spent): Promise<Answers | undefined>;
  readonly hash: Hash;
  progress(bars: number, what: string): void;
  /** Gives signals a chance between long computations. */
  breathe(): Promise<boolean>;
}

/** Undefined when it was stopped: what was answered is recorded, and the same study goes on from there. */
export async function runStudy(setup: StudySetup, world: StudyWorld): Promise<Study | undefined> {
  const trials: StudyTrial[] = [];
  const placebos: StudyPlacebo[] = [];
  const benchmarks: StudyBenchmark[] = [];
  let spentUsd = 0;
  let bars = 0;
  for (const [w, startMs] of setup.windowsMs.entries()) {
    const endMs = setup.windowsMs[w + 1];
    const market =
      endMs === undefined
        ? setup.market
        : sliceMarket(setup.market, 0, firstIndexAtOrAfter(setup.market, endMs));
    const first = Math.max(setup.first, firstIndexAtOrAfter(market, startMs));
    const window = setup.windowsMs.length === 1 ? undefined : windowName(startMs);
    const barsBefore = bars;
    const played = await playTrials(
      market,
      first,
      setup.trials.map(({ entry }) => planOf(entry, setup)),
      {
        answer: (asked, spent) => world.answer(asked, spent),
        hash: world.hash,
        spentUsd,
        progress(done) {
          bars = barsBefore + done;
          world.progress(bars, window ?? 'the window');
        },
      },
    );
    if (played === undefined) return undefined;
    for (const [i, one] of played.entries()) {
      const { name } = setup.trials[i] ?? {};
      if (name !== undefined) trials.push(studyTrial(one, { ...name, window }, market, first));
      spentUsd += one.session.models?.costUsd ?? 0;
    }
    for (const entry of setup.benchmarks)
      benchmarks.push(
        studyBenchmark(entry.name, runSession(planAt(entry, setup), market, first).session, window),
      );
    const random = await randomTraders(setup, market, first, exposureOf(played), window, world);
    if (random === undefined) return undefined;
    placebos.push(...random);
  }
  return judgeStudy({ trials, placebos, benchmarks, seed: setup.seed });
}

function windowName(startMs: TimeMs): string {
  return `from ${new Date(startMs).toISOString().slice(0, 16)}Z`;
}

function planOf(entry: RosterEntry, { cashUsd, costs, limits }: StudySetup): Omit<SessionPlan, 'position'> {
  const { manifest, kind, params } = entry;
  return {
    kind,
    params,
    seed: manifest.seed,
    symbols: manifest.symbols,
    timeframe: manifest.timeframe,
    cashUsd,
    costs,
    limits,
  };
}

function planAt(entry: RosterEntry, setup: StudySetup): SessionPlan {
  return { ...planOf(entry, setup), position: 0 };
}

/** Mean gross exposure of the trials while they held anything; 1 where they never did. */
function exposureOf(played: readonly PlayedTrial[]): number {
  const held = played.flatMap(({ exposureFraction }) => exposureFraction.filter((x) => x > 0));
  return held.length === 0 ? 1 : held.reduce((sum, x) => sum + x, 0) / held.length;
}

/** Few enough that a signal is seen in time. */
const AT_ONCE = 25;
const HOLD_HOURS = 24;

/**
 * Traders without skill on the same bars and costs: they hold a random symbol for a day, then another one. A second group
 * does so with the mean exposure of the models, where that is above the account: what leverage did is not skill.
 */
async function randomTraders(
  setup: StudySetup,
  market: MarketTable,
  first: number,
  exposure: number,
  window: string | undefined,
  world: StudyWorld,
): Promise<StudyPlacebo[] | undefined> {
  const symbols = setup.trials[0]?.entry.manifest.symbols ?? market.symbols;
  const perpetual = market.instruments.some(({ type }) => type === 'perpetual');
  const groups =
    perpetual && exposure > 1
      ? [
          { group: 'random', kind: setup.placebo },
          { group: `random at ${exposure.toFixed(1)}x`, kind: atExposure(setup.placebo, exposure) },
        ]
      : [{ group: 'random', kind: setup.placebo }];
  const placebos: StudyPlacebo[] = [];
  for (const { group, kind } of groups)
    for (let seed = 1; seed <= setup.placebos; seed++) {
      const { session } = runSession(
        {
          position: 0,
          kind,
          params: kind.manifest.parameters.parse({ holdHours: HOLD_HOURS }),
          seed,
          symbols,
          timeframe: market.timeframe,
          cashUsd: setup.cashUsd,
          costs: setup.costs,
          limits: setup.limits,
        },
        market,
        first,
      );
      placebos.push({ group, seed, window, returnFraction: session.equityUsd / setup.cashUsd - 1 });
      if (seed % AT_ONCE === 0 && !(await world.breathe())) return undefined;
    }
  return placebos;
}

/** The same random trades, so many times as large. */
function atExposure(kind: StrategyKind, exposure: number): StrategyKind {
  return {
    ...kind,
    decide(observation, memory) {
      const step = kind.decide(observation, memory);
      return { ...step, intents: step.intents.map((intent) => enlarged(intent, exposure)) };
    },
  };
}

function enlarged(intent: Intent, exposure: number): Intent {
  return intent.kind === 'open' && 'weight' in intent.size
    ? { ...intent, size: { weight: intent.size.weight * exposure }, leverage: Math.ceil(exposure) }
    : intent;
}
