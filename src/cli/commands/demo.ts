import type { Command } from 'commander';
import type { Done } from './arena.js';

/** `demo`: the whole story in less than a minute. */
export function addDemoCommand(program: Command, done: Done): void {
  program
    .command('demo')
    .description('the whole story on generated prices: training, arena, approval, hand-over, crash, rollback')
    .option('--dir <dir>', 'folder that is made for it and stays (default: a temporary one)')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { demoCommand } = await import('./demo-command.js');
      done(demoCommand(command.opts()));
    });
}
