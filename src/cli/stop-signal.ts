/** Two signals closer than this are one: a terminal and npm both send it. */
const SAME_SIGNAL_MS = 500;

export interface StopSignal {
  requested(): boolean;
  /** Aborted with the first signal, for whatever waits. */
  readonly signal: AbortSignal;
  /** Takes the handlers away again. */
  dispose(): void;
}

/** First SIGINT or SIGTERM asks for a stop at the next round boundary, or where `at` says; a second one ends at once. */
export function listenForStop(say: (text: string) => void, at = 'at the end of this round'): StopSignal {
  let firstMs: number | undefined;
  const asked = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstMs === undefined) {
      firstMs = now;
      asked.abort('stopped');
      say(`\nstopping ${at}; once more to stop at once`);
      return;
    }
    if (now - firstMs < SAME_SIGNAL_MS) return;
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    requested: () => firstMs !== undefined,
    signal: asked.signal,
    dispose() {
      const off = (): void => {
        process.off('SIGINT', onSignal);
        process.off('SIGTERM', onSignal);
      };
      const sameForMs = firstMs === undefined ? 0 : firstMs + SAME_SIGNAL_MS - performance.now();
      // Whoever is done so soon would be ended by the other half of the signal that it has heeded.
      if (sameForMs > 0) setTimeout(off, sameForMs).unref();
      else off();
    },
  };
}
