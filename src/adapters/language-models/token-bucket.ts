/**
 * A limit a minute as a bucket that fills steadily up to one minute's worth. A taker is told how long to wait and its
 * part is gone at once, so that takers are served in the order in which they came and nobody has to ask twice. Pure:
 * time is an argument, in milliseconds of a clock that only goes forward.
 */
export interface TokenBucket {
  readonly perMinute: number;
  /** Below zero while parts are promised that are not there yet. */
  level: number;
  atMs: number;
}

export function openBucket(perMinute: number, nowMs: number): TokenBucket {
  return { perMinute, level: perMinute, atMs: nowMs };
}

/** Takes a part and says after how many milliseconds it may be used. More than a minute's worth waits for a full bucket. */
export function takeFrom(bucket: TokenBucket, amount: number, nowMs: number): number {
  refill(bucket, nowMs);
  const part = Math.min(amount, bucket.perMinute);
  bucket.level -= part;
  return bucket.level >= 0 ? 0 : (-bucket.level / bucket.perMinute) * 60_000;
}

/** Gives back what was taken and not used; a negative amount takes what was used beyond it. */
export function giveBack(bucket: TokenBucket, amount: number, nowMs: number): void {
  refill(bucket, nowMs);
  bucket.level = Math.min(bucket.perMinute, bucket.level + amount);
}

function refill(bucket: TokenBucket, nowMs: number): void {
  const grown = (Math.max(0, nowMs - bucket.atMs) / 60_000) * bucket.perMinute;
  bucket.level = Math.min(bucket.perMinute, bucket.level + grown);
  bucket.atMs = Math.max(bucket.atMs, nowMs);
}
