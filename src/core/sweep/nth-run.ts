import type { StrategyKind } from '../strategies/strategy.js';
import { nthSet } from './parameter-sets.js';
import type { SweepSettings } from './sweep-settings.js';

/** One set on one account, or why it cannot be played. */
export type NthRun =
  | { readonly kind: 'playable'; readonly params: unknown; readonly symbols: readonly string[] }
  | { readonly kind: 'invalid'; readonly why: string };

/** Parameters as they stand in the sweep, before the kind's schema fills in what it does not name. */
export function rawParams(settings: SweepSettings, run: number): Record<string, unknown> {
  return nthSet(settings.sets, Math.floor(run / settings.accounts.length));
}

export function accountOf(settings: SweepSettings, run: number): readonly string[] {
  return settings.accounts[run % settings.accounts.length] ?? [];
}

/** Parameters as the kind takes them, or why it does not. */
export function takeParams(
  kind: StrategyKind,
  raw: Readonly<Record<string, unknown>>,
  instrument: 'spot' | 'perpetual',
):
  | { readonly kind: 'playable'; readonly params: unknown }
  | { readonly kind: 'invalid'; readonly why: string } {
  const parsed = kind.manifest.parameters.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      kind: 'invalid',
      why: `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'not taken by the kind'}`.trim(),
    };
  }
  if (instrument === 'spot' && kind.takesShorts?.(parsed.data) === true)
    return { kind: 'invalid', why: 'it takes shorts, and the market is spot' };
  return { kind: 'playable', params: parsed.data };
}

/** The n-th run: sets in their order, and of each set the accounts in theirs. */
export function nthRun(
  settings: SweepSettings,
  kind: StrategyKind,
  run: number,
  instrument: 'spot' | 'perpetual',
): NthRun {
  const taken = takeParams(kind, rawParams(settings, run), instrument);
  return taken.kind === 'invalid' ? taken : { ...taken, symbols: accountOf(settings, run) };
}
