import { DAY_MS, type TimeMs } from './time.js';

/** So many bars in a row have to be missing because the symbol is listed no more: a list may have a hole for a moment. */
const BARS_TO_END = 3;
/** Some venues call what they have delisted halted: nobody waits longer than this. */
const HALT_TO_END_MS = 7 * DAY_MS;

/** Tells from bars missed because a symbol is delisted or halted when it has ended: what is held is closed by rule then. */
export interface SymbolEndings {
  /** Of slots in their order; returns the first slot without the symbol for ever, once it is known. */
  missed(symbol: number, openMs: TimeMs, reason: string): TimeMs | undefined;
}

/** For bars of `barMs`. */
export function symbolEndings(barMs: number): SymbolEndings {
  const runs = new Map<number, { lastMs: TimeMs; bars: number; delisted: number; ended: boolean }>();
  const haltedBars = HALT_TO_END_MS / barMs;
  return {
    missed(symbol, openMs, reason) {
      if (reason !== 'delisted' && reason !== 'halted') return undefined;
      const before = runs.get(symbol);
      const run = before?.lastMs === openMs - barMs ? before : { bars: 0, delisted: 0, ended: false };
      const bars = run.bars + 1;
      const delisted = reason === 'delisted' ? run.delisted + 1 : 0;
      const ends = !run.ended && (delisted >= BARS_TO_END || bars >= haltedBars);
      runs.set(symbol, { lastMs: openMs, bars, delisted, ended: run.ended || ends });
      return ends ? openMs : undefined;
    },
  };
}
