import { resolve } from 'node:path';
import { configFor } from '../arena-config.js';
import { confirmed } from '../ask.js';
import { EXIT } from '../exit-codes.js';
import { moveAside } from '../move-aside.js';
import { createOutput } from '../output.js';
import { takeFolder } from '../wire.js';
import type { PaperFlags } from '../paper-flags.js';

/** `paper reset`: moves the account aside, never deletes it; asks unless told not to. */
export async function resetPaperCommand(flags: PaperFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.paper.folder);
  const lock = takeFolder(folder);
  try {
    if (flags.yes !== true && !(await confirmed(`move the paper account in ${folder} aside?`))) {
      output.say('nothing was changed');
      return EXIT.fine;
    }
    const aside = moveAside(folder, Date.now());
    output.say(aside === undefined ? 'there was no account' : `the account was moved to ${aside}`);
    output.answer({ movedTo: aside ?? null });
    return EXIT.fine;
  } finally {
    lock.release();
  }
}
