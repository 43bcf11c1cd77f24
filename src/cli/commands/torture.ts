import type { Command } from 'commander';
import type { Done } from './arena.js';

/** `torture`: kill -9 again and again, then compare. */
export function addTortureCommand(program: Command, done: Done): void {
  program
    .command('torture')
    .description('kill a running arena again and again and check that nothing is lost, doubled or different')
    .option('--kills <n>', 'how many kills', '200')
    .option('--seed <n>', 'seed of the random moments', '1')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { tortureCommand } = await import('./torture-command.js');
      done(await tortureCommand(command.opts()));
    });
}
