export interface UsedMemory {
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/** What the process holds; without what could be thrown away, where it was started with --expose-gc. */
export function measureMemory(): UsedMemory {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed };
}
