/** What anybody must show before a person is asked, whatever the gate says (statistics.md section 2, "Base rules"). */

/** Age of the cohort on the market's clock. */
export const LEAST_AGE_HOURS = 168;
/** Percentage points of total return over the champion's series, over the same hours. */
export const LEAST_LEAD_POINTS = 2;

export interface BaseFigures {
  readonly ageHours: number;
  /** Undefined where nothing was measured. */
  readonly returnPct: number | undefined;
  /** 0 while there was no champion. */
  readonly championReturnPct: number;
  readonly sharpe: number | undefined;
}

/** Why the base rules do not hold, in words; undefined when they do. */
export function baseRuleFailure(figures: BaseFigures): string | undefined {
  const { ageHours, returnPct, championReturnPct, sharpe } = figures;
  if (ageHours < LEAST_AGE_HOURS) return `${String(Math.floor(ageHours))} h of ${String(LEAST_AGE_HOURS)}`;
  if (returnPct === undefined) return 'no return yet';
  const lead = returnPct - championReturnPct;
  if (!(lead >= LEAST_LEAD_POINTS))
    return `${lead.toFixed(2)} points over the champion, ${String(LEAST_LEAD_POINTS)} needed`;
  if (sharpe === undefined) return 'no Sharpe yet';
  return sharpe > 0 ? undefined : `Sharpe ${sharpe.toFixed(2)}, above 0 needed`;
}
