import type { StoredRound } from '../ports/arena-store.js';
import type { Note, Notifier } from '../ports/notifier.js';

/** Up to which round everything was told, kept outside the journal: it changes no result. */
export interface ToldMark {
  read(): number | undefined;
  write(seq: number): void;
}

export interface RoundTeller {
  /** Tells what these rounds, durable by now, have for people. */
  committed(rounds: readonly StoredRound[]): void;
  /** Gives notes on their way a moment; what was not sent is told again by the next process. */
  close(timeoutMs: number): Promise<void>;
}

/** No further back than this is told again after a crash. */
const MAX_ROUNDS_BACK = 1_000;

/**
 * Tells rounds at least once. The mark moves on only when all notes up to there have left, so a process that dies
 * between commit and sending leaves them to the next one; they keep their keys, by which a second one is known.
 */
export function openRoundTeller(
  notifier: Notifier,
  notesOf: (rounds: readonly StoredRound[]) => readonly Note[],
  mark: ToldMark,
  lastSeq: number,
  roundsFrom: (seq: number) => Iterable<StoredRound>,
): RoundTeller {
  let toldSeq = lastSeq;
  let marked = mark.read();
  /** Whether notes were told since the mark moved. */
  let outstanding = false;
  const tell = (rounds: readonly StoredRound[]): void => {
    const notes = notesOf(rounds);
    // Of the rounds before these: the notes of these have not left yet.
    if (outstanding || notes.length > 0) moveMark();
    for (const note of notes) notifier.tell(note);
    outstanding ||= notes.length > 0;
    toldSeq = rounds.at(-1)?.seq ?? toldSeq;
  };
  const moveMark = (): void => {
    if (marked === toldSeq || !notifier.settled()) return;
    mark.write(toldSeq);
    marked = toldSeq;
    outstanding = false;
  };
  // Without a mark, or with one of another journal, what happened before is history and not news.
  if (marked !== undefined && marked < lastSeq) {
    toldSeq = marked;
    tell(
      [...roundsFrom(Math.max(marked + 1, lastSeq - MAX_ROUNDS_BACK + 1))].filter(
        ({ seq }) => seq <= lastSeq,
      ),
    );
  } else moveMark();
  return {
    committed: tell,
    async close(timeoutMs) {
      await notifier.close(timeoutMs);
      moveMark();
    },
  };
}
