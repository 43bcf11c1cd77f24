import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import { configFor } from '../arena-config.js';
import { startInBackground } from '../background.js';
import { EXIT, kindOfExit } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { type FolderOwner, folderOf } from '../folder-of.js';
import type { PaperFlags } from '../paper-flags.js';
import { readHeartbeat } from '../read-heartbeat.js';
import { rest } from '../rest.js';
import { holderOf } from '../verified-holder.js';

/** Loading a large market comes before the first heartbeat. */
const START_MS = 60_000;
/** How much of a log is shown when the process ends at once. */
const SHOWN_LINES = 20;

/** `--detach`: the same command in the background. Returns when it has its folder and has looked once, or ends as it did. */
export async function detachCommand(name: FolderOwner, flags: PaperFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const folder = resolve(folderOf(name, values));
  // The same words again, but for the one that brought us here.
  const words = process.argv.slice(2);
  const args = (words[0] === name ? words.slice(1) : words).filter((word) => word !== '--detach');
  const { child, log: ownLog, raw } = startInBackground(values, name, args);
  let ended: { code: number | null } | undefined;
  child.on('exit', (code) => (ended = { code }));
  child.on('error', () => (ended = { code: null }));
  const works = (): boolean => {
    const heartbeat = readHeartbeat(folder);
    return (
      heartbeat !== undefined &&
      heartbeat !== 'torn' &&
      heartbeat.pid === child.pid &&
      heartbeat.status !== 'starting' &&
      holderOf(folder) === child.pid
    );
  };
  await rest(START_MS, () => ended !== undefined || works());
  const code = (ended as { code: number | null } | undefined)?.code;
  // An arena that plays what has been keeps no log of its own.
  const log = existsSync(ownLog) ? ownLog : raw;
  if (code !== undefined && code !== 0) {
    process.stderr.write(
      `${readFileSync(raw, 'utf8').trimEnd().split('\n').slice(-SHOWN_LINES).join('\n')}\n`,
    );
    throw new Problem(kindOfExit(code), `the ${name} ended at once (${String(code ?? 'a signal')})`, {
      hint: `its words are above and in ${log}`,
    });
  }
  const isStarting = code === undefined && !works() && startsStill(folder, child.pid);
  if (code === undefined && !works() && !isStarting)
    throw new Problem(
      'degraded',
      `process ${String(child.pid)} has no heartbeat after ${String(START_MS / 1000)} s`,
      {
        hint: `it goes on; see ${log}`,
      },
    );
  output.answer({ pid: child.pid ?? null, log, running: code === undefined });
  output.say(
    `${name} ${isStarting ? 'is still reading its market' : code === undefined ? 'runs' : 'has ended in order'}: pid ${String(child.pid)}, log ${log}`,
  );
  return EXIT.fine;
}

/** A long history takes longer than anybody waits here. */
function startsStill(folder: string, pid: number | undefined): boolean {
  const heartbeat = readHeartbeat(folder);
  return heartbeat !== undefined && heartbeat !== 'torn' && heartbeat.pid === pid;
}
