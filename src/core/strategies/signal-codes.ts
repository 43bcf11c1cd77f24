/**
 * What a rule says to one symbol in one slot, for both sides at once, as a small whole number: so that thousands of
 * contestants with the same parameters read it from one array.
 */
export const LONG_ENTERS = 1;
export const LONG_LEAVES = 2;
export const SHORT_ENTERS = 4;
export const SHORT_LEAVES = 8;
/** The symbol has no bar: nobody decides about it. */
export const NO_BAR = 16;

export const LONG_SIDE = LONG_ENTERS | LONG_LEAVES;
export const SHORT_SIDE = SHORT_ENTERS | SHORT_LEAVES;
/** Above its level a trend follower's long enters and its short leaves; below, the other way round. */
export const UPWARD = LONG_ENTERS | SHORT_LEAVES;
export const DOWNWARD = LONG_LEAVES | SHORT_ENTERS;

/** Where codes are written: that of row i at `out[at + i * stride]`. */
export interface CodeTarget {
  readonly out: Uint8Array;
  readonly at: number;
  readonly stride: number;
  readonly count: number;
}

/** Writes the codes of one symbol. Feature columns and closes are laid out row by row, like the codes. */
export type FillCodes<Params> = (
  params: Params,
  columns: readonly Float64Array[],
  close: Float64Array,
  target: CodeTarget,
) => void;
