/**
 * The champion under watch: evidence, that may be looked at every hour, that a displaced champion does better. Every
 * shadow bets against the champion with a process of its own; the mean of e-processes is one, whatever their dependence,
 * so that the best shadow is not picked after the fact. At 20 a review is raised, never a switch (statistics.md section 2).
 */
import { canonicalJson } from '../domain/canonical-json.js';
import { type EProcess, eValue, openEProcess, stepEProcess } from '../metrics/e-process.js';
import { simpleReturn } from '../metrics/returns.js';
import type { Reign } from './reign.js';

/** The chance that an equal champion is ever brought up for review is at most one in this. */
export const REVIEW_AT = 20;

export interface Watch {
  readonly generation: number;
  championUsd: number;
  readonly shadows: { readonly position: number; usd: number; readonly process: EProcess }[];
  raised: boolean;
}

/** For whoever reads the event: positions are the arena's own. */
export type NameOf = (position: number) => string;

/** Equity of an account; NaN for one that trades no more. */
export type EquityOf = (position: number) => number;

/** Begins anew with every champion. */
export function startWatch(reign: Reign, equityOf: EquityOf): Watch | undefined {
  if (reign.champion === null || reign.shadows.length === 0) return undefined;
  return {
    generation: reign.generation,
    championUsd: equityOf(reign.champion),
    shadows: reign.shadows.map((position) => ({
      position,
      usd: equityOf(position),
      process: openEProcess(),
    })),
    raised: false,
  };
}

/** One more hour; returns the journal's event when it raises a review. */
export function stepWatch(watch: Watch, reign: Reign, equityOf: EquityOf, nameOf: NameOf): string[] {
  if (reign.champion === null) return [];
  const championUsd = equityOf(reign.champion);
  const championReturn = simpleReturn(watch.championUsd, championUsd);
  watch.championUsd = championUsd;
  for (const shadow of watch.shadows) {
    const usd = equityOf(shadow.position);
    stepEProcess(shadow.process, simpleReturn(shadow.usd, usd) - championReturn);
    shadow.usd = usd;
  }
  const e = watchEvidence(watch);
  if (watch.raised || e < REVIEW_AT) return [];
  watch.raised = true;
  const shadow = bestShadow(watch);
  return [
    canonicalJson({
      event: 'champion-review',
      c: reign.champion,
      name: nameOf(reign.champion),
      generation: reign.generation,
      shadow,
      shadowName: nameOf(shadow),
      e,
    }),
  ];
}

export function watchEvidence(watch: Watch): number {
  return watch.shadows.reduce((sum, { process }) => sum + eValue(process), 0) / watch.shadows.length;
}

/** The shadow with the most evidence. */
export function bestShadow(watch: Watch): number {
  const best = watch.shadows.reduce((a, b) => (eValue(b.process) > eValue(a.process) ? b : a));
  return best.position;
}
