import type { Command } from 'commander';
import type { PaperFlags } from '../paper-flags.js';
import type { Done } from './arena.js';
import { withFolders, withLogOptions } from './folder-options.js';

/** `paper`, `kill` and `resume`. */
export function addPaperCommands(program: Command, done: Done): void {
  const paper = withLogOptions(
    withFolders(
      program
        .command('paper')
        .description('run the paper trader: it follows the arena bar by bar and trades what is deployed')
        .option('--balance <usd>', 'starting cash of a new account')
        .option('--trade-log <file>', 'append every fill to this file too; it is never overwritten')
        .option(
          '--fills <at>',
          'bar: at the next open as in the arena; quote: at the live quote after the decision',
        )
        .option('--exchange-url <url>', 'quotes from an exchange on this machine instead of the real one')
        .option('--detach', 'run in the background; end it with stop')
        .option('--once', 'play the bars that are due and end'),
    ),
  );
  paper.action(async (_options, command: Command) => {
    if (command.opts<{ detach?: boolean }>().detach === true) {
      const { detachCommand } = await import('./detach-command.js');
      done(await detachCommand('paper', command.optsWithGlobals()));
      return;
    }
    const { runPaperCommand } = await import('./run-paper-command.js');
    done(await runPaperCommand(command.optsWithGlobals()));
  });
  withFolders(paper.command('stop').description('ask the one that runs to end, and wait for it')).action(
    async (_options, command: Command) => {
      const { stopCommand } = await import('./stop-command.js');
      done(await stopCommand('paper', command.optsWithGlobals()));
    },
  );
  for (const [name, about] of [
    ['show', 'the account: champion, equity, latches'],
    ['positions', 'what it holds, with protection'],
    ['trades', 'its newest fills'],
  ] as const)
    withFolders(paper.command(name).description(about)).action(async (_options, command: Command) => {
      const { showPaperCommand } = await import('./show-paper-command.js');
      done(showPaperCommand(name, command.optsWithGlobals()));
    });
  withFolders(
    paper
      .command('slippage')
      .description('fills at live quotes against simulated ones, per symbol and hour')
      .option('--export <file>', 'write them as a table of costs for: arena --costs'),
  ).action(async (_options, command: Command) => {
    const { paperSlippageCommand } = await import('./paper-slippage-command.js');
    done(paperSlippageCommand(command.optsWithGlobals()));
  });
  withFolders(
    paper
      .command('reset')
      .description('move the account aside and begin a new one at the next start')
      .option('--yes', 'do not ask'),
  ).action(async (_options, command: Command) => {
    const { resetPaperCommand } = await import('./reset-paper-command.js');
    done(await resetPaperCommand(command.optsWithGlobals()));
  });
  withFolders(
    program
      .command('kill')
      .description('no more entries of the paper trader, from its next bar until resume; exits go on')
      .requiredOption('--reason <text>', 'why')
      .option(
        '--flatten',
        'sell everything as well: at the next open, or at once where it fills at live quotes',
      )
      .option('--contestant <id or name>', 'retire this contestant of the arena instead')
      .option('--due <date>', 'first bar at which the request applies'),
  ).action(async (_options, command: Command) => {
    const flags = command.optsWithGlobals<PaperFlags & { contestant?: string }>();
    if (flags.contestant === undefined) {
      const { paperRequestCommand } = await import('./paper-request-command.js');
      done(paperRequestCommand('kill', flags));
    } else {
      const { killContestantCommand } = await import('./kill-contestant-command.js');
      done(killContestantCommand(flags.contestant, flags));
    }
  });
  withFolders(
    program
      .command('resume')
      .description('entries of the paper trader are allowed again; drawdown counts from its equity then')
      .option('--reason <text>', 'why', 'resumed by hand')
      .option('--due <date>', 'first bar at which the request applies'),
  ).action(async (_options, command: Command) => {
    const { paperRequestCommand } = await import('./paper-request-command.js');
    done(paperRequestCommand('resume', command.optsWithGlobals()));
  });
}
