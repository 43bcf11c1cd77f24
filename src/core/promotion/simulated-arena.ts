/**
 * An arena in which everybody's true skill is known, because returns are drawn: hourly simple returns, independent and
 * Normal, with the same volatility for all; an expected return of exactly 0 without skill, and of Sharpe x deviation with it. The
 * champion is flat and the market is one more such series that nobody follows. The real gate judges it at its looks; beside
 * it stands the naive rule that looks every hour (statistics.md section 1). No series is kept: a contestant is some
 * running sums, exactly those that the gate has of a real one.
 */
import { createRandomStream } from '../market/random-stream.js';
import { deviationFrom } from '../metrics/deviation.js';
import { grow } from '../metrics/returns.js';
import { samplesPerYear } from '../metrics/samples-per-year.js';
import { sharpeFrom } from '../metrics/sharpe.js';
import {
  type OwnMoments,
  type SharedMoments,
  addOwnBlock,
  addSharedBlock,
  openOwnMoments,
  openSharedMoments,
} from './block-moments.js';
import { testEvidence } from './evidence-tests.js';
import type { GateRules } from './gate-rules.js';
import { type CohortAtLook, type JudgedFigures, type Verdict, judgeCohort } from './judge-cohort.js';
import { BLOCK_HOURS } from './series-evidence.js';
import { LEAST_AGE_HOURS, LEAST_LEAD_POINTS, UNCHECKED } from './shortfall.js';

const HOURS_PER_YEAR = samplesPerYear('1h', 'continuous');
const DAY_HOURS = 24;

export interface GateModel {
  readonly contestants: number;
  /** The first so many of them have skill. */
  readonly skilled: number;
  /** True annual Sharpe of those. */
  readonly sharpe: number;
  readonly days: number;
  readonly annualVolatilityPct: number;
  readonly rules: GateRules;
  readonly seed: number;
}

/** When each contestant was promoted first; undefined is never. */
export interface ArenaOutcome {
  /** By the gate: which of its looks. */
  readonly gateLooks: readonly (number | undefined)[];
  /** By the naive rule: at which hour. */
  readonly naiveHours: readonly (number | undefined)[];
}

type Judge = (cohort: CohortAtLook<number>) => Verdict<number>[];

/** Arena number `arena`; what it draws depends on seed and number alone. Tests pass a broken `judge` to see it caught. */
export function playSimulatedArena(
  model: GateModel,
  arena: number,
  judge: Judge = judgeCohort,
): ArenaOutcome {
  const { rules } = model;
  const market = simulatedReturns(model, arena, 'market');
  const shared = openSharedMoments();
  const players = Array.from({ length: model.contestants }, (_, who) =>
    openPlayer(simulatedReturns(model, arena, who)),
  );
  let nextLook = 0;
  const endHours = model.days * DAY_HOURS;
  for (let hours = BLOCK_HOURS; hours <= endHours; hours += BLOCK_HOURS) {
    let marketReturn = 0;
    for (let i = 0; i < BLOCK_HOURS; i++) marketReturn += market();
    addSharedBlock(shared, FLAT, marketReturn);
    for (const player of players) playBlock(player, shared, marketReturn, hours - BLOCK_HOURS);
    const look = rules.looks[nextLook];
    if (look?.hours !== hours) continue;
    const candidates = players.map((player, who) => figuresOf(player, who, hours, shared));
    for (const { key, verdict } of judge({
      rules,
      lookHours: hours,
      familySize: model.contestants,
      candidates,
    })) {
      const player = players[key];
      if (verdict === 'promotable' && player !== undefined) player.gateLook ??= nextLook;
    }
    nextLook++;
  }
  return {
    gateLooks: players.map((player) => player.gateLook),
    naiveHours: players.map((player) => player.naiveHour),
  };
}

/** The champion's return. */
const FLAT = 0;

/** Draws one hourly return after the other; each contestant of each arena has a stream of its own. */
export function simulatedReturns(model: GateModel, arena: number, who: number | 'market'): () => number {
  const { normal } = createRandomStream(model.seed, `gate arena ${String(arena)} ${String(who)}`);
  const deviation = model.annualVolatilityPct / 100 / Math.sqrt(HOURS_PER_YEAR);
  const sharpe = who !== 'market' && who < model.skilled ? model.sharpe : 0;
  const expected = (sharpe / Math.sqrt(HOURS_PER_YEAR)) * deviation;
  return () => expected + deviation * normal();
}

interface Player {
  readonly draw: () => number;
  readonly moments: OwnMoments;
  wealth: number;
  sum: number;
  squares: number;
  gateLook: number | undefined;
  naiveHour: number | undefined;
}

function openPlayer(draw: () => number): Player {
  return {
    draw,
    moments: openOwnMoments(),
    wealth: 1,
    sum: 0,
    squares: 0,
    gateLook: undefined,
    naiveHour: undefined,
  };
}

/** The innermost loop of everything here, so its numbers are local. */
function playBlock(player: Player, shared: SharedMoments, marketReturn: number, from: number): void {
  const { draw } = player;
  let { wealth, sum, squares } = player;
  let block = 0;
  for (let hour = from + 1; hour <= from + BLOCK_HOURS; hour++) {
    const value = draw();
    wealth = grow(wealth, value);
    block += value;
    sum += value;
    squares += value * value;
    // Returns that are drawn deviate: their Sharpe has the sign of their sum.
    if (hour >= LEAST_AGE_HOURS && sum > 0 && 100 * (wealth - 1) > LEAST_LEAD_POINTS)
      player.naiveHour ??= hour;
  }
  player.wealth = wealth;
  player.sum = sum;
  player.squares = squares;
  addOwnBlock(player.moments, shared, block, FLAT, marketReturn);
}

function figuresOf(player: Player, who: number, hours: number, shared: SharedMoments): JudgedFigures<number> {
  const mean = player.sum / hours;
  const deviation = deviationFrom(Math.max(0, player.squares - hours * mean * mean), hours);
  return {
    key: who,
    base: {
      returnPct: 100 * (player.wealth - 1),
      championReturnPct: FLAT,
      sharpe: sharpeFrom(mean, deviation, HOURS_PER_YEAR),
    },
    integrity: UNCHECKED,
    tests: testEvidence(player.moments, shared),
  };
}
