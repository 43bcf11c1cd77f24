/**
 * What a model last said about one symbol, and how long it may be used: fresh for its life, stale for as long again,
 * then not at all. A failure is remembered beside it and never takes its place. Plain JSON, in simulated time.
 */
import type { ModelAnswer, ModelSetup } from '../../domain/model-call.js';
import { HOUR_MS, MINUTE_MS, type TimeMs } from '../../domain/time.js';
import { type Regime, parseRegime } from './regime.js';
import { REGIME_PROMPT_VERSION } from './regime-prompt.js';

/** A model that failed is left alone for so long at most; with longer bars the next bar asks again. */
export const FAILURE_LIFE_MS = 5 * MINUTE_MS;

interface KeptRegime {
  readonly key: string;
  readonly regime: Regime;
  readonly atMs: TimeMs;
}

interface KeptFailure {
  readonly key: string;
  readonly atMs: TimeMs;
  /** A fault of the call, or `unusable` for an answer that could not be read. */
  readonly fault: string;
  readonly why: string;
}

export interface RegimeCache {
  readonly kept: KeptRegime | null;
  readonly failed: KeptFailure | null;
}

export const EMPTY_CACHE: RegimeCache = { kept: null, failed: null };

/** An answer to another prompt, of another model or about another symbol is no answer to this question. */
export function regimeKey(symbol: string, { provider, model, temperature }: ModelSetup): string {
  return `${symbol}|${provider}/${model}@${String(temperature)}|v${String(REGIME_PROMPT_VERSION)}`;
}

/** Whether a model should be asked now: nothing fresh is there, and no failure that is just a moment old. */
export function isRegimeDue(cache: RegimeCache, key: string, nowMs: TimeMs, lifeHours: number): boolean {
  if (cachedRegime(cache, key, nowMs, lifeHours)?.source === 'fresh') return false;
  const { failed } = cache;
  return failed?.key !== key || nowMs - failed.atMs >= FAILURE_LIFE_MS;
}

export function takeAnswer(cache: RegimeCache, key: string, answer: ModelAnswer, nowMs: TimeMs): RegimeCache {
  const failed = (fault: string, why: string): RegimeCache => ({
    ...cache,
    failed: { key, atMs: nowMs, fault, why: why.slice(0, 200) },
  });
  if (answer.kind === 'failed') return failed(answer.fault, answer.why);
  const reading = parseRegime(answer.text);
  return reading.kind === 'regime'
    ? { kept: { key, regime: reading.regime, atMs: nowMs }, failed: null }
    : failed('unusable', reading.why);
}

/** Undefined when there is nothing that may still be used. */
export function cachedRegime(
  { kept }: RegimeCache,
  key: string,
  nowMs: TimeMs,
  lifeHours: number,
): { readonly regime: Regime; readonly source: 'fresh' | 'stale' } | undefined {
  if (kept?.key !== key) return undefined;
  const ageMs = nowMs - kept.atMs;
  const lifeMs = lifeHours * HOUR_MS;
  if (ageMs < lifeMs) return { regime: kept.regime, source: 'fresh' };
  return ageMs < 2 * lifeMs ? { regime: kept.regime, source: 'stale' } : undefined;
}
