import { join } from 'node:path';
import type { SweepFacts, TopFacts } from '../reporting/sweep/sweep-facts.js';
import { makeFolder, writeTextFile } from './wire.js';

/** How the best of a sweep become contestants. */
export interface SweepOrigin {
  /** Name of the sweep, which is the study that they come from. */
  readonly study: string;
  readonly timeframe: string;
  /** Somebody chose the symbols; else a contestant trades all that its market has. */
  readonly chosenSymbols: boolean;
}

/** One contestant file for each of the best; returns their paths. */
export function writeContestants(folder: string, facts: SweepFacts, origin: SweepOrigin): string[] {
  makeFolder(folder);
  return facts.top.map((top) => {
    const path = join(folder, `${origin.study}-${String(top.run)}.json`);
    writeTextFile(path, `${JSON.stringify(contestantOf(facts, top, origin), null, 2)}\n`);
    return path;
  });
}

/** One file of trials for the deployer. Their value is the probability that they were ranked by: nothing held out is in it. */
export function writeTrials(folder: string, facts: SweepFacts, origin: SweepOrigin): string {
  makeFolder(folder);
  const path = join(folder, `${origin.study}.json`);
  const trials = facts.top.map((top) => ({
    study: origin.study,
    number: top.run,
    value: (top.deflatedPct ?? 0) / 100,
    direction: 'maximize',
    state: 'COMPLETE',
    contestant: contestantOf(facts, top, origin),
    params: top.params,
    attributes: {
      runs: facts.played,
      sharpe: top.sharpe ?? null,
      holdoutSharpe: top.holdoutSharpe ?? null,
      holdoutReturnPct: top.holdoutReturnPct ?? null,
    },
  }));
  writeTextFile(path, `[\n${trials.map((trial) => `  ${JSON.stringify(trial)}`).join(',\n')}\n]\n`);
  return path;
}

function contestantOf(facts: SweepFacts, { params, symbols, run }: TopFacts, origin: SweepOrigin): object {
  return {
    kind: facts.kind,
    params,
    ...(origin.chosenSymbols ? { symbols } : {}),
    timeframe: origin.timeframe,
    training: { study: origin.study, trial: run, trials: facts.played },
  };
}
