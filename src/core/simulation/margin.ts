import type { Instrument } from '../domain/instrument.js';
import type { Position } from '../domain/position.js';

/** Maintenance margin as a fraction of notional, from the tier that holds for this notional. */
export function maintenanceFraction(instrument: Instrument, notionalUsd: number): number {
  for (const tier of instrument.marginTiers)
    if (notionalUsd <= tier.upToNotionalUsd) return tier.maintenanceFraction;
  return instrument.marginTiers.at(-1)?.maintenanceFraction ?? 0;
}

/** The price at which the venue closes a position by force; see `liquidationPriceOf`. */
export function liquidationPrice(position: Position, instrument: Instrument): number {
  return liquidationPriceOf(position.quantity, position.entryPrice, position.marginUsd, instrument);
}

/**
 * The price at which margin + unrealised P&L equals the maintenance margin of an isolated position:
 * margin + q (p - entry) = m |q| p, solved for p. NaN where no price does that: spot, or a long whose margin
 * covers its whole notional.
 */
export function liquidationPriceOf(
  quantity: number,
  entryPrice: number,
  marginUsd: number,
  instrument: Instrument,
): number {
  if (instrument.type === 'spot' || quantity === 0) return NaN;
  const size = Math.abs(quantity);
  const m = maintenanceFraction(instrument, size * entryPrice);
  const price =
    quantity > 0
      ? (size * entryPrice - marginUsd) / (size * (1 - m))
      : (size * entryPrice + marginUsd) / (size * (1 + m));
  return price > 0 ? price : NaN;
}
