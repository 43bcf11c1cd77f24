import { accountSection, conditionsSection } from './prompt-account.js';
import { outputFormat, systemText } from './prompt-format.js';
import { newsSection } from './prompt-news.js';
import { type PromptTemplate, barText, minutesSince, timeText } from './prompt-template.js';
import { fixed, inPriceUnits, priceText, signedPercent } from './show-figures.js';

const FEATURES = [
  { indicator: 'sma', params: { period: 20 } },
  { indicator: 'sma', params: { period: 50 } },
  { indicator: 'rsi', params: { period: 14 } },
  { indicator: 'macd', output: 'histogram' },
  { indicator: 'bollinger', output: 'percentB' },
  { indicator: 'atr', params: { period: 14 } },
  { indicator: 'volume-ratio', params: { period: 20 } },
] as const;
const LONGEST_PERIOD = 50;

/**
 * The short template for one symbol: the figures that a regime classifier is asked with, and the question what to do.
 * It is what a model costs and brings that is asked for every trade. Whoever changes a byte makes `direct-2`.
 */
export const promptDirect1: PromptTemplate = {
  name: 'direct-1',
  features: FEATURES,
  metrics: { sma20: 0, sma50: 1, rsi14: 2 },
  warmupBars: 4 * LONGEST_PERIOD,
  system: (input) =>
    systemText(
      input,
      'You are a trader of one instrument. You decide at every closed bar from the figures you are given.',
    ),
  user(input) {
    const { observation, names, memory, rules } = input;
    const { market, nowMs } = observation;
    const bars = barText(market.timeframeMs);
    const value = (feature: number): number => observation.features.value(0, feature);
    const price = market.close(0);
    const change = (ago: number): string => signedPercent(price / market.close(0, ago) - 1);
    const minutes = String(minutesSince(memory.start?.atMs ?? nowMs, nowMs));
    return [
      `Minute ${minutes} of trading${rules.mask ? '' : `, simulated time ${timeText(input, nowMs)}`}, question ${String(memory.invocations + 1)}. All figures are of closed ${bars} bars.`,
      [
        '## CURRENT MARKET STATE',
        `${names.shown[0] ?? ''}: price ${priceText(price)}`,
        `Price against SMA20 ${signedPercent(price / value(0) - 1)}, against SMA50 ${signedPercent(price / value(1) - 1)}`,
        `RSI14 ${fixed(value(2), 1)}, MACD(12,26,9) histogram ${inPriceUnits(value(3), price)}, place in Bollinger bands (0 lower, 1 upper) ${fixed(value(4), 2)}`,
        `Change over 10 bars ${change(10)}, over 24 bars ${change(24)}`,
        `ATR14 ${signedPercent(value(5) / price)} of price, volume ${fixed(value(6), 2)} times the mean of 20 bars`,
      ].join('\n'),
      accountSection(input),
      newsSection(input),
      conditionsSection(input),
      outputFormat(input),
    ].join('\n\n');
  },
};
