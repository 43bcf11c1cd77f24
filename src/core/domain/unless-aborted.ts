/** What the work gives; undefined when the signal came first: the work goes on, and nobody waits for it. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  if (signal === undefined) return work;
  let hear: () => void = () => undefined;
  const aborted = new Promise<undefined>((done) => {
    hear = () => {
      done(undefined);
    };
  });
  if (signal.aborted) hear();
  else signal.addEventListener('abort', hear);
  // Whatever becomes of it when nobody waits any more.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', hear);
  }
}
