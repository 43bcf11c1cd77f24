/** Every signal kind of the product with parameters so short that a few dozen bars make it act. */
export const SMALL_RULES: Readonly<Record<string, object>> = {
  'sma-cross': { fast: 2, slow: 5 },
  'ema-cross': { fast: 2, slow: 5 },
  'macd-trend': { fast: 2, slow: 5, signal: 3 },
  'donchian-breakout': { entry: 4, exit: 2 },
  'rsi-bands': { period: 3, low: 40, high: 60 },
  'bollinger-reversion': { period: 5, k: 1 },
  'adx-gated-reversion': { rsiPeriod: 3, low: 45, high: 60, adxPeriod: 3, maxAdx: 60 },
};
