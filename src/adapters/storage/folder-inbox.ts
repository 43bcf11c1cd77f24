import { createHash } from 'node:crypto';
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
import { Problem, assertInvariant } from '../../core/domain/problem.js';
import type { Inbox, InboxContents, InboxMessage, InboxRubbish } from '../../ports/inbox.js';
import { fileProblem } from './atomic-file.js';
import { faultPoint } from './fault-point.js';
import { MAX_REQUEST_BYTES, parseRequest, readRequestFile } from './request-file.js';

/** Bounds of one reading. */
const MAX_FILES = 256;
const MAX_READ_BYTES = 16 * MAX_REQUEST_BYTES;
/** A file that is still being written after this long was abandoned. */
const ABANDONED_MS = 3_600_000;
/** A folder whose time stamp is younger than this may change again within the same stamp. */
const STAMP_MS = 2_000;
/** Leaves room for `.why.txt` in the 255 bytes that file systems allow. */
const MAX_NAME_BYTES = 200;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json$/;

const EMPTY: InboxContents = { messages: [], rubbish: [], more: false };

/** Requests as files in `<folder>/inbox`, one JSON each, named by their id. */
export function openInbox(folder: string, nowMs: () => number = Date.now): Inbox {
  const inbox = join(folder, 'inbox');
  const rejected = join(folder, 'inbox-rejected');
  /** The stamp under which the folder was seen empty, when nothing can come under that same stamp any more. */
  let emptyStampMs: number | undefined;
  return {
    read: () =>
      guard(inbox, () => {
        const stampMs = statSync(inbox, { throwIfNoEntry: false })?.mtimeMs;
        if (stampMs === undefined || stampMs === emptyStampMs) return EMPTY;
        // Asked before the folder is listed: what comes later has a later stamp.
        const now = nowMs();
        const names = readdirSync(inbox).sort();
        emptyStampMs = names.length === 0 && now - stampMs > STAMP_MS ? stampMs : undefined;
        return readFiles(inbox, names, now);
      }),
    remove(id) {
      const path = join(inbox, fileOf(id));
      guard(path, () => {
        rmSync(path, { force: true });
      });
    },
    setAside(rubbish) {
      const { file } = rubbish;
      assertInvariant(
        basename(file) === file && !/^\.*$/.test(file),
        () => `"${file}" does not lie in the inbox`,
      );
      const source = join(inbox, file);
      guard(source, () => {
        if (lstatSync(source, { throwIfNoEntry: false }) === undefined) return;
        mkdirSync(rejected, { recursive: true });
        // The last rejection of a name is kept: a sender that repeats itself does not fill the disk.
        const target = join(rejected, shortName(file));
        rmSync(target, { recursive: true, force: true });
        writeFileSync(`${target}.why.txt`, `${file}: ${rubbish.why}\n`);
        renameSync(source, target);
      });
    },
  };
}

/**
 * Files a request: written beside, made durable, then renamed into place. The temporary file also keeps out a
 * second sender of the same id.
 */
export function fileRequest(folder: string, id: string, body: unknown): void {
  const inbox = join(folder, 'inbox');
  const target = join(inbox, fileOf(id));
  const temporary = join(inbox, `.${id}.tmp`);
  const bytes = Buffer.from(`${JSON.stringify(body, null, 2)}\n`, 'utf8');
  const parsed = parseRequest(bytes);
  if ('why' in parsed) throw new Problem('input', `the request "${id}" ${parsed.why}`);
  guard(target, () => {
    mkdirSync(inbox, { recursive: true });
    const file = claim(temporary, id);
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

function readFiles(inbox: string, names: readonly string[], nowMs: number): InboxContents {
  const messages: InboxMessage[] = [];
  const rubbish: InboxRubbish[] = [];
  let bytes = 0;
  for (const name of names) {
    if (messages.length + rubbish.length >= MAX_FILES || bytes >= MAX_READ_BYTES)
      return { messages, rubbish, more: true };
    const path = join(inbox, name);
    if (name.startsWith('.') || name.endsWith('.tmp')) {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats !== undefined && nowMs - stats.mtimeMs > ABANDONED_MS)
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

function shortName(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  return `${name.slice(0, 40)}-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

function guard<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    // Only what the file system says has a code; the rest is a Problem already, or a mistake in this program.
    throw error instanceof Error && 'code' in error ? fileProblem(path, error) : error;
  }
}
