/** Figures as prompts show them. What is not known is "n/a". The same number gives the same text on every machine. */
const NOT_KNOWN = 'n/a';

/** Prices from 1 on have two decimals, smaller ones six; below 0.001 six digits that count, or nothing would be left. */
export function priceText(price: number): string {
  if (!Number.isFinite(price)) return NOT_KNOWN;
  return fixed(price, priceDecimals(price));
}

/** A figure in units of a coin's price, such as MACD: one decimal more than the price has. */
export function inPriceUnits(figure: number, price: number): string {
  return fixed(figure, priceDecimals(price) + 1);
}

export function fixed(figure: number, decimals: number): string {
  if (!Number.isFinite(figure)) return NOT_KNOWN;
  const text = figure.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

export function signedPercent(fraction: number, decimals = 2): string {
  const text = fixed(100 * fraction, decimals);
  return text === NOT_KNOWN ? text : `${text.startsWith('-') ? '' : '+'}${text} %`;
}

/** Eight digits that count, without an exponent: what the model says back is then the same quantity. */
export function quantityText(quantity: number): string {
  const text = fixed(quantity, decimalsFor(quantity, 8));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const MOST_DECIMALS = 20;

function priceDecimals(price: number): number {
  const size = Math.abs(price);
  if (size >= 1) return 2;
  return size >= 0.001 || !(size > 0) ? 6 : decimalsFor(size, 6);
}

/** The exponent is read from the digits, because logarithms differ between engines in the last place. */
function decimalsFor(figure: number, digits: number): number {
  if (!Number.isFinite(figure) || figure === 0) return 0;
  const exponent = Number(figure.toExponential().split('e')[1]);
  return Math.min(MOST_DECIMALS, Math.max(0, digits - 1 - exponent));
}
