import { type Hash, contestantId } from '../core/arena/contestant.js';
import { type RosterMarket, parseRoster } from '../core/arena/parse-roster.js';
import type { Trial } from '../core/deployment/deployer-state.js';
import { Problem } from '../core/domain/problem.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { TrialRubbish, TrialSource } from '../ports/trial-source.js';
import { boundReasons } from './bound-reasons.js';

/** Trials that can be contestants of this arena; the others come with the reason why not. */
export function readTrials(
  source: TrialSource,
  market: RosterMarket,
  kinds: Kinds,
  hash: Hash,
): { readonly trials: readonly Trial[]; readonly rubbish: readonly TrialRubbish[] } {
  const read = source.read();
  const completed = completedByStudy([...read.trials, ...read.unfit]);
  const trials: Trial[] = [];
  const rubbish = [...read.rubbish];
  for (const { study, number, value, contestant, where } of read.trials) {
    try {
      const [entry, more] = parseRoster(contestant, where, market, kinds);
      if (entry === undefined || more !== undefined || entry.role !== 'contestant')
        throw new Problem('input', 'a trial is exactly one contestant');
      const { name, manifest, training } = entry;
      const id = contestantId(manifest, hash);
      trials.push({
        study,
        number,
        value,
        // A sweep writes its best alone, and says of its own study how many runs they were chosen from.
        trials: Math.max(completed.get(study)?.size ?? 0, training?.study === study ? training.trials : 0),
        champion: { id, name, manifest, source: 'trial' },
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // The message names the file already.
      const why = error.message.replace(`${where}: `, '').replace(`${where}.`, '').replace(where, '');
      rubbish.push({ where, why });
    }
  }
  return { trials, rubbish: boundReasons(rubbish) };
}

/** Numbers of the completed trials of each study; two sources may have the same one. */
function completedByStudy(
  trials: readonly { readonly study: string; readonly number: number }[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const completed = new Map<string, Set<number>>();
  for (const { study, number } of trials) {
    const numbers = completed.get(study) ?? new Set();
    completed.set(study, numbers.add(number));
  }
  return completed;
}
