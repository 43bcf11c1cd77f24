/** What the arena and the deployer make of trials: for people, before anything is deployed. */
import { z } from 'zod';
import { type Hash, contestantId } from '../core/arena/contestant.js';
import { type RosterMarket, checkContestant, parseRoster } from '../core/arena/parse-roster.js';
import { Problem } from '../core/domain/problem.js';
import type { Kinds } from '../core/strategies/catalog.js';
import type { RichTrial, TrialReading, UnfitTrial } from '../ports/trial-source.js';

/** Who would judge a trial; `market` is undefined while there is no arena. */
export interface TrialCourt {
  readonly market: RosterMarket | undefined;
  readonly kinds: Kinds;
  readonly hash: Hash;
  readonly deployments: KnownDeployments | undefined;
}

/** What the deployer has done so far, by contestant id. */
export interface KnownDeployments {
  readonly champion: string | undefined;
  readonly previous: readonly string[];
  readonly fed: readonly string[];
  readonly rejected: Readonly<Record<string, string>>;
}

export type Verdict =
  /** The id is unknown without a market: it covers symbols and bar length. */
  | { readonly fit: true; readonly name: string; readonly id: string | undefined }
  | { readonly fit: false; readonly why: string };

export interface JudgedTrial {
  readonly trial: RichTrial | UnfitTrial;
  readonly verdict: Verdict;
  /** What became of it: champion, was champion, in the arena, rejected with the reason, or nothing yet. */
  readonly fate: string | undefined;
}

/** All completed trials as the deployer ranks them: the best first, of equal ones the earlier; without a value last. */
export function orderTrials(reading: TrialReading): (RichTrial | UnfitTrial)[] {
  return [...reading.trials, ...reading.unfit].sort(
    (a, b) =>
      (b.value ?? -Infinity) - (a.value ?? -Infinity) ||
      a.study.localeCompare(b.study) ||
      a.number - b.number,
  );
}

export function judgeTrial(trial: RichTrial | UnfitTrial, court: TrialCourt): JudgedTrial {
  const verdict = 'why' in trial ? { fit: false as const, why: trial.why } : judgeContestant(trial, court);
  return { trial, verdict, fate: verdict.fit ? fateOf(verdict.id, court.deployments) : undefined };
}

function judgeContestant({ contestant, where }: RichTrial, { market, kinds, hash }: TrialCourt): Verdict {
  try {
    if (market === undefined)
      return { fit: true, name: checkContestant(contestant, where, kinds), id: undefined };
    const [entry, more] = parseRoster(contestant, where, market, kinds);
    if (entry === undefined || more !== undefined)
      throw new Problem('input', 'a trial is exactly one contestant');
    if (entry.role !== 'contestant')
      throw new Problem('input', `a ${entry.role} stands beside the contestants and is never deployed`);
    return { fit: true, name: entry.name, id: contestantId(entry.manifest, hash) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // The place is told beside it.
    const why = error.message.replace(`${where}: `, '').replace(`${where}.`, '').replace(where, '');
    const hint = parameterHint(contestant, why, kinds) ?? error.hint;
    return { fit: false, why: hint === undefined ? why : `${why} (${hint})` };
  }
}

/** Which parameters there are: a mapping that misses one is the usual reason. */
function parameterHint(contestant: unknown, why: string, kinds: Kinds): string | undefined {
  const { kind: name } = contestant as { readonly kind?: unknown };
  const schema = typeof name === 'string' ? kinds.find(name)?.manifest.parameters : undefined;
  if (!why.startsWith('params') || !(schema instanceof z.ZodObject)) return undefined;
  return `parameters of ${String(name)}: ${Object.keys(schema.shape).join(', ')}`;
}

function fateOf(id: string | undefined, known: KnownDeployments | undefined): string | undefined {
  if (id === undefined || known === undefined) return undefined;
  if (known.champion === id) return 'champion';
  const rejected = Object.hasOwn(known.rejected, id) ? known.rejected[id] : undefined;
  if (rejected !== undefined) return `rejected: ${rejected}`;
  if (known.previous.includes(id)) return 'was champion';
  return known.fed.includes(id) ? 'in the arena' : undefined;
}
