import { traceOf } from './open-optuna-database.js';

/** A file that changed this lately may change again without its time saying so. */
const SETTLED_MS = 100;

/** What was read of files, each until it changes. */
export interface KeptReadings<T> {
  /** The kept reading, or a new one. What `read` throws is thrown, and nothing is kept then. */
  of(path: string, read: () => T): T;
  /** The last one, whether or not the file is still the same. */
  last(path: string): T | undefined;
  /** Forgets all other files. */
  keepOnly(paths: readonly string[]): void;
}

export function keepReadings<T>(): KeptReadings<T> {
  const kept = new Map<string, { readonly trace: string; readonly reading: T }>();
  return {
    of(path, read) {
      const trace = traceOf(path);
      const before = kept.get(path);
      if (before?.trace === trace) return before.reading;
      const sinceMs = Date.now();
      const reading = read();
      kept.set(path, { trace: newestMs(trace) < sinceMs - SETTLED_MS ? trace : '', reading });
      return reading;
    },
    last: (path) => kept.get(path)?.reading,
    keepOnly(paths) {
      const wanted = new Set(paths);
      for (const path of kept.keys()) if (!wanted.has(path)) kept.delete(path);
    },
  };
}

/** Of the file and its companions; 0 when there is none. */
function newestMs(trace: string): number {
  return Math.max(0, ...[...trace.matchAll(/:(\d+)(?= |$)/g)].map((match) => Number(match[1]) / 1e6));
}
