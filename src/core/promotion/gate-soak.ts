import { type ShareRange, shareRange } from '../metrics/share-range.js';
import { type LookPlan, LOOKS } from './gate-rules.js';

/** Arenas of the real engine whose contestants have no skill by construction. */
export interface GateSoak {
  readonly contestants: number;
  readonly days: number;
  /** Without fees, spread and slippage: costs alone make traders without skill lose, which hides what the tests let through. */
  readonly free: boolean;
  readonly looks: LookPlan;
  readonly alpha: number;
  readonly seed: number;
}

/** Arenas, and in how many of them something happened to anybody. */
export interface SoakTally {
  readonly arenas: number;
  /** The gate called somebody promotable. */
  readonly promoted: number;
  /** Both tests passed, adjusted for N, whatever the other rules said. */
  readonly provenByTests: number;
  /** Somebody kept all rules but the tests: led, not proven. */
  readonly led: number;
  /** The naive rule would have promoted somebody. */
  readonly naive: number;
  readonly looks: number;
  readonly verdicts: number;
}

export interface SoakRecord {
  readonly promoted: ShareRange | undefined;
  readonly provenByTests: ShareRange | undefined;
  readonly led: ShareRange | undefined;
  readonly naive: ShareRange | undefined;
  /** Share of the budget that the looks within these days may spend. */
  readonly budget: number;
}

export const NO_SOAK: SoakTally = {
  arenas: 0,
  promoted: 0,
  provenByTests: 0,
  led: 0,
  naive: 0,
  looks: 0,
  verdicts: 0,
};

export function soakRecord(tally: SoakTally, soak: GateSoak): SoakRecord {
  const { arenas } = tally;
  const looks = LOOKS[soak.looks].filter(({ hours }) => hours <= 24 * soak.days);
  return {
    promoted: shareRange(tally.promoted, arenas),
    provenByTests: shareRange(tally.provenByTests, arenas),
    led: shareRange(tally.led, arenas),
    naive: shareRange(tally.naive, arenas),
    budget: soak.alpha * looks.reduce((sum, { share }) => sum + share, 0),
  };
}
