/** Every rule of the gate with its number, what is needed, and what would change it: why somebody is not ready yet. */
import { type GateStanding } from './gate-standing.js';
import {
  type BaseFigures,
  type IntegrityFigures,
  LEAST_AGE_HOURS,
  LEAST_DECIDED_PCT,
  LEAST_LEAD_POINTS,
  LEAST_OBSERVED_PCT,
  LEAST_TRADES,
} from './shortfall.js';

export interface RuleRow {
  readonly rule: string;
  /** Undefined where it cannot be measured. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly needed: string;
  /** Undefined where nobody can tell yet. */
  readonly kept: boolean | undefined;
  /** Empty where the rule is kept. */
  readonly change: string;
}

export function ruleRows(
  base: BaseFigures,
  integrity: IntegrityFigures,
  gate: GateStanding | undefined,
): RuleRow[] {
  const lead = base.returnPct === undefined ? undefined : base.returnPct - base.championReturnPct;
  return [
    least('age of its cohort', base.ageHours, LEAST_AGE_HOURS, 'h', (missing) => `${missing} h more`),
    least('lead over the champion', lead, LEAST_LEAD_POINTS, 'points', (missing) => `${missing} points more`),
    above('Sharpe', base.sharpe),
    least(
      'bars observed',
      integrity.observedPct,
      LEAST_OBSERVED_PCT,
      '%',
      () => 'bars that arrive from now on; what is missing stays missing',
    ),
    least(
      'decisions made',
      integrity.decidedPct,
      LEAST_DECIDED_PCT,
      '%',
      () => 'decisions that arrive in time from now on',
    ),
    least(
      'closed trades',
      integrity.closedTrades,
      LEAST_TRADES,
      '',
      (missing) => `${missing} more at the next look`,
    ),
    none('liquidations', integrity.liquidations),
    luck(gate),
  ];
}

function least(
  rule: string,
  value: number | undefined,
  needed: number,
  unit: string,
  change: (missing: string) => string,
): RuleRow {
  const kept = value === undefined ? undefined : value >= needed;
  const missing = value === undefined ? '' : round(needed - value);
  return {
    rule,
    value,
    unit,
    needed: `at least ${String(needed)}`,
    kept,
    change: kept === true ? '' : value === undefined ? 'nothing was measured yet' : change(missing),
  };
}

function above(rule: string, value: number | undefined): RuleRow {
  const kept = value === undefined ? undefined : value > 0;
  const change = kept === true ? '' : 'a mean hourly return above zero';
  return { rule, value, unit: '', needed: 'above 0', kept, change };
}

function none(rule: string, value: number | undefined): RuleRow {
  const kept = value === undefined ? undefined : value === 0;
  const change = kept === true ? '' : 'nothing in this cohort; the next begins anew';
  return { rule, value, unit: '', needed: 'none', kept, change };
}

/** The last look's p for the best of N, in percent. */
function luck(gate: GateStanding | undefined): RuleRow {
  const rule = 'luck, for the best of all';
  if (gate === undefined)
    return { rule, value: undefined, unit: '%', needed: 'n/a', kept: undefined, change: 'the first look' };
  const { pace } = gate;
  const days = pace.kind === 'at-look' ? (pace.hours / 24).toFixed(0) : '';
  return {
    rule,
    value: 100 * gate.pHolm,
    unit: '%',
    needed: `at most ${round(100 * gate.alpha)}`,
    kept: gate.pHolm <= gate.alpha,
    change:
      gate.pHolm <= gate.alpha
        ? ''
        : pace.kind === 'at-look'
          ? `going on like this until day ${days}`
          : pace.kind === 'no-estimate'
            ? 'being ahead of champion and market at all'
            : `more than its cohort's life at this pace, or a smaller field: npm run arena -- finals`,
  };
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}
