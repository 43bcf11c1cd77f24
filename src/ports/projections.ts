/** Files for people and other programs, derived from the journal and replaced whole. */
export interface Projections {
  /** Replaces the file in one step: a reader sees the old text or the new one. */
  write(name: string, text: string): void;
  /** Removes the file; does nothing when there is none. */
  remove(name: string): void;
  /** The text as it lies there; undefined when there is none. */
  read(name: string): string | undefined;
}
