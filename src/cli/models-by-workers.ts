import { programVersion } from './program-version.js';
import { type ModelAccess, queuedModelAccess } from './wire.js';

export interface ModelsByWorkers {
  /** For `openModelSide`: everybody is asked by workers. */
  around(access: ModelAccess, providers: Readonly<Record<string, unknown>>): ModelAccess;
  close(): Promise<void>;
}

/**
 * Questions to language models as jobs: workers ask, with keys of their environment and within the provider's limit for
 * all of them; prices, budgets and the recording stay here. The Redis must have passed the check of `openJobRunner`.
 */
export function modelsByWorkers(
  env: Readonly<Record<string, string | undefined>>,
  say: (text: string) => void,
): ModelsByWorkers {
  const version = programVersion();
  const opened: { close(): Promise<void> }[] = [];
  const said = new Map<string, string>();
  return {
    around(access, providers) {
      const queued = queuedModelAccess(access, providers, env, version, (provider, _state, text) => {
        if (said.get(provider) !== text) say(`${provider}: ${text}`);
        said.set(provider, text);
      });
      opened.push(queued);
      return queued;
    },
    async close() {
      await Promise.all(opened.splice(0).map((one) => one.close()));
    },
  };
}
