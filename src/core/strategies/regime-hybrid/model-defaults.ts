/** Kinds that may leave provider and model to the settings of the machine; the file's own words win. */
export const KINDS_WITH_MODEL_DEFAULTS: readonly string[] = ['regime-hybrid', 'llm-direct', 'llm-trader'];

export interface ModelDefaults {
  readonly provider: string;
  readonly model: string;
}

export const DEFAULT_MODEL: ModelDefaults = { provider: 'openai', model: 'gpt-4o-mini' };

/** Fills what raw parameters leave open. The default model is the default provider's: another provider needs its own. */
export function withModelDefaults(
  raw: Readonly<Record<string, unknown>>,
  defaults: ModelDefaults,
): Record<string, unknown> {
  const provider = raw['provider'] ?? defaults.provider;
  const model = raw['model'] ?? (provider === defaults.provider ? defaults.model : undefined);
  return { ...raw, provider, ...(model === undefined ? {} : { model }) };
}
