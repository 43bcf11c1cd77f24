import { describeContestant, findContestant } from '../core/arena/board.js';
import type { Contestant } from '../core/arena/contestant.js';
import { Problem } from '../core/domain/problem.js';

/** The contestant that `text` (id, the beginning of one, or name) stands for; a Problem when there is none or more. */
export function findOneContestant(
  contestants: readonly Contestant[],
  text: string,
  folder: string,
): Contestant {
  const found = findContestant(contestants, text);
  const [contestant] = found;
  if (contestant === undefined)
    throw new Problem('input', `no contestant "${text}" in ${folder}`, {
      hint: 'take the id or the name from the leaderboard',
    });
  if (found.length > 1)
    throw new Problem('input', `"${text}" names ${String(found.length)} contestants`, {
      hint: `be more exact: ${found.slice(0, 5).map(describeContestant).join(', ')}`,
    });
  return contestant;
}
