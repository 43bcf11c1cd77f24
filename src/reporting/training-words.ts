import type { TrainingOrigin } from '../core/arena/contestant.js';
import { printable } from '../core/domain/printable.js';
import { grouped } from './text-table.js';

/** How much of a study's name is shown: it comes from outside and may be of any length. */
const STUDY_WIDTH = 30;

/** What being chosen means for everything that was seen before. */
export const CHOSEN_PAST = 'its past was chosen, only what came after registration counts';

/** `the best of 412 trials` would be said of one only: the next best are entered too. */
export function chosenFrom({ study, trial, trials }: TrainingOrigin): string {
  const number = `trial ${String(trial)}`;
  const name = `study "${printable(study, STUDY_WIDTH)}"`;
  return trials === 1
    ? `${number}, the only one of ${name}`
    : `${number}, chosen from ${grouped(trials)} of ${name}`;
}
