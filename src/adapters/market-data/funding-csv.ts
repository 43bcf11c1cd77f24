import type { FundingSeries } from '../../core/domain/market-table.js';
import { Problem } from '../../core/domain/problem.js';
import { checkTimeOrder } from './check-time-order.js';
import { FUNDING_COLUMNS } from './csv-header.js';
import { type CsvParser, createCsvParser } from './csv-parser.js';

/** No venue lets an interval's rate go further; beyond it stands a percentage or an annual rate. */
const MAX_RATE_FRACTION = 0.2;

/** `timestamp,funding_rate`: fractions of notional for each interval. */
export function createFundingCsvParser(file: string): CsvParser<FundingSeries> {
  const parser = createCsvParser(file, FUNDING_COLUMNS);
  return {
    ...parser,
    finish() {
      const csv = parser.finish();
      const [timesMs, rates] = csv.columns;
      if (!timesMs || !rates) throw new Error('a funding parser has two columns');
      checkTimeOrder(csv, file);
      const wrong = rates.findIndex((rate) => Math.abs(rate) > MAX_RATE_FRACTION);
      if (wrong >= 0)
        throw new Problem(
          'input',
          `${file}: line ${String(csv.lineOf(wrong))}: column "${csv.names[1] ?? ''}" holds ${String(rates[wrong])}, expected a fraction of at most ${String(MAX_RATE_FRACTION)} either way`,
          { hint: 'rates are fractions for each interval: 0.0001 is one basis point' },
        );
      return { timesMs, rates };
    },
  };
}
