import type { LoadedConfig, Origin } from './load-config.js';
import { SETTINGS } from './settings.js';

export interface ConfigRow {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
  readonly description: string;
}

/** Every setting with its effective value and who set it. */
export function describeConfig(loaded: LoadedConfig): ConfigRow[] {
  return SETTINGS.map(({ path, description }) => {
    let value: unknown = loaded.values;
    for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
    return {
      key: path,
      value: value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value),
      origin: loaded.origins[path] ?? 'default',
      description,
    };
  });
}
