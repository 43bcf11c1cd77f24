import type { Command } from 'commander';
import type { Done } from './arena.js';

/** `torture`: kill -9 again and again, then compare. */
export function addTortureCommand(program: Command, done: Done): void {
  const torture = program
    .command('torture')
    .description('kill a running arena again and again and check that nothing is lost, doubled or different')
    .option('--kills <n>', 'how many kills', '200')
    .option('--seed <n>', 'seed of the random moments', '1')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { tortureCommand } = await import('./torture-command.js');
      done(await tortureCommand(command.opts()));
    });
  torture
    .command('pipeline')
    .description('the same for arena, deployer and paper trader together, one and all, through a whole story')
    .option('--kills <n>', 'how many kills', '300')
    .option('--seed <n>', 'seed of the random moments', '1')
    .option('--hours <n>', 'length of the story in bars', '26')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { torturePipelineCommand } = await import('./torture-pipeline-command.js');
      done(await torturePipelineCommand(command.optsWithGlobals()));
    });
}
