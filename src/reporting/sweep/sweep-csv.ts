import { foldRatios, positiveShare, readRow } from '../../core/sweep/sweep-row.js';
import { accountOf, rawParams } from '../../core/sweep/nth-run.js';
import type { SweepSettings } from '../../core/sweep/sweep-settings.js';
import { csvText } from '../report/csv.js';

const STATUS_WORDS = ['invalid', 'played', 'faulted'] as const;

/** One line per run, in their order; the head comes first. Ratios are annual. What cannot be measured is empty. */
export interface SweepLines {
  readonly header: string;
  readonly line: (run: number, row: Float64Array) => string;
}

export function sweepLines(settings: SweepSettings): SweepLines {
  const folds = settings.windows.folds;
  const names = settings.sets.axes.map(({ name }) => name);
  const annual = Math.sqrt(settings.samplesPerYear);
  const separate = settings.accounts.length > 1;
  const header = [
    'run',
    'status',
    ...(separate ? ['symbols'] : []),
    ...names,
    'return_pct',
    'sharpe',
    'max_drawdown_pct',
    'fills',
    'closed_trades',
    'costs_usd',
    ...folds.flatMap((_, k) => [`train_sharpe_${String(k + 1)}`, `test_sharpe_${String(k + 1)}`]),
    'positive_tests_pct',
  ];
  return {
    header: csvText(header, []),
    line(run, row) {
      const params = rawParams(settings, run);
      const share = positiveShare(row, folds.length);
      const cells = [
        run,
        STATUS_WORDS[readRow(row, 'status')],
        ...(separate ? [accountOf(settings, run).join(' ')] : []),
        ...names.map((name) => cellOf(params[name])),
        100 * readRow(row, 'returnFraction'),
        annual * readRow(row, 'sharpe'),
        100 * readRow(row, 'maxDrawdownFraction'),
        readRow(row, 'fills'),
        readRow(row, 'closedTrades'),
        readRow(row, 'costsUsd'),
        ...folds.flatMap((_, k) => {
          const { train, test } = foldRatios(row, k);
          return [annual * train, annual * test];
        }),
        share === undefined ? undefined : 100 * share,
      ];
      // The head of a text without a head is an empty line.
      return csvText([], [cells]).slice(1);
    },
  };
}

function cellOf(value: unknown): string | number | undefined {
  if (typeof value === 'number' || typeof value === 'string') return value;
  return value === undefined ? undefined : JSON.stringify(value);
}
