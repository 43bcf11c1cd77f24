/**
 * How many independent trials so many correlated ones are worth: rho + (1 - rho) N for an average correlation
 * rho (Bailey & Lopez de Prado 2014, J. of Portfolio Management 40(5)). N copies of one strategy are one
 * trial. Between 1 and N: a negative average makes no trials that nobody made. Without a correlation it is N.
 */
export function effectiveTrials(trials: number, averageCorrelation: number | undefined): number | undefined {
  if (!(trials >= 1) || !Number.isFinite(trials) || Number.isNaN(averageCorrelation)) return undefined;
  const rho = averageCorrelation ?? 0;
  return Math.max(1, Math.min(rho + (1 - rho) * trials, trials));
}
