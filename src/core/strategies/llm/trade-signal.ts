/** The words of the reply format. `sell` enters a short position; a position is left with `close_position`. */
export type SignalWord = 'buy' | 'sell' | 'hold' | 'close_position';

/** What a model wants for one coin, in its own numbers. `null` is what the reply does not say in a readable way. */
export interface TradeSignal {
  /** Upper case, as the reply names it. */
  readonly coin: string;
  readonly signal: SignalWord;
  readonly quantity: number | null;
  readonly leverage: number | null;
  readonly profitTarget: number | null;
  readonly stopLoss: number | null;
  readonly confidence: number | null;
  readonly riskUsd: number | null;
  readonly invalidation: string | null;
  readonly closeReason?: string;
}
