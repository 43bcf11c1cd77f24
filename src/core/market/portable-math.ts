/**
 * Exponential and logarithm from +, -, * and / alone. The language leaves the last bit of Math.exp,
 * Math.log and ** to the engine; the basic operations are exact by IEEE 754. A generated market must be the same, bit for
 * bit, on every machine and in every Node version, because an arena remembers a fingerprint of its bars.
 */
const LN2_HIGH = 0.693147180369123816;
const LN2_LOW = 1.90821492927058770002e-10;
const LN2 = 0.693147180559945309;
const SQRT_HALF = 0.707106781186547524;

/** Powers of two from 2^-64 to 2^64, exact. */
const POWERS_OF_TWO = powersOfTwo();

/** e^x for |x| <= 44, outside of which no price, volume or volatility of a market lies. Error below 4e-16 relative. */
export function exponential(x: number): number {
  const k = Math.round(x / LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  // Taylor's series: |r| <= 0.347, so the first term left out is below 2e-17.
  let sum = 1;
  for (let n = 13; n >= 1; n--) sum = 1 + (sum * r) / n;
  return sum * (POWERS_OF_TWO[k + 64] ?? NaN);
}

/** ln x for x > 0. Error below 1e-15, absolute near 1 and relative elsewhere. */
export function naturalLogarithm(x: number): number {
  let mantissa = x;
  let doublings = 0;
  while (mantissa < SQRT_HALF) {
    mantissa *= 2;
    doublings--;
  }
  while (mantissa > 2 * SQRT_HALF) {
    mantissa /= 2;
    doublings++;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)), with |f| <= 0.172.
  const f = (mantissa - 1) / (mantissa + 1);
  const square = f * f;
  let sum = 0;
  for (let n = 19; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return 2 * f * sum + doublings * LN2;
}

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(129);
  let power = 1;
  for (let k = 0; k <= 64; k++) {
    powers[64 + k] = power;
    powers[64 - k] = 1 / power;
    power *= 2;
  }
  return powers;
}
