import { mean } from './deviation.js';
import { type StudyTrial, windowOf } from './study-trial.js';

/**
 * What may be counted as independent. Trials of one window share its prices: over several windows only the windows are drawn
 * anew, so that a window is one value, the mean of its trials (Donner & Klar 2000, "Cluster Randomization Trials", ch. 6).
 * Over one window the trials are the values, and all that they can tell is how much the model's own noise matters.
 */
export type StudyUnit = 'trial' | 'window';

/** Names of the windows, in order. */
export function studyWindows(trials: readonly StudyTrial[]): string[] {
  return [...new Set(trials.map(windowOf))].sort();
}

/** Mean return of each window in which the configuration has trials. */
export function windowMeans(trials: readonly StudyTrial[]): Map<string, number> {
  const byWindow = new Map<string, number[]>();
  for (const trial of trials) {
    const name = windowOf(trial);
    const known = byWindow.get(name);
    if (known === undefined) byWindow.set(name, [trial.returnFraction]);
    else known.push(trial.returnFraction);
  }
  return new Map([...byWindow].map(([name, returns]) => [name, mean(returns) ?? NaN]));
}

export function studyValues(trials: readonly StudyTrial[], unit: StudyUnit): number[] {
  return unit === 'trial'
    ? trials.map((trial) => trial.returnFraction)
    : [...windowMeans(trials)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** Value of one less that of the other in each window that both have. */
export function windowDifferences(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number[] {
  return [...a.keys()].sort().flatMap((name) => {
    const [left, right] = [a.get(name), b.get(name)];
    return left === undefined || right === undefined ? [] : [left - right];
  });
}
