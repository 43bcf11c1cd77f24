import type { SweepSettings } from '../../core/sweep/sweep-settings.js';
import type { SweepAbout, SweepFacts } from './sweep-facts.js';

/** What cannot be measured is null. No wall time: the same sweep gives the same bytes. */
export function sweepJson(
  settings: SweepSettings,
  facts: SweepFacts,
  about: SweepAbout,
): Record<string, unknown> {
  const { top: _, ...counts } = facts;
  return plain({
    name: about.name,
    market: about.market,
    generated: about.generated,
    from: iso(about.fromMs),
    holdoutFrom: iso(about.holdoutFromMs),
    to: iso(about.toMs),
    purgeBars: about.purgeBars,
    embargoBars: about.embargoBars,
    firstInvalidWhy: about.firstInvalidWhy,
    ...counts,
    settings,
  });
}

export function bestJson(facts: SweepFacts, about: SweepAbout): Record<string, unknown> {
  const { played, verdict, luckySharpe, effectiveRuns, top } = facts;
  return plain({
    sweep: about.name,
    kind: facts.kind,
    runs: played,
    verdict,
    luckySharpe,
    effectiveRuns,
    best: top,
  });
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function plain(value: object): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(value, (_key, member: unknown) => (member === undefined ? null : member)),
  ) as Record<string, unknown>;
}
