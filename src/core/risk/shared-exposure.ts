/** Caps that several symbols share: those of one class, and those that move together. */
import type { Refusal } from '../domain/intent.js';
import { LIMIT_TOLERANCE, type RiskLimits } from './limits.js';

/** What is held or about to be held, in dollars and by side. */
export interface Exposure {
  readonly usd: number;
  /** 1 long, -1 short. */
  readonly side: number;
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
  held: ReadonlyMap<number, Exposure>,
  context: SharedExposureContext,
): Refusal | undefined {
  const { limits, equityUsd } = context;
  const limit = limits.maxClassExposureFraction;
  const symbol = context.symbolName(own);
  const name = limits.classes?.[symbol];
  if (limit === undefined || name === undefined) return undefined;
  let usedUsd = 0;
  for (const [other, { usd }] of held)
    if (limits.classes?.[context.symbolName(other)] === name) usedUsd += usd;
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

/**
 * Symbols that move together share the exposure of one. A short of what moves along is a hedge and does not
 * count; where the correlation is unknown, it is taken to be one.
 */
export function correlatedRoom(
  own: number,
  direction: number,
  held: ReadonlyMap<number, Exposure>,
  context: SharedExposureContext,
): CorrelatedRoom {
  const { limits, equityUsd } = context;
  const above = limits.correlatedAbove;
  if (above === undefined) return { roomUsd: Infinity, with: [] };
  let usedUsd = 0;
  const names: string[] = [];
  for (const [other, { usd, side }] of held) {
    if (usd <= 0) continue;
    const known = other === own ? 1 : context.correlation(own, other);
    const together = Number.isNaN(known) ? 1 : known * direction * side;
    if (together <= above) continue;
    usedUsd += usd;
    if (other !== own) names.push(context.symbolName(other));
  }
  return {
    roomUsd: names.length === 0 ? Infinity : limits.maxSymbolExposureFraction * equityUsd - usedUsd,
    with: names,
  };
}
