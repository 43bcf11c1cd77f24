import type { Command } from 'commander';
import type { Done } from './arena.js';

/** `notify test`. */
export function addNotifyCommands(program: Command, done: Done): void {
  const notify = program
    .command('notify')
    .description('notes to a chat or another program: NOTIFY_WEBHOOK_URL and others, see .env.example');
  notify
    .command('test')
    .description('send a test note to every place that the environment names, and say what came back')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (flags: { json?: boolean }) => {
      const { notifyTestCommand } = await import('./notify-test-command.js');
      done(await notifyTestCommand(flags));
    });
}
