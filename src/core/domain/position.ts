/**
 * One symbol's holding in isolated margin. Spot is the same thing with leverage 1 and no liquidation, so
 * that one set of formulas serves both: worth = margin + quantity x (mark - entry).
 */
export interface Position {
  /** Signed base units; 0 is flat. */
  quantity: number;
  /** Average fill price, costs of spread and slippage included. */
  entryPrice: number;
  /** Average reference price, before spread and slippage. */
  entryReferencePrice: number;
  marginUsd: number;
  leverage: number;
  /** NaN where there is none. */
  stopPrice: number;
  targetPrice: number;
  liquidationPrice: number;
  /** NaN without a maximum hold. */
  exitDueMs: number;
  openedAtMs: number;
  /** Most favourable bar extreme since entry. */
  bestPrice: number;
  /** Net result so far of the trade that this position is: entry fees, partial exits, funding. */
  tradeNetUsd: number;
  /** When a protective exit last closed this symbol; NaN when none did. It outlives the position. */
  protectedAtMs: number;
  /** Last price seen, and how many slots ago. */
  markPrice: number;
  staleBars: number;
}

/** Order in which positions are saved as doubles. */
export const POSITION_FIELDS = [
  'quantity',
  'entryPrice',
  'entryReferencePrice',
  'marginUsd',
  'leverage',
  'stopPrice',
  'targetPrice',
  'liquidationPrice',
  'exitDueMs',
  'openedAtMs',
  'bestPrice',
  'tradeNetUsd',
  'protectedAtMs',
  'markPrice',
  'staleBars',
] as const satisfies readonly (keyof Position)[];

export function flatPosition(): Position {
  return {
    quantity: 0,
    entryPrice: 0,
    entryReferencePrice: 0,
    marginUsd: 0,
    leverage: 1,
    stopPrice: NaN,
    targetPrice: NaN,
    liquidationPrice: NaN,
    exitDueMs: NaN,
    openedAtMs: NaN,
    bestPrice: NaN,
    tradeNetUsd: 0,
    protectedAtMs: NaN,
    markPrice: NaN,
    staleBars: 0,
  };
}

/** Forgets the trade, its mark too; only when a protective exit closed the symbol is kept. */
export function clearPosition(position: Position): void {
  position.quantity = 0;
  position.entryPrice = 0;
  position.entryReferencePrice = 0;
  position.marginUsd = 0;
  position.leverage = 1;
  position.stopPrice = NaN;
  position.targetPrice = NaN;
  position.liquidationPrice = NaN;
  position.exitDueMs = NaN;
  position.openedAtMs = NaN;
  position.bestPrice = NaN;
  position.tradeNetUsd = 0;
  position.markPrice = NaN;
  position.staleBars = 0;
}

/** What the position adds to equity at its last mark. */
export function positionWorthUsd(position: Position): number {
  return position.marginUsd + position.quantity * (position.markPrice - position.entryPrice);
}
