import type { Command } from 'commander';
import type { Done } from './arena.js';
import { withFolders } from './folder-options.js';

type Part = 'arena' | 'paper' | 'deployments';

/** `verify`, and the same for the paper account and the deployer alone. */
export function addVerifyCommands(program: Command, done: Done): void {
  const add = (command: Command, parts: readonly Part[], replays: boolean): void => {
    withFolders(
      replays ? command.option('--replay', 'play everything again from the candles as well') : command,
    ).action(async (_options, self: Command) => {
      const { verifyAllCommand } = await import('./verify-all-command.js');
      done(await verifyAllCommand(parts, self.optsWithGlobals()));
    });
  };
  const about = 'check its state and files against its journal; reads only';
  const named = (name: string): Command | undefined =>
    program.commands.find((command) => command.name() === name);
  const paper = named('paper')?.command('verify').description(about);
  const deployer = named('deployer')?.command('verify').description(about);
  if (paper !== undefined) add(paper, ['paper'], true);
  if (deployer !== undefined) add(deployer, ['deployments'], false);
  const all = program
    .command('verify')
    .description('check arena, paper account and deployer against their journals and each other; reads only');
  add(all, ['arena', 'paper', 'deployments'], true);
}
