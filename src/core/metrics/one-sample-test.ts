import type { Sample } from './sample.js';
import { type TEstimate, tEstimate } from './t-estimate.js';

/**
 * Whether a mean differs from a value that is known, with the t interval of the mean (Student 1908). Undefined for a sample
 * without spread: equal values have no error to measure by.
 */
export function oneSampleTest(sample: Sample | undefined, asked = 0): TEstimate | undefined {
  if (sample === undefined || sample.deviation === 0) return undefined;
  return tEstimate(sample.mean, sample.deviation / Math.sqrt(sample.count), sample.count - 1, asked);
}
