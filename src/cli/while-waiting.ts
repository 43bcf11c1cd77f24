const EVERY_MS = 1000;

/** Calls `show` once a second until the promise settles: whoever waits long still lives. */
export async function whileWaiting<T>(promise: Promise<T>, show: (waitedMs: number) => void): Promise<T> {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    show(performance.now() - startedAt);
  }, EVERY_MS);
  try {
    return await promise;
  } finally {
    clearInterval(timer);
  }
}
