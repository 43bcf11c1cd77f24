import type { Note, NoteLevel } from '../../ports/notifier.js';

/** More of one event than this wait as one message. */
const MAX_OF_AN_EVENT = 5;
/** What waits for one place. A replay at full speed and an outage of a week both end here. */
const MAX_WAITING = 100;
/** Titles that a message for many still lists. */
const LISTED = 5;
const ORDER: readonly NoteLevel[] = ['info', 'warning', 'critical'];

/** One message: a note, or the newest of several that became one. */
export interface Waiting {
  readonly note: Note;
  readonly count: number;
  /** Titles of the newest ones. */
  readonly titles: readonly string[];
  readonly fromMs: number;
}

/** The notes that wait for one place: bounded, and many of one event are one. */
export interface WaitingNotes {
  readonly size: number;
  put(note: Note): void;
  /** The next message; undefined when nothing waits. */
  take(): Waiting | undefined;
  /** Puts a message that could not be sent back at the end. */
  putBack(message: Waiting): void;
  /** Counts a message that will not be sent. */
  lose(message: Waiting): void;
  /** How many are lost since the last call. */
  takeLost(): number;
}

export function createWaitingNotes(): WaitingNotes {
  let waiting: Waiting[] = [];
  let lost = 0;
  const add = (entry: Waiting): void => {
    const { event } = entry.note;
    const same = waiting.filter((other) => other.note.event === event);
    if (same.length >= MAX_OF_AN_EVENT) {
      const place = waiting.findIndex((other) => other.note.event === event);
      const merged = [...same, entry].reduce(merge);
      waiting = waiting.filter((other) => other.note.event !== event);
      waiting.splice(place, 0, merged);
    } else waiting.push(entry);
    if (waiting.length > MAX_WAITING) dropLeast();
  };
  /** The oldest of the lowest level. */
  const dropLeast = (): void => {
    const level = ORDER.find((candidate) => waiting.some((entry) => entry.note.level === candidate));
    const index = waiting.findIndex((entry) => entry.note.level === level);
    const [dropped] = waiting.splice(index, 1);
    lost += dropped?.count ?? 0;
  };
  return {
    get size() {
      return waiting.length;
    },
    put(note) {
      add({ note, count: 1, titles: [note.title], fromMs: note.at });
    },
    take: () => waiting.shift(),
    putBack: add,
    lose(message) {
      lost += message.count;
    },
    takeLost() {
      const count = lost;
      lost = 0;
      return count;
    },
  };
}

function merge(earlier: Waiting, later: Waiting): Waiting {
  const level = ORDER[Math.max(ORDER.indexOf(earlier.note.level), ORDER.indexOf(later.note.level))];
  return {
    note: { ...later.note, level: level ?? later.note.level },
    count: earlier.count + later.count,
    titles: [...earlier.titles, ...later.titles].slice(-LISTED),
    fromMs: Number.isNaN(earlier.fromMs) ? later.fromMs : earlier.fromMs,
  };
}

/** What is sent for it. */
export function messageOf({ note, count, titles, fromMs }: Waiting): Note {
  if (count === 1) return note;
  const from = Number.isFinite(fromMs) ? `, the first at ${new Date(fromMs).toISOString()}` : '';
  return {
    ...note,
    title: `${String(count)} times ${note.event}: ${note.title}`,
    text: `${String(count)} of these in a row${from}. The newest:\n${titles.join('\n')}\n\n${note.text}`,
    facts: { ...note.facts, count },
    key: `${note.key}-${String(count)}`,
  };
}
