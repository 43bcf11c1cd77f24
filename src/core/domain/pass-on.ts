/** Ends `to` when the signal ends, with its reason, until released. Nothing stays at the signal then. */
export function passOn(signal: AbortSignal | null | undefined, to: AbortController): () => void {
  if (signal == null) return () => undefined;
  const end = (): void => {
    to.abort(signal.reason);
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return () => {
    signal.removeEventListener('abort', end);
  };
}
