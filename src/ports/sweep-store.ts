/**
 * Where a sweep keeps what it has done: rows in their order, and a checkpoint that counts them. A crash at any moment
 * leaves the newest checkpoint and exactly the rows that it counts.
 */
export interface SweepStore {
  /** What the newest checkpoint says; undefined where none was made. Whoever wrote it parses it. */
  readonly found: unknown;
  /** Text at the end of the rows; it counts from the next commit on. */
  append(text: string): void;
  /** Makes the rows durable, then the checkpoint that counts them. */
  commit(checkpoint: unknown): void;
  close(): void;
}
