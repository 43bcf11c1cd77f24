import type { SweepWish } from '../app/sweep/plan-sweep.js';
import { Problem } from '../core/domain/problem.js';
import { nearest } from '../core/domain/nearest.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { ParameterSets } from '../core/sweep/parameter-sets.js';
import { MOST_SETS, readGrid, readSpace } from '../core/sweep/read-sets.js';
import type { ArenaConfig } from './config/schema.js';
import { type CostFlags, costsFor } from './cost-flags.js';
import { parseJsonFile } from './parse-json-file.js';
import { numberBetween, positive, wholeBetween } from './parse-number.js';

/** What the command line says about sets and windows. */
export interface SweepSetFlags extends CostFlags {
  readonly kind: string;
  readonly grid?: string;
  readonly random?: string;
  readonly space?: string;
  readonly params: string;
  readonly seed?: string;
  readonly eachSymbol?: boolean;
  readonly cash?: string;
  readonly holdout: string;
  readonly folds?: string;
  readonly purge?: string;
  readonly embargo: string;
}

const MOST_BARS = 10_000_000;

export function sweepWish(flags: SweepSetFlags, values: ArenaConfig, kinds: Kinds): SweepWish {
  const kind = kinds.find(flags.kind);
  if (kind === undefined)
    throw new Problem('usage', `--kind: there is no kind "${flags.kind}"`, {
      hint: `did you mean "${nearest(flags.kind, kinds.names)}"? Known kinds: ${kinds.names.join(', ')}.`,
    });
  if (kind.questions !== undefined)
    throw new Problem('usage', `${flags.kind} asks a language model, and a sweep asks nobody`, {
      hint: 'repeat it over a window with: npm run study',
    });
  const bars = (text: string, flag: string): number => wholeBetween(text, flag, 0, MOST_BARS);
  return {
    kind: flags.kind,
    sets: setsOf(flags),
    eachSymbol: flags.eachSymbol === true,
    cashUsd: flags.cash === undefined ? values.cashUsd : positive(flags.cash, '--cash'),
    costs: costsFor(flags, values.costs),
    limits: values.risk,
    holdoutFraction: numberBetween(flags.holdout, '--holdout', 0, 0.9, 'a share of the time, e.g. 0.25'),
    folds: flags.folds === undefined ? undefined : wholeBetween(flags.folds, '--folds', 0, 50),
    purgeBars: flags.purge === undefined ? undefined : bars(flags.purge, '--purge'),
    embargoBars: bars(flags.embargo, '--embargo'),
  };
}

function setsOf({ grid, random, space, params, seed }: SweepSetFlags): ParameterSets {
  const shared = parseJsonFile(params, '--params');
  if (grid !== undefined && random === undefined && space === undefined)
    return readGrid(parseJsonFile(grid, '--grid'), shared);
  if (grid === undefined && random !== undefined && space !== undefined)
    return readSpace(
      parseJsonFile(space, '--space'),
      shared,
      wholeBetween(random, '--random', 1, MOST_SETS),
      seed === undefined ? 1 : wholeBetween(seed, '--seed', 0, 4_294_967_295),
    );
  throw new Problem('usage', 'which sets? expected either --grid, or --random and --space', {
    hint: 'e.g. --grid \'{"fast":[5,10],"slow":[50,100]}\', or --random 1000 --space \'{"fast":[5,20],"slow":[50,200]}\'',
  });
}
