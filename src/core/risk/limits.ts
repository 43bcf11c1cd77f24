/** What an account may do. Limits are enforced here and nowhere else; the config prints the same table. */
export interface RiskLimits {
  /** One symbol's notional over equity. */
  readonly maxSymbolExposureFraction: number;
  /** Sum of absolute notionals over equity. */
  readonly maxGrossExposureFraction: number;
  readonly maxOrderValueUsd: number;
  readonly maxOpenNames: number;
  readonly minNotionalUsd: number;
  /** Class of a symbol, e.g. `majors`; a symbol without one is not capped by class. */
  readonly classes?: Readonly<Record<string, string>> | undefined;
  /** Notional of all symbols of one class over equity; absent: no cap. */
  readonly maxClassExposureFraction?: number | undefined;
  /** Symbols whose 30-day returns correlate above this share one symbol's exposure; absent: no cap. */
  readonly correlatedAbove?: number | undefined;
}

export const DEFAULT_LIMITS: RiskLimits = {
  maxSymbolExposureFraction: 1,
  maxGrossExposureFraction: 1,
  maxOrderValueUsd: 1_000_000,
  maxOpenNames: 50,
  minNotionalUsd: 10,
};

/** Tolerates rounding noise in sums of fractions, not a larger order. */
export const LIMIT_TOLERANCE = 1e-9;
