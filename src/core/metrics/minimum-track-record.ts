import { measured } from './measurable.js';
import { type SharpeRecord, sharpeSpread } from './sharpe-record.js';
import { normalQuantile } from './special-functions.js';

/**
 * How many returns of this ratio and shape it takes until the probabilistic Sharpe ratio reaches a probability:
 * 1 + (1 - g3 SR + (g4 - 1) / 4 SR^2) (z / (SR - SR*))^2 (Bailey & Lopez de Prado 2012, J. Risk 15(2)). A number
 * of periods, not rounded. Undefined where the ratio is not above the benchmark: no record would be long enough.
 */
export function minimumTrackRecord(
  record: SharpeRecord,
  benchmark = 0,
  probability = 0.95,
): number | undefined {
  const spread = sharpeSpread(record);
  const lead = record.sharpe - benchmark;
  if (spread === undefined || !(lead > 0) || !(probability > 0.5 && probability < 1)) return undefined;
  return measured(1 + spread * (normalQuantile(probability) / lead) ** 2);
}
