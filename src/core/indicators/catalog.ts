import { Problem } from '../domain/problem.js';
import { adx } from './adx.js';
import { atr } from './atr.js';
import { bollinger } from './bollinger.js';
import { deviation } from './deviation.js';
import { donchian } from './donchian.js';
import { ema } from './ema.js';
import type { IndicatorDefinition } from './indicator.js';
import { macd } from './macd.js';
import { roc } from './roc.js';
import { rsi } from './rsi.js';
import { sma } from './sma.js';
import { stochastic } from './stochastic.js';
import { volatility } from './volatility.js';
import { volumeRatio } from './volume-ratio.js';
import { vwapSession } from './vwap-session.js';
import { vwma } from './vwma.js';
import { zscore } from './zscore.js';

/** Every indicator by name. A new one is one file and one line here. */
export const INDICATORS: Readonly<Record<string, IndicatorDefinition>> = {
  sma,
  ema,
  vwma,
  'vwap-session': vwapSession,
  rsi,
  macd,
  stochastic,
  roc,
  adx,
  donchian,
  bollinger,
  zscore,
  atr,
  deviation,
  volatility,
  'volume-ratio': volumeRatio,
};

export function findIndicator(name: string): IndicatorDefinition {
  const found = Object.hasOwn(INDICATORS, name) ? INDICATORS[name] : undefined;
  if (found === undefined)
    throw new Problem('input', `there is no indicator ${JSON.stringify(name)}`, {
      hint: `The indicators are ${Object.keys(INDICATORS).join(', ')}.`,
    });
  return found;
}
