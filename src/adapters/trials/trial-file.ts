import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** What a file with trials can be, by how it begins. */
export type TrialFileKind = 'sqlite' | 'journal' | 'json' | 'empty';

const SQLITE = 'SQLite format 3\u0000';
/** Optuna's first line creates a study, with these keys in this order: json.dumps keeps the order of a dict. */
const JOURNAL = /^\{\s*"(op_code|worker_id)"/;
/** A journal whose first line is being written. */
const FIRST_KEY = '{"op_code":';
const JSON_BEGINS = /^\s*[[{]/;
const HEAD_BYTES = 200;

/** Throws an Error in words for what is no file, or none with trials. */
export function trialFileKind(path: string): TrialFileKind {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error('there is no such file');
  if (stats.isDirectory()) throw new Error('it is a folder, expected a file');
  // Reading a pipe would wait for somebody to write into it.
  if (!stats.isFile()) throw new Error('it is no ordinary file');
  if (stats.size === 0) return 'empty';
  const head = Buffer.alloc(HEAD_BYTES);
  const file = openSync(path, 'r');
  let length: number;
  try {
    length = readSync(file, head, 0, HEAD_BYTES, 0);
  } finally {
    closeSync(file);
  }
  const text = head.toString('latin1', 0, length);
  if (text.startsWith(SQLITE)) return 'sqlite';
  if (JOURNAL.test(text) || FIRST_KEY.startsWith(text)) return 'journal';
  if (JSON_BEGINS.test(text)) return 'json';
  throw new Error(`it is no Optuna storage and no JSON: it begins with ${JSON.stringify(text.slice(0, 12))}`);
}
