/**
 * The gate inside the real engine: whole arenas of contestants that have no skill by construction, on generated markets, with
 * fills, costs and rounds as they always are. What the arena's own looks say is counted; every promotion is a false one.
 */
import { z } from 'zod';
import { type ArenaRules, openArena, register } from '../core/arena/arena.js';
import { playRound } from '../core/arena/play-round.js';
import type { Hash } from '../core/arena/contestant.js';
import { DEFAULT_COHORT_RULES } from '../core/arena/cohorts.js';
import { parseRoster } from '../core/arena/parse-roster.js';
import { type CostModel, DEFAULT_COSTS } from '../core/domain/costs.js';
import { GENERATED_SYMBOLS, generateMarket } from '../core/market/generate-market.js';
import { alphaAt, gateRules } from '../core/promotion/gate-rules.js';
import type { GateSoak, SoakTally } from '../core/promotion/gate-soak.js';
import { VERDICTS } from '../core/promotion/judge-cohort.js';
import { LEAST_AGE_HOURS, LEAST_LEAD_POINTS } from '../core/promotion/shortfall.js';
import { DEFAULT_LIMITS } from '../core/risk/limits.js';
import { createKinds, erase } from '../core/strategies/catalog.js';
import { coinFlip } from '../core/strategies/placebo/coin-flip.js';
import { GENERATED_FROM_MS } from './choose-market.js';

/** Short enough that most have the trades that the gate asks for, also at the first look. */
const HOLD_HOURS = [2, 3, 4, 6, 8, 12, 24];
const FREE: CostModel = { takerFeeBps: 0, makerFeeBps: 0, halfSpreadBps: 0, slippageBps: 0, impactBps: 0 };
/** Seeds of markets of one soak lie apart from those of the next. */
export const MOST_SOAK_ARENAS = 1_000_000;

/** Plays arena number `number` and adds it to the tally. */
export function soakArena(soak: GateSoak, number: number, before: SoakTally, hash: Hash): SoakTally {
  const symbols = GENERATED_SYMBOLS;
  const marketSeed = soak.seed * MOST_SOAK_ARENAS + number;
  const market = generateMarket({
    seed: marketSeed,
    symbols,
    timeframe: '1h',
    startMs: GENERATED_FROM_MS,
    length: 24 * soak.days,
  });
  const rules: ArenaRules = {
    cashUsd: START_USD,
    costs: soak.free ? FREE : DEFAULT_COSTS,
    limits: DEFAULT_LIMITS,
    minimumHours: LEAST_AGE_HOURS,
    cohort: { ...DEFAULT_COHORT_RULES, looks: soak.looks, alpha: soak.alpha },
  };
  const arena = openArena(market, 0, rules, hash);
  const roster = Array.from({ length: soak.contestants }, (_, k) => ({
    kind: 'coin-flip',
    params: { holdHours: HOLD_HOURS[k % HOLD_HOURS.length] },
    // Another for each contestant of each arena, within the 32 bits of a roster's seed.
    seed: (marketSeed * soak.contestants + k) % 4_294_967_296,
  }));
  register(
    arena,
    parseRoster(
      roster,
      'soak',
      { symbols, instrument: 'spot', timeframe: '1h' },
      createKinds([erase(coinFlip)]),
    ),
  );

  const found = { promoted: 0, provenByTests: 0, led: 0, naive: 0 };
  let { looks, verdicts } = before;
  for (let hour = 1; hour <= market.length; hour++) {
    const round = playRound(arena, []);
    if (round === undefined) continue;
    if (hour >= LEAST_AGE_HOURS && round.marks.subarray(0, soak.contestants).some(passesNaively))
      found.naive = 1;
    for (const { event } of round.looks) {
      const look = lookSchema.parse(JSON.parse(event));
      looks++;
      verdicts += look.verdicts.length;
      const alpha = alphaAt(gateRules(soak.looks, soak.alpha), look.hours);
      for (const { verdict, pHolm } of look.verdicts) {
        if (verdict === 'promotable') found.promoted = 1;
        if (verdict === 'leading_not_proven') found.led = 1;
        if (pHolm <= alpha) found.provenByTests = 1;
      }
    }
  }
  return {
    arenas: before.arenas + 1,
    promoted: before.promoted + found.promoted,
    provenByTests: before.provenByTests + found.provenByTests,
    led: before.led + found.led,
    naive: before.naive + found.naive,
    looks,
    verdicts,
  };
}

const START_USD = 10_000;

/**
 * Return above 2 %. Its Sharpe is above 0 then without being asked: the sum of simple returns is at least the logarithm of
 * what one dollar became.
 */
function passesNaively(equityUsd: number): boolean {
  return 100 * (equityUsd / START_USD - 1) > LEAST_LEAD_POINTS;
}

/** What is counted of the arena's event. */
const lookSchema = z.object({
  event: z.literal('look'),
  hours: z.number(),
  verdicts: z.array(z.object({ verdict: z.enum(VERDICTS), pHolm: z.number() })),
});
