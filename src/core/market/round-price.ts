/** Digits that a venue shows of a price, as large perpetual venues do. */
const SIGNIFICANT_DIGITS = 5;
/** Powers of ten up to 10^22 are exact doubles, and written out no engine can round them. */
const POWERS_OF_TEN = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  1e20, 1e21, 1e22,
];

/** `price` (> 0) to five significant digits: a tick of 1 at 60,000 and of 0.000001 at 0.06. */
export function roundPrice(price: number): number {
  let decimals = SIGNIFICANT_DIGITS - 1;
  let scaled = price;
  while (scaled >= 10) {
    scaled /= 10;
    decimals--;
  }
  while (scaled < 1) {
    scaled *= 10;
    decimals++;
  }
  // With an exact power the quotient is the double nearest to the decimal number.
  const factor = POWERS_OF_TEN[Math.abs(decimals)] ?? NaN;
  return decimals >= 0 ? Math.round(price * factor) / factor : Math.round(price / factor) * factor;
}
