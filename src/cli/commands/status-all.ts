import type { Command } from 'commander';
import type { Done } from './arena.js';
import { withFolders } from './folder-options.js';

/** `status`. */
export function addStatusCommand(program: Command, done: Done): void {
  withFolders(
    program
      .command('status')
      .description('arena, deployer and paper trader: who runs, how far, and what is wrong; reads only')
      .option('--watch', 'show it every second until Ctrl-C'),
  ).action(async (_options, command: Command) => {
    const { statusAllCommand } = await import('./status-all-command.js');
    done(await statusAllCommand(command.optsWithGlobals()));
  });
}
