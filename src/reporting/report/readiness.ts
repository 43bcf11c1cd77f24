/**
 * What should be there before real money is thought of. Each line is met or not, with its number; a line that cannot be
 * measured is not met. Meeting all of them promises nothing.
 */
import { DAY_MS } from '../../core/domain/time.js';
import type { WeatherRow } from '../../core/metrics/weather-attribution.js';

export interface ReadinessLine {
  readonly what: string;
  readonly met: boolean;
  readonly found: string;
  readonly wanted: string;
}

export interface ReadinessFacts {
  readonly fromMs: number;
  readonly toMs: number;
  readonly closedTrades: number;
  readonly sharpe: number | undefined;
  readonly sharpeLow: number | undefined;
  readonly maxDrawdownPct: number | undefined;
  readonly directions: readonly WeatherRow[];
  readonly forces: readonly WeatherRow[];
  readonly samplesPerDay: number;
  /** Days that it traded the paper account; undefined where there is none. */
  readonly paperDays: number | undefined;
}

const DATA_DAYS = 182;
const TRADES = 100;
const DRAWDOWN_PCT = 15;
const WEATHER_DAYS = 10;
const PAPER_DAYS = 91;

export function readiness(facts: ReadinessFacts): ReadinessLine[] {
  const days = (facts.toMs - facts.fromMs) / DAY_MS;
  const { sharpe, sharpeLow, maxDrawdownPct, paperDays } = facts;
  const weather = [...facts.directions, ...facts.forces].filter(({ word }) => word !== 'unknown');
  const daysOf = ({ samples }: WeatherRow): number => samples / facts.samplesPerDay;
  return [
    {
      what: 'Length of the record',
      met: days >= DATA_DAYS,
      found: `${days.toFixed(0)} days`,
      wanted: `${String(DATA_DAYS)} days, better 365`,
    },
    {
      what: 'Closed trades',
      met: facts.closedTrades >= TRADES,
      found: String(facts.closedTrades),
      wanted: String(TRADES),
    },
    {
      what: 'Sharpe ratio: the 95 % range lies above 0',
      met: sharpeLow !== undefined && sharpeLow > 0,
      found: `${written(sharpe)}, range from ${written(sharpeLow)}`,
      wanted: 'range from above 0',
    },
    {
      what: 'Deepest fall',
      met: maxDrawdownPct !== undefined && maxDrawdownPct > -DRAWDOWN_PCT,
      found: maxDrawdownPct === undefined ? 'n/a' : `${maxDrawdownPct.toFixed(1)} %`,
      wanted: `above -${String(DRAWDOWN_PCT)} %`,
    },
    {
      what: 'Weather that it has seen',
      met: weather.length > 0 && weather.every((row) => daysOf(row) >= WEATHER_DAYS),
      found: weather.map((row) => `${row.word} ${daysOf(row).toFixed(0)} d`).join(', '),
      wanted: `${String(WEATHER_DAYS)} days of each`,
    },
    {
      what: 'On the paper account',
      met: paperDays !== undefined && paperDays >= PAPER_DAYS,
      found: paperDays === undefined ? 'n/a: it never traded one' : `${paperDays.toFixed(0)} days`,
      wanted: `${String(PAPER_DAYS)} days`,
    },
  ];
}

function written(value: number | undefined): string {
  return value === undefined ? 'n/a' : value.toFixed(2);
}
