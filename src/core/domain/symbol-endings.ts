import type { TimeMs } from './time.js';

/** So many bars in a row have to be missing for that reason: a list of symbols may have a hole for a moment. */
const BARS_TO_END = 3;

/** Tells from missed bars when a symbol has ended: nobody trades it any more, and what is held is closed by rule. */
export interface SymbolEndings {
  /** Of slots in their order; returns the first slot without the symbol for ever, once it is known. */
  missed(symbol: number, openMs: TimeMs): TimeMs | undefined;
}

/** For bars of `barMs` that were missed because a venue has delisted their symbol. */
export function symbolEndings(barMs: number): SymbolEndings {
  const runs = new Map<number, { lastMs: TimeMs; bars: number }>();
  return {
    missed(symbol, openMs) {
      const run = runs.get(symbol);
      const bars = run?.lastMs === openMs - barMs ? run.bars + 1 : 1;
      runs.set(symbol, { lastMs: openMs, bars });
      return bars === BARS_TO_END ? openMs : undefined;
    },
  };
}
