import type { Box } from './box.js';
import type { RegimeName, Trend } from './regime.js';

/** What ends a position: the regime is one of these, the trend is one of these, and the values lie in the box. */
export interface ExitRule {
  readonly id: string;
  /** Any when absent. */
  readonly regimes?: readonly RegimeName[];
  readonly trends?: readonly Trend[];
  readonly box: Box;
}

export interface EntryRule {
  readonly id: string;
  readonly regime: RegimeName;
  readonly trend: Trend;
  readonly side: 'long' | 'short';
  /** Whether it goes with the move or against it: its confidence counts RSI the one way or the other. */
  readonly idea: 'follow' | 'revert';
  readonly box: Box;
  /** The parameter `volumeFloor` narrows the box further. */
  readonly needsVolume?: true;
  readonly stopAtr: number;
  readonly targetAtr: number;
  readonly size: number;
  readonly minConfidence: number;
  /** Any of these closes the position that this rule has opened. */
  readonly exits: readonly ExitRule[];
}
