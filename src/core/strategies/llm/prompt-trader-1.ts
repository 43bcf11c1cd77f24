import { accountSection, conditionsSection } from './prompt-account.js';
import { outputFormat, systemText } from './prompt-format.js';
import { newsSection } from './prompt-news.js';
import { type PromptInput, type PromptTemplate, barText, minutesSince, timeText } from './prompt-template.js';
import { fixed, inPriceUnits, priceText, signedPercent } from './show-figures.js';
import { openInterestText, readingLines } from './show-readings.js';

const FEATURES = {
  ema20: { indicator: 'ema', params: { period: 20 } },
  macd: { indicator: 'macd', output: 'macd' },
  rsi7: { indicator: 'rsi', params: { period: 7 } },
  rsi14: { indicator: 'rsi', params: { period: 14 } },
  ema50: { indicator: 'ema', params: { period: 50 } },
  atr3: { indicator: 'atr', params: { period: 3 } },
  atr14: { indicator: 'atr', params: { period: 14 } },
  volumeRatio: { indicator: 'volume-ratio', params: { period: 20 } },
} as const;
type Feature = keyof typeof FEATURES;
const INDEX = Object.fromEntries(Object.keys(FEATURES).map((name, i) => [name, i])) as Record<
  Feature,
  number
>;

const SERIES_BARS = 10;
const LONGEST_PERIOD = 50;
/** A symbol that has not traded for longer than this is shown without a price. */
const LAST_PRICE_BARS = 100;

/** The first template for several symbols. Its text is its version: whoever changes a byte makes `trader-2`. */
export const promptTrader1: PromptTemplate = {
  name: 'trader-1',
  features: Object.values(FEATURES),
  metrics: { ema20: INDEX.ema20, macd: INDEX.macd, rsi7: INDEX.rsi7, rsi14: INDEX.rsi14, ema50: INDEX.ema50 },
  warmupBars: 4 * LONGEST_PERIOD,
  system: (input) =>
    systemText(
      input,
      'You are a trader. You manage one simulated account on your own and decide from prices and figures alone.',
    ),
  user(input) {
    const { observation, names } = input;
    const bars = barText(observation.market.timeframeMs);
    return [
      opening(input),
      'ALL SERIES ARE ORDERED FROM OLDEST TO NEWEST: the last value is the newest.',
      `Timeframe: every series and figure is of ${bars} bars, one value per closed bar. The newest bar closed at the time above; nothing after it is known.`,
      '## CURRENT MARKET STATE',
      ...names.shown.map((name, symbol) => coinBlock(input, name, symbol, bars)),
      accountSection(input),
      newsSection(input),
      conditionsSection(input),
      outputFormat(input),
    ].join('\n\n');
  },
};

function opening(input: PromptInput): string {
  const { observation, memory, rules } = input;
  const start = memory.start?.atMs ?? observation.nowMs;
  const minutes = `It has been ${String(minutesSince(start, observation.nowMs))} minutes since you started trading.`;
  const time = rules.mask ? '' : ` The simulated time is ${timeText(input, observation.nowMs)}.`;
  return `${minutes}${time} You have been asked ${String(memory.invocations + 1)} times, this one included. Your objective: the highest return for the risk you take, after costs.`;
}

function coinBlock(input: PromptInput, name: string, symbol: number, bars: string): string {
  const { market, features } = input.observation;
  const value = (feature: Feature, ago = 0): number => features.value(symbol, INDEX[feature], ago);
  const price = lastPrice(input, symbol);
  const series = (text: (ago: number) => string): string =>
    `[${Array.from({ length: SERIES_BARS }, (_, i) => text(SERIES_BARS - 1 - i)).join(', ')}]`;
  return [
    `### ${name}`,
    `current_price = ${priceText(price)}, current_ema20 = ${priceText(value('ema20'))}, current_macd = ${inPriceUnits(value('macd'), price)}, current_rsi7 = ${fixed(value('rsi7'), 3)}`,
    ...(market.hasBar(symbol) ? [] : ['There is no bar of this symbol at this time: its price is older.']),
    `Open interest: ${openInterestText(market, symbol)}`,
    `Funding rate: ${fundingText(input, symbol)}`,
    ...readingLines(market, symbol),
    `Last ${String(SERIES_BARS)} bars (${bars}):`,
    `Close: ${series((ago) => priceText(market.close(symbol, ago)))}`,
    `EMA20: ${series((ago) => priceText(value('ema20', ago)))}`,
    `MACD(12,26): ${series((ago) => inPriceUnits(value('macd', ago), price))}`,
    `RSI7: ${series((ago) => fixed(value('rsi7', ago), 3))}`,
    `RSI14: ${series((ago) => fixed(value('rsi14', ago), 3))}`,
    `Slower figures of the same ${bars} bars:`,
    `EMA20 ${priceText(value('ema20'))} against EMA50 ${priceText(value('ema50'))}`,
    `ATR3 ${inPriceUnits(value('atr3'), price)} against ATR14 ${inPriceUnits(value('atr14'), price)}`,
    `Volume of the newest bar: ${fixed(value('volumeRatio'), 2)} times the mean of 20 bars`,
  ].join('\n');
}

function lastPrice({ observation }: PromptInput, symbol: number): number {
  for (let ago = 0; ago < LAST_PRICE_BARS; ago++) {
    const close = observation.market.close(symbol, ago);
    if (close > 0) return close;
  }
  return NaN;
}

/** The rate is a fraction of notional for one payment, whatever the venue's interval. */
function fundingText({ observation }: PromptInput, symbol: number): string {
  if (observation.market.instrument(symbol).type === 'spot') return 'none, it is a spot market';
  const rate = observation.market.fundingRate(symbol);
  if (Number.isNaN(rate)) return 'not available';
  const payer = rate > 0 ? 'longs pay shorts' : rate < 0 ? 'shorts pay longs' : 'nobody pays';
  return `${signedPercent(rate, 4)} of notional at the last payment (${payer})`;
}
