/**
 * A gzip file of any size, unzipped while the caller waits. Node unzips in chunks only for those who can
 * await them; so another thread awaits, and hands the chunks over through shared memory.
 */
import { Worker } from 'node:worker_threads';

export interface GunzipOptions {
  readonly chunkBytes: number;
  readonly onText: (bytes: Uint8Array) => void;
  /** The bytes as they lie on disk. */
  readonly onRaw?: ((bytes: Uint8Array) => void) | undefined;
}

/** One chunk is filled while the other is read. */
const SLOTS = 2;
/** For each slot: whose turn it is, what is in it, how many bytes of it. */
const WORDS = 3;
const FILLED = 1;
const KIND = { text: 0, raw: 1, end: 2, failure: 3 } as const;
/** A disk that gives nothing for so long gives nothing. */
const MAX_SILENCE_MS = 300_000;

/** Plain JavaScript in a string, so that it runs from sources and from a build alike. */
const THREAD = `
const { createReadStream } = require('node:fs');
const { pipeline } = require('node:stream/promises');
const { workerData } = require('node:worker_threads');
const { createGunzip } = require('node:zlib');
const { file, chunkBytes, turns, chunks, showsRaw } = workerData;
const words = new Int32Array(turns);
let turn = 0;
function send(kind, bytes) {
  const slot = turn++ % ${String(SLOTS)};
  const word = slot * ${String(WORDS)};
  Atomics.wait(words, word, ${String(FILLED)});
  new Uint8Array(chunks, slot * chunkBytes, bytes.length).set(bytes);
  words[word + 1] = kind;
  words[word + 2] = bytes.length;
  Atomics.store(words, word, ${String(FILLED)});
  Atomics.notify(words, word);
}
async function* shown(source) {
  for await (const bytes of source) {
    if (showsRaw) send(${String(KIND.raw)}, bytes);
    yield bytes;
  }
}
async function sendText(source) {
  for await (const bytes of source) send(${String(KIND.text)}, bytes);
}
pipeline(createReadStream(file, { highWaterMark: chunkBytes }), shown, createGunzip({ chunkSize: chunkBytes }), sendText).then(
  () => send(${String(KIND.end)}, new Uint8Array(0)),
  (error) => send(${String(KIND.failure)}, Buffer.from(JSON.stringify({ message: error.message, code: error.code })).subarray(0, chunkBytes)),
);
`;

/** Returns when all of the file has been shown. Throws what Node says of the file or its gzip, with its code. */
export function gunzipInThread(file: string, { chunkBytes, onText, onRaw }: GunzipOptions): void {
  const turns = new SharedArrayBuffer(SLOTS * WORDS * Int32Array.BYTES_PER_ELEMENT);
  const chunks = new SharedArrayBuffer(SLOTS * chunkBytes);
  const words = new Int32Array(turns);
  // What is shared is copied once: not everything that reads bytes takes shared ones.
  const own = new Uint8Array(chunkBytes);
  const thread = new Worker(THREAD, {
    eval: true,
    execArgv: [],
    workerData: { file, chunkBytes, turns, chunks, showsRaw: onRaw !== undefined },
  });
  thread.unref();
  try {
    for (let turn = 0; ; turn++) {
      const slot = turn % SLOTS;
      const word = slot * WORDS;
      if (Atomics.wait(words, word, 0, MAX_SILENCE_MS) === 'timed-out')
        throw new Error(`${file}: nothing was read for ${String(MAX_SILENCE_MS / 1000)} s`);
      const shared = new Uint8Array(chunks, slot * chunkBytes, words[word + 2]);
      const kind = words[word + 1];
      own.set(shared);
      Atomics.store(words, word, 0);
      Atomics.notify(words, word);
      const bytes = own.subarray(0, shared.length);
      if (kind === KIND.end) return;
      if (kind === KIND.failure) throw failureOf(bytes);
      if (kind === KIND.raw) onRaw?.(bytes);
      else onText(bytes);
    }
  } finally {
    void thread.terminate();
  }
}

/** The thread's error as if it had been thrown here. */
function failureOf(bytes: Uint8Array): Error {
  const { message, code } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
    message: string;
    code?: string;
  };
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
