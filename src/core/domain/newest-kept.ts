/** The few things that were used last, by name: a long run must not keep all that it ever saw. */
export interface NewestKept<T> {
  /** Also makes it the one that was used last. */
  get(name: string): T | undefined;
  /** Keeps it, and returns what went for it. */
  set(name: string, value: T): readonly (readonly [name: string, value: T])[];
}

export function newestKept<T>(most: number): NewestKept<T> {
  const kept = new Map<string, T>();
  return {
    get(name) {
      const value = kept.get(name);
      if (value === undefined) return undefined;
      kept.delete(name);
      kept.set(name, value);
      return value;
    },
    set(name, value) {
      kept.delete(name);
      kept.set(name, value);
      const gone: [string, T][] = [];
      for (const oldest of kept) {
        if (kept.size <= most) break;
        kept.delete(oldest[0]);
        gone.push(oldest);
      }
      return gone;
    },
  };
}
