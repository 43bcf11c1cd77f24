/** Caps that several symbols share: those of one class, and those that move together. */
import type { Refusal } from '../domain/intent.js';
import { LIMIT_TOLERANCE, type RiskLimits } from './limits.js';

/** What is held or about to be held, by the symbol's own index: dollars, and 1 long or -1 short. */
export interface Exposures {
  readonly symbolUsd: Float64Array;
  readonly side: Int8Array;
}

export interface SharedExposureContext {
  readonly limits: RiskLimits;
  readonly equityUsd: number;
  symbolName(own: number): string;
  /** Correlation of 30-day returns; NaN where it is unknown. */
  correlation(a: number, b: number): number;
}

/** A refusal where the class is full; classes are the user's, and symbols without one are not capped. */
export function refuseClass(
  own: number,
  notionalUsd: number,
  held: Exposures,
  context: SharedExposureContext,
): Refusal | undefined {
  const { limits, equityUsd } = context;
  const limit = limits.maxClassExposureFraction;
  const symbol = context.symbolName(own);
  const name = limits.classes?.[symbol];
  if (limit === undefined || name === undefined) return undefined;
  let usedUsd = 0;
  held.symbolUsd.forEach((usd, other) => {
    if (limits.classes?.[context.symbolName(other)] === name) usedUsd += usd;
  });
  const exposureFraction = (usedUsd + notionalUsd) / equityUsd;
  return exposureFraction > limit + LIMIT_TOLERANCE
    ? { kind: 'class-exposure', symbol, class: name, exposureFraction, limitFraction: limit }
    : undefined;
}

export interface CorrelatedRoom {
  /** Dollars that an entry may still have; Infinity without a cap. */
  readonly roomUsd: number;
  readonly with: readonly string[];
}

const UNLIMITED: CorrelatedRoom = { roomUsd: Infinity, with: [] };

/**
 * Symbols that move together share the exposure of one. A short of what moves along is a hedge and does not
 * count; where the correlation is unknown, it is taken to be one.
 */
export function correlatedRoom(
  own: number,
  direction: number,
  held: Exposures,
  context: SharedExposureContext,
): CorrelatedRoom {
  const { limits, equityUsd } = context;
  const above = limits.correlatedAbove;
  if (above === undefined) return UNLIMITED;
  let usedUsd = 0;
  const names: string[] = [];
  held.symbolUsd.forEach((usd, other) => {
    if (usd <= 0) return;
    const side = held.side[other] ?? 1;
    const known = other === own ? 1 : context.correlation(own, other);
    const together = Number.isNaN(known) ? 1 : known * direction * side;
    if (together <= above) return;
    usedUsd += usd;
    if (other !== own) names.push(context.symbolName(other));
  });
  return {
    roomUsd: names.length === 0 ? Infinity : limits.maxSymbolExposureFraction * equityUsd - usedUsd,
    with: names,
  };
}
