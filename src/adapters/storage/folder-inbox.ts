import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import type { Inbox, InboxContents, InboxMessage, InboxRubbish } from '../../ports/inbox.js';
import { fileProblem } from './atomic-file.js';

const MAX_BYTES = 1_048_576;
const MAX_DEPTH = 32;
const MAX_FILES = 256;
/** A file that is still being written after this long was abandoned. */
const ABANDONED_MS = 3_600_000;
/** A folder whose time stamp is younger than this may have changed again within the same stamp. */
const STAMP_MS = 2_000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json$/;

const EMPTY: InboxContents = { messages: [], rubbish: [], more: false };

/** Requests as files in `<folder>/inbox`, one JSON each, named by their id. */
export function openInbox(folder: string): Inbox {
  const inbox = join(folder, 'inbox');
  const rejected = join(folder, 'inbox-rejected');
  let seenStamp = -1;
  let clean = false;
  return {
    read() {
      const stamp = stampOf(inbox);
      if (stamp === undefined) return EMPTY;
      if (clean && stamp === seenStamp && Date.now() - stamp > STAMP_MS) return EMPTY;
      const contents = readFolder(inbox);
      seenStamp = stamp;
      clean = contents.messages.length === 0 && contents.rubbish.length === 0 && !contents.more;
      return contents;
    },
    remove(id) {
      rmSync(join(inbox, `${id}.json`), { force: true });
    },
    setAside(rubbish) {
      mkdirSync(rejected, { recursive: true });
      const target = join(rejected, rubbish.file);
      if (existsSync(target)) rmSync(target, { recursive: true, force: true });
      if (existsSync(join(inbox, rubbish.file))) renameSync(join(inbox, rubbish.file), target);
      writeFileSync(`${target}.why.txt`, `${rubbish.why}\n`);
    },
  };
}

/** Files a request: written beside, made durable, then renamed into place. */
export function fileRequest(folder: string, id: string, body: unknown): void {
  const inbox = join(folder, 'inbox');
  const target = join(inbox, `${id}.json`);
  if (!NAME.test(`${id}.json`)) throw new Problem('input', `"${id}" cannot be the id of a request`);
  try {
    mkdirSync(inbox, { recursive: true });
    if (existsSync(target)) throw new Problem('input', `${target}: this request has been filed already`);
    const temporary = join(inbox, `.${id}.tmp`);
    const file = openSync(temporary, 'w');
    try {
      writeSync(file, `${JSON.stringify(body, null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    throw error instanceof Problem ? error : fileProblem(target, error);
  }
}

function stampOf(inbox: string): number | undefined {
  return statSync(inbox, { throwIfNoEntry: false })?.mtimeMs;
}

function readFolder(inbox: string): InboxContents {
  const names = readdirSync(inbox).sort();
  const messages: InboxMessage[] = [];
  const rubbish: InboxRubbish[] = [];
  for (const name of names) {
    if (messages.length + rubbish.length >= MAX_FILES) return { messages, rubbish, more: true };
    const path = join(inbox, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (name.startsWith('.') || name.endsWith('.tmp')) {
      if (Date.now() - stats.mtimeMs > ABANDONED_MS) rubbish.push({ file: name, why: 'was never finished' });
      continue;
    }
    const why = !NAME.test(name)
      ? 'a request is named <id>.json, in letters, digits, dots, dashes and underscores'
      : !stats.isFile()
        ? 'is not a plain file'
        : stats.size > MAX_BYTES
          ? `has ${String(stats.size)} bytes, at most ${String(MAX_BYTES)} are read`
          : undefined;
    if (why !== undefined) {
      rubbish.push({ file: name, why });
      continue;
    }
    const parsed = parse(readFileSync(path, 'utf8'));
    if ('why' in parsed) rubbish.push({ file: name, why: parsed.why });
    else messages.push({ id: name.slice(0, -'.json'.length), body: parsed.body });
  }
  return { messages, rubbish, more: false };
}

function parse(text: string): { body: unknown } | { why: string } {
  if (depthOf(text) > MAX_DEPTH) return { why: `is nested deeper than ${String(MAX_DEPTH)} levels` };
  try {
    return { body: JSON.parse(text) as unknown };
  } catch (error) {
    return { why: `is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Deepest nesting, brackets inside strings left out; read before parsing, so that depth costs no stack. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (inString) {
      if (character === 0x5c) i++;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x5b || character === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (character === 0x5d || character === 0x7d) depth--;
  }
  return deepest;
}
