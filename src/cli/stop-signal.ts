/** Two signals closer than this are one: a terminal and npm both send it. */
const SAME_SIGNAL_MS = 500;

export interface StopSignal {
  requested(): boolean;
  /** Aborted with the first signal, for whatever waits. */
  readonly signal: AbortSignal;
  /** Takes the handlers away again. */
  dispose(): void;
}

const AT_THE_ROUND = '\nstopping at the end of this round; once more to stop at once';

/** First SIGINT or SIGTERM asks for a stop, which an arena heeds at the next round boundary; a second one ends at once. */
export function listenForStop(say: (text: string) => void, words = AT_THE_ROUND): StopSignal {
  let firstMs: number | undefined;
  const asked = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstMs === undefined) {
      firstMs = now;
      asked.abort('stopped');
      say(words);
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
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
