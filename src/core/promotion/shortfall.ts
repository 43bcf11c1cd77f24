/**
 * The rules that a candidate must keep before luck is even asked about (statistics.md section 2). Base rules are looked
 * at after every bar, integrity rules at a look.
 */

/** Age of the cohort on the market's clock. */
export const LEAST_AGE_HOURS = 168;
/** Percentage points of total return over the champion's series, over the same hours. */
export const LEAST_LEAD_POINTS = 2;
/** Of the bars that were due. */
export const LEAST_OBSERVED_PCT = 99;
/** Closed ones, since the cohort's first bar. */
export const LEAST_TRADES = 20;
/** Of the decisions that were due: a dead model holds, which is no decision. */
export const LEAST_DECIDED_PCT = 95;

export type Rule = 'age' | 'lead' | 'sharpe' | 'observed' | 'decided' | 'trades' | 'liquidations';

/** A rule that is not kept. `value` is undefined where it cannot be measured. */
export interface Shortfall {
  readonly rule: Rule;
  readonly value: number | undefined;
}

export interface BaseFigures {
  readonly ageHours: number;
  readonly returnPct: number | undefined;
  /** 0 while there was no champion. */
  readonly championReturnPct: number;
  readonly sharpe: number | undefined;
}

/** An integrity rule applies where its figure is given; `undefined` means that nobody measured it. */
export interface IntegrityFigures {
  readonly observedPct: number | undefined;
  readonly decidedPct: number | undefined;
  readonly closedTrades: number | undefined;
  readonly liquidations: number | undefined;
}

/** Nothing was measured: only the base rules apply. */
export const UNCHECKED: IntegrityFigures = {
  observedPct: undefined,
  decidedPct: undefined,
  closedTrades: undefined,
  liquidations: undefined,
};

export function baseShortfalls(figures: BaseFigures): Shortfall[] {
  const { ageHours, returnPct, championReturnPct, sharpe } = figures;
  const found: Shortfall[] = [];
  if (!(ageHours >= LEAST_AGE_HOURS)) found.push({ rule: 'age', value: ageHours });
  const lead = returnPct === undefined ? undefined : returnPct - championReturnPct;
  if (lead === undefined || !(lead >= LEAST_LEAD_POINTS)) found.push({ rule: 'lead', value: lead });
  if (sharpe === undefined || !(sharpe > 0)) found.push({ rule: 'sharpe', value: sharpe });
  return found;
}

export function integrityShortfalls(figures: IntegrityFigures): Shortfall[] {
  const found: Shortfall[] = [];
  const below = (rule: Rule, value: number | undefined, least: number): void => {
    if (value !== undefined && !(value >= least)) found.push({ rule, value });
  };
  below('observed', figures.observedPct, LEAST_OBSERVED_PCT);
  below('decided', figures.decidedPct, LEAST_DECIDED_PCT);
  below('trades', figures.closedTrades, LEAST_TRADES);
  const { liquidations } = figures;
  if (liquidations !== undefined && liquidations > 0)
    found.push({ rule: 'liquidations', value: liquidations });
  return found;
}

/** One rule that is not kept, with its number and what is needed. */
export function shortfallWords({ rule, value }: Shortfall): string {
  const n = (digits: number): string => (value === undefined ? 'n/a' : value.toFixed(digits));
  switch (rule) {
    case 'age':
      return `${value === undefined ? 'n/a' : String(Math.floor(value))} h of ${String(LEAST_AGE_HOURS)}`;
    case 'lead':
      return value === undefined
        ? 'no return yet'
        : `${n(2)} points over the champion, ${String(LEAST_LEAD_POINTS)} needed`;
    case 'sharpe':
      return value === undefined ? 'no Sharpe yet' : `Sharpe ${n(2)}, above 0 needed`;
    case 'observed':
      return `${n(2)} % of the bars observed, ${String(LEAST_OBSERVED_PCT)} needed`;
    case 'decided':
      return `${n(1)} % of its decisions made, ${String(LEAST_DECIDED_PCT)} needed`;
    case 'trades':
      return `${n(0)} closed trades, ${String(LEAST_TRADES)} needed`;
    case 'liquidations':
      return `liquidated ${n(0)} times, none allowed`;
  }
}
