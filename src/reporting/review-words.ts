import { fixed, grouped } from './text-table.js';

/** More than this is told as more than this: a lead that never rests grows without end. */
const MOST_TOLD = 1e6;

/** "23.4 to 1": the wealth of who bet one that a shadow does better. */
export function evidenceOdds(e: number): string {
  return e > MOST_TOLD ? `more than ${grouped(MOST_TOLD)} to 1` : `${fixed(e, 1)} to 1`;
}

/** What a person can do about a champion under review; nothing happens by itself. */
export const HOW_TO_GO_BACK = 'npm run rollback -- --reason "..." goes back to the champion before';
