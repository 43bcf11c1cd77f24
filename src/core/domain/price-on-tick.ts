/**
 * A price on the venue's grid of prices: the next one that is not better for whoever trades, so up for a buy and down for a sell.
 * Without a tick every price is on the grid. A sale below one tick keeps its price: the grid ends there.
 */
export function priceOnTick(price: number, direction: number, tickSize: number | undefined): number {
  if (tickSize === undefined) return price;
  const ticks = price / tickSize;
  // A price that is a whole number of ticks up to rounding noise must not lose one.
  const noise = NOISE_TICKS + ticks * NOISE_FRACTION;
  const whole = direction > 0 ? Math.ceil(ticks - noise) : Math.floor(ticks + noise);
  if (!(whole > 0)) return price;
  // 0.01 is no double, a hundredth of a whole number is the nearest one: 100.3, not 100.30000000000001.
  const perUnit = Math.round(1 / tickSize);
  return perUnit >= 1 && Math.abs(perUnit * tickSize - 1) < NOISE_TICKS ? whole / perUnit : whole * tickSize;
}

const NOISE_TICKS = 1e-9;
/** Some units in the last place of a double. */
const NOISE_FRACTION = 4e-16;
