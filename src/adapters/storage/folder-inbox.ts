import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { printable } from '../../core/domain/printable.js';
import { Problem, assertInvariant } from '../../core/domain/problem.js';
import type { Inbox, InboxContents, InboxMessage, InboxRubbish } from '../../ports/inbox.js';
import { fileProblem } from './atomic-file.js';
import { faultPoint } from './fault-point.js';
import { openRejectedFiles } from './rejected-files.js';
import { MAX_REQUEST_BYTES, parseRequest, readRequestFile } from './request-file.js';

/** Bounds of one reading. */
const MAX_FILES = 256;
const MAX_READ_BYTES = 16 * MAX_REQUEST_BYTES;
/** A file that is still being written after this long was abandoned; looked for every so often. */
const ABANDONED_MS = 3_600_000;
const ABANDONED_LOOK_MS = 60_000;
/** A folder whose time stamp is younger than this may change again within the same stamp. */
const STAMP_MS = 2_000;
/** Requests that may wait for their bar at the same time, and files that may lie there and cannot be moved. */
const MAX_POSTPONED = 10_000;
const MAX_STUCK = 10_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json$/;

const EMPTY: InboxContents = { messages: [], rubbish: [], more: false };

interface Listing {
  readonly stampMs: number;
  /** Whether nothing can come under the same stamp any more. */
  readonly final: boolean;
  readonly names: readonly string[];
}

/** Requests as files in `<folder>/inbox`, one JSON each, named by their id. */
export function openInbox(folder: string, nowMs: () => number = Date.now): Inbox {
  const inbox = join(folder, 'inbox');
  const rejected = openRejectedFiles(join(folder, 'inbox-rejected'));
  let listing: Listing | undefined;
  let lookedForAbandonedMs = -Infinity;
  /** By file name: the bar from which on it is read again. */
  const postponed = new Map<string, number>();
  let waiting = 0;
  /** What can be neither moved nor removed: it stays where it is. */
  const stuck = new Set<string>();

  const list = (): Listing | undefined => {
    const stampMs = statSync(inbox, { throwIfNoEntry: false })?.mtimeMs;
    if (stampMs === undefined) return undefined;
    if (listing?.final === true && listing.stampMs === stampMs) return listing;
    // Asked before the folder is listed: what comes later has a later stamp.
    const final = nowMs() - stampMs > STAMP_MS;
    listing = { stampMs, final, names: readdirSync(inbox).sort() };
    return listing;
  };
  const forget = (name: string): void => {
    const untilMs = postponed.get(name);
    if (untilMs !== undefined && untilMs !== Infinity) waiting--;
    postponed.delete(name);
  };
  const isStuck = (name: string): void => {
    if (stuck.size < MAX_STUCK) stuck.add(name);
  };

  return {
    read: (barMs = -Infinity) =>
      guard(inbox, () => {
        const names = list()?.names;
        if (names === undefined || names.length === 0) return EMPTY;
        const now = nowMs();
        const abandonedBeforeMs =
          now - lookedForAbandonedMs >= ABANDONED_LOOK_MS ? now - ABANDONED_MS : undefined;
        if (abandonedBeforeMs !== undefined) lookedForAbandonedMs = now;
        const passedOver = (name: string): boolean => {
          const untilMs = postponed.get(name);
          // Written so that nothing postponed is due at a bar that is not known.
          return (untilMs !== undefined && (untilMs === Infinity || !(untilMs <= barMs))) || stuck.has(name);
        };
        return readFiles(inbox, names, passedOver, abandonedBeforeMs);
      }),
    postpone(id, untilMs) {
      const name = fileOf(id);
      forget(name);
      if (untilMs !== Infinity && waiting >= MAX_POSTPONED) return false;
      if (untilMs !== Infinity) waiting++;
      postponed.set(name, untilMs);
      return true;
    },
    nextDueMs(barMs) {
      let next = Infinity;
      for (const untilMs of postponed.values()) if (untilMs > barMs && untilMs < next) next = untilMs;
      return next;
    },
    remove(id) {
      const name = fileOf(id);
      forget(name);
      try {
        rmSync(join(inbox, name), { force: true });
      } catch {
        // Somebody put a folder there, or took the right away: it is handled, and must not end the process.
        isStuck(name);
      }
    },
    setAside({ file, why }) {
      assertInvariant(
        basename(file) === file && !/^\.*$/.test(file),
        () => `"${printable(file)}" does not lie in the inbox`,
      );
      forget(file);
      if (!rejected.take(join(inbox, file), file, why)) isStuck(file);
    },
  };
}

/**
 * Files a request: written beside, made durable, then renamed into place. The temporary file also keeps out a
 * second sender of the same id; with `again` the sender is the only one of this id, and may have been killed while
 * it filed it before.
 */
export function fileRequest(folder: string, id: string, body: unknown, again = false): void {
  const inbox = join(folder, 'inbox');
  const target = join(inbox, fileOf(id));
  const temporary = join(inbox, `.${id}.tmp`);
  const bytes = Buffer.from(`${JSON.stringify(body, null, 2)}\n`, 'utf8');
  const parsed = parseRequest(bytes);
  if ('why' in parsed) throw new Problem('input', `the request "${id}" ${parsed.why}`);
  guard(target, () => {
    mkdirSync(inbox, { recursive: true });
    if (again && existsSync(target)) return;
    const file = again ? openSync(temporary, 'w') : claim(temporary, id);
    try {
      try {
        if (existsSync(target)) throw new Problem('input', `${target}: this request has been filed already`);
        writeFileSync(file, bytes);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      faultPoint('before-rename');
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    faultPoint('after-rename');
  });
}

function claim(temporary: string, id: string): number {
  try {
    return openSync(temporary, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Problem('input', `the request "${id}" is being filed, or was left unfinished`, {
      hint: `take another id, or delete ${temporary} when nobody is filing it`,
      cause: error,
    });
  }
}

function readFiles(
  inbox: string,
  names: readonly string[],
  passedOver: (name: string) => boolean,
  abandonedBeforeMs: number | undefined,
): InboxContents {
  const messages: InboxMessage[] = [];
  const rubbish: InboxRubbish[] = [];
  let bytes = 0;
  for (const name of names) {
    if (passedOver(name)) continue;
    if (messages.length + rubbish.length >= MAX_FILES || bytes >= MAX_READ_BYTES)
      return { messages, rubbish, more: true };
    const path = join(inbox, name);
    if (name.startsWith('.') || name.endsWith('.tmp')) {
      if (abandonedBeforeMs === undefined) continue;
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats !== undefined && stats.mtimeMs < abandonedBeforeMs)
        rubbish.push({ file: name, why: 'was never finished' });
      continue;
    }
    if (!NAME.test(name)) {
      rubbish.push({
        file: name,
        why: 'a request is named <id>.json, in letters, digits, dots, dashes and underscores',
      });
      continue;
    }
    const read = readRequestFile(path);
    if (read === 'gone') continue;
    if ('why' in read) rubbish.push({ file: name, why: read.why });
    else {
      messages.push({ id: name.slice(0, -'.json'.length), body: read.body });
      bytes += read.bytes;
    }
  }
  return { messages, rubbish, more: false };
}

function fileOf(id: string): string {
  const name = `${id}.json`;
  if (!NAME.test(name)) throw new Problem('input', `"${id}" cannot be the id of a request`);
  return name;
}

function guard<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    // Only what the file system says has a code; the rest is a Problem already, or a mistake in this program.
    throw error instanceof Error && 'code' in error ? fileProblem(path, error) : error;
  }
}
