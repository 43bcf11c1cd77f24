import { resolve } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { type FolderOwner, folderOf } from '../folder-of.js';
import type { PaperFlags } from '../paper-flags.js';
import { rest } from '../rest.js';
import { holderOf, signalHolder } from '../verified-holder.js';
import { probeLock } from '../wire.js';

/** It ends at its next boundary, which is far less than this. */
const END_MS = 5000;
/** An arena may be in the middle of a question to an exchange that does not answer. */
const ARENA_END_MS = 30_000;

/** `arena stop`, `deployer stop`, `paper stop`: asks the process that holds the folder to end, and waits for it. */
export async function stopCommand(name: FolderOwner, flags: PaperFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const deployments = resolve(values.deployments.folder);
  const folder = resolve(folderOf(name, values));
  const holder = holderOf(folder);
  if (holder === null) throw new Problem('not-running', `${folder}: no ${titleOf(name)} is running`);
  if (holder === 'unknown' || !signalHolder(folder, holder, 'SIGTERM'))
    throw new Problem('degraded', `${folder} is in use, and the process cannot be told or signalled`, {
      hint: `see ${folder}/lock.json, and end that process where it was started`,
    });
  await rest(name === 'arena' ? ARENA_END_MS : END_MS, () => holderOf(folder) !== holder);
  const stopped = holderOf(folder) !== holder;
  output.answer({ pid: holder, stopped });
  if (!stopped)
    throw new Problem('degraded', `the ${titleOf(name)} (${String(holder)}) was asked and goes on`, {
      hint: 'npm run status tells whether it hangs; ending it hard loses nothing that was committed',
    });
  output.say(`the ${titleOf(name)} (${String(holder)}) has stopped`);
  if (name === 'paper' && probeLock(deployments).locked)
    output.say('a deployer runs and may start it again: npm run deployer -- stop');
  return EXIT.fine;
}

function titleOf(name: string): string {
  return name === 'paper' ? 'paper trader' : name;
}
