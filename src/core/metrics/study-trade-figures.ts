/** What the trades of one trial were like. Deviations of money: the one around the mean has ddof 1, one-sided ones count every trade. */
import { deviation, mean } from './deviation.js';
import { median } from './median.js';
import { kurtosis, skewness } from './moments.js';
import { downsideDeviation, upsideDeviation } from './one-sided-deviation.js';
import { sortinoFrom } from './sortino.js';
import type { StudyTrial } from './study-trial.js';
import { profitFactor, winRateFrom } from './trade-results.js';
import { measured } from './measurable.js';

export interface StudyTradeFigures {
  readonly winFraction: number | undefined;
  readonly profitFactor: number | undefined;
  readonly meanNotionalUsd: number | undefined;
  readonly medianNotionalUsd: number | undefined;
  readonly meanHoldHours: number | undefined;
  readonly medianHoldHours: number | undefined;
  readonly meanLeverage: number | undefined;
  readonly medianLeverage: number | undefined;
  readonly expectancyUsd: number | undefined;
  readonly deviationUsd: number | undefined;
  /** Root mean square of profits, and of losses, over all trades. */
  readonly upsideDeviationUsd: number | undefined;
  readonly downsideDeviationUsd: number | undefined;
  /** Mean result over the downside deviation, per trade: it does not grow with the number of trades. */
  readonly sortinoPerTrade: number | undefined;
  readonly upDownRatio: number | undefined;
  readonly skewness: number | undefined;
  /** 0 for a Normal. */
  readonly excessKurtosis: number | undefined;
}

export function studyTradeFigures(trial: StudyTrial): StudyTradeFigures {
  const nets = trial.tradeNetsUsd;
  const expectancyUsd = mean(nets);
  const [upside, downside] = [upsideDeviation(nets), downsideDeviation(nets)];
  const fourth = kurtosis(nets);
  return {
    winFraction: winRateFrom(trial.wins, trial.closedTrades),
    profitFactor: profitFactor(nets),
    meanNotionalUsd: mean(trial.notionalsUsd),
    medianNotionalUsd: median(trial.notionalsUsd),
    meanHoldHours: mean(trial.holdHours),
    medianHoldHours: median(trial.holdHours),
    meanLeverage: mean(trial.leverages),
    medianLeverage: median(trial.leverages),
    expectancyUsd,
    deviationUsd: deviation(nets),
    upsideDeviationUsd: upside,
    downsideDeviationUsd: downside,
    sortinoPerTrade:
      expectancyUsd === undefined ? undefined : sortinoFrom(expectancyUsd, downside, nets.length, 1),
    upDownRatio: upside === undefined || downside === undefined ? undefined : measured(upside / downside),
    skewness: skewness(nets),
    excessKurtosis: fourth === undefined ? undefined : fourth - 3,
  };
}
