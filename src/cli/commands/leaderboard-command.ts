import { resolve } from 'node:path';
import { Problem } from '../../core/domain/problem.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { folderProjections } from '../wire.js';

/** `arena leaderboard`: the projection as the arena last wrote it. */
export function leaderboardCommand(flags: ArenaFlags): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.state.folder);
  const text = folderProjections(folder).read(output.json ? 'leaderboard.json' : 'leaderboard.txt');
  if (text === undefined)
    throw new Problem('not-running', `${folder}: no leaderboard yet`, {
      hint: 'run the arena first: npm run arena',
    });
  process.stdout.write(text);
  return EXIT.fine;
}
