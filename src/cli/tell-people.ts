import { z } from 'zod';
import { type RoundTeller, openRoundTeller } from '../app/tell-rounds.js';
import { Problem } from '../core/domain/problem.js';
import type { ArenaStore, StoredRound } from '../ports/arena-store.js';
import type { Note, Notifier } from '../ports/notifier.js';
import { folderProjections, notePlaces, notifier } from './wire.js';

/** The end of a process waits so long for notes on their way: a stop takes less than two seconds in all. */
export const NOTES_AT_END_MS = 1_000;
const MARK = '.told.json';
const markSchema = z.looseObject({ seq: z.int() });

/** Tells the rounds of a folder's journal to the places that the environment names; does nothing when there are none. */
export function tellPeople(
  folder: string,
  store: ArenaStore,
  notesOf: (rounds: readonly StoredRound[]) => readonly Note[],
  say: (text: string) => void,
): RoundTeller {
  if (!anyPlace(say)) return { committed: () => {}, close: () => Promise.resolve() };
  const files = folderProjections(folder);
  return openRoundTeller(
    notifier(say),
    notesOf,
    {
      read: () => readMark(files.read(MARK)),
      write(seq) {
        files.write(MARK, `${JSON.stringify({ seq })}\n`);
      },
    },
    store.lastCommit()?.seq ?? 0,
    (seq) => store.rounds(seq),
  );
}

/** Tells what is in no journal: that a process died, or came back. Does nothing when there is no place. */
export function tellNow(say: (text: string) => void): Pick<Notifier, 'tell' | 'close'> {
  if (!anyPlace(say)) return { tell: () => {}, close: () => Promise.resolve() };
  return notifier(say);
}

/** An address that cannot be used keeps nobody from trading: it is said, and `notify test` fails on it. */
function anyPlace(say: (text: string) => void): boolean {
  try {
    return notePlaces().length > 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(`nobody is told by notes: ${error.message}`);
    return false;
  }
}

function readMark(text: string | undefined): number | undefined {
  try {
    return markSchema.safeParse(JSON.parse(text ?? 'null')).data?.seq;
  } catch {
    // Torn or edited: what happened until now is history.
    return undefined;
  }
}
