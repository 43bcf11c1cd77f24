import { resolve } from 'node:path';
import { parseSettings } from '../../app/arena-settings.js';
import { readLooks } from '../../app/read-looks.js';
import { Problem } from '../../core/domain/problem.js';
import type { VerdictName } from '../../core/promotion/judge-cohort.js';
import { type LookView, type VerdictView, lookText, looksText, whyNot } from '../../reporting/looks-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { positive } from '../parse-number.js';
import { journalOf } from '../wire.js';

/** `arena looks`: what the gate saw and said, look by look; with cohort and hours every verdict of one. */
export function looksCommand(
  flags: ArenaFlags & { readonly cohort?: string; readonly look?: string },
): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.state.folder);
  const cohort = flags.cohort === undefined ? undefined : positive(flags.cohort, '--cohort');
  const hours = flags.look === undefined ? undefined : positive(flags.look, '--look');
  const store = journalOf(folder, true);
  try {
    const saved = store.meta('settings');
    if (saved === undefined)
      throw new Problem('not-running', `${folder}: nothing has been played yet`, { hint: 'npm run arena' });
    const all = readLooks(store, parseSettings(saved, folder).market.timeframe);
    const looks = all.filter(
      (look) => (cohort ?? look.cohort) === look.cohort && (hours ?? look.hours) === look.hours,
    );
    const [one] = looks;
    if (one === undefined && (cohort !== undefined || hours !== undefined)) throw noSuchLook(all, folder);
    if (one !== undefined && cohort !== undefined && hours !== undefined) {
      output.answer({
        ...lookForPrograms(one),
        verdicts: one.verdicts.map((v) => verdictForPrograms(v, one)),
      });
      if (!output.json) output.say(lookText(one));
    } else {
      output.answer({ looks: looks.map(lookForPrograms) });
      if (!output.json) output.say(looksText(looks));
    }
    return EXIT.fine;
  } finally {
    store.close();
  }
}

function noSuchLook(all: readonly LookView[], folder: string): Problem {
  const taken = all.map(({ cohort, hours }) => `--cohort ${String(cohort)} --look ${String(hours)}`);
  return new Problem('input', `${folder}: the gate has taken no such look`, {
    hint: taken.length === 0 ? 'it has taken none yet' : `it has taken ${taken.slice(-10).join(', ')}`,
  });
}

function lookForPrograms(look: LookView): Record<string, unknown> {
  const { cohort, hours, cutMs, familySize, alpha, observedPct, verdicts } = look;
  const count = (name: VerdictName): number => verdicts.filter(({ verdict }) => verdict === name).length;
  const [best] = verdicts;
  return {
    cohort,
    hours,
    day: hours / 24,
    dataUpTo: new Date(cutMs).toISOString(),
    familySize,
    judged: verdicts.length,
    alpha,
    observedPct,
    best: best === undefined ? null : { id: best.id, name: best.name, p: best.p, pHolm: best.pHolm },
    promotable: count('promotable'),
    leadingNotProven: count('leading_not_proven'),
    notEligible: count('not_eligible'),
  };
}

function verdictForPrograms(verdict: VerdictView, { alpha }: LookView): Record<string, unknown> {
  const { tChampion, tSpanning, shortfalls, ...rest } = verdict;
  return {
    ...rest,
    tChampion: tChampion ?? null,
    tSpanning: tSpanning ?? null,
    whyNot: whyNot(verdict, alpha),
    shortfalls: shortfalls.map(({ rule, value }) => ({ rule, value: value ?? null })),
  };
}
