import type { LanguageModel } from '../../ports/language-model.js';
import { CALL_RULES, type ModelAccount, createLanguageModel } from './create-language-model.js';
import { type ProviderSettings, findProvider, keyOf } from './providers.js';
import type { WaitingWorld } from './waiting-world.js';

export interface ProviderAccess {
  /** Undefined when its key is missing. */
  readonly model: LanguageModel | undefined;
  /** Variable of the environment that holds the key; null where none is needed. */
  readonly keyVariable: string | null;
}

/** Bounds of a call that a user may change. */
export type CallRules = Pick<
  ModelAccount,
  'timeoutMs' | 'maxReplyBytes' | 'retries' | 'backoffMs' | 'maxBackoffMs' | 'maxRetryAfterMs'
>;

/**
 * Language models by the name of their provider. Everybody who names the same provider shares its key, and so its
 * limits. A name without an address is a Problem.
 */
export function openLanguageModels(
  settings: Readonly<Record<string, ProviderSettings>>,
  environment: Readonly<Record<string, string | undefined>>,
  rules: Partial<CallRules> = {},
  world?: WaitingWorld,
): (provider: string) => ProviderAccess {
  const opened = new Map<string, ProviderAccess>();
  return (name) => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const {
      name: provider,
      keyNeeded,
      ...account
    } = findProvider(name, Object.hasOwn(settings, name) ? settings[name] : undefined, environment);
    const apiKey = keyOf({ keyNeeded, keyVariable: account.keyVariable }, environment);
    const access: ProviderAccess = {
      keyVariable: account.keyVariable,
      model:
        apiKey === undefined
          ? undefined
          : createLanguageModel({ provider, ...account, apiKey, ...CALL_RULES, ...rules }, world),
    };
    opened.set(name, access);
    return access;
  };
}
