/** Arena, paper trader and a study may begin at the same moment and write the same recording. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { openRecordings } from '../../src/adapters/storage/sqlite-recordings.js';
import { ROOT, ended, temporaryFolder } from '../support/cli.js';

const { path: root, remove } = temporaryFolder();
afterAll(remove);

const BUILT = pathToFileURL(join(ROOT, 'dist/adapters/storage/sqlite-recordings.js')).href;
const CALLS = 25;
/** Opens the file when it is told to, so that all do so at once, and writes. */
const WRITER = `
  const { openRecordings } = await import(${JSON.stringify(BUILT)});
  process.stdout.write('ready');
  await new Promise((go) => process.stdin.once('data', go));
  const [file, run] = process.argv.slice(1);
  const recordings = openRecordings(file);
  for (let i = 0; i < ${String(CALLS)}; i++)
    recordings.add({
      request: 'same', run, atMs: i, structured: false, latencyMs: 1, attempts: 1, calledAtMs: 0,
      question: {
        slot: 's', setup: { provider: 'p', model: 'm', temperature: null, maxTokens: 1 },
        trial: 1, probe: 0, system: 'y', user: 'u', form: 'signals',
      },
      answer: {
        kind: 'failed', fault: 'late', why: '', costUsd: 0,
        usage: { inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
      },
    });
  recordings.close();
  process.exit(0);
`;

it(
  'a recording is made by several processes at once, and no call of any is lost',
  { timeout: 60_000 },
  async () => {
    const file = join(root, 'new', 'calls.sqlite');
    const runs = ['arena', 'paper', 'study'];
    const children = runs.map((run) =>
      spawn(process.execPath, ['--input-type=module', '-e', WRITER, file, run], {
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    );
    const ends = children.map(ended);
    let said = '';
    for (const { stderr } of children) stderr.on('data', (part: Buffer) => (said += part.toString()));
    await Promise.all(children.map(({ stdout }) => new Promise((ready) => stdout.once('data', ready))));
    for (const { stdin } of children) stdin.write('go');
    expect(
      (await Promise.all(ends)).map(({ code }) => code),
      said,
    ).toEqual([0, 0, 0]);
    const recordings = openRecordings(file, { readOnly: true });
    const written = recordings.find('same').map(({ run, atMs }) => `${run} ${String(atMs)}`);
    recordings.close();
    expect(written.sort()).toEqual(
      runs.flatMap((run) => Array.from({ length: CALLS }, (_, i) => `${run} ${String(i)}`)).sort(),
    );
  },
);
