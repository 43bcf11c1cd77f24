import { type Command, Option } from 'commander';
import type { Done } from './arena.js';
import { withFolders, withLogOptions } from './folder-options.js';

/** `deployer`, `approve` and `rollback`. */
export function addDeployerCommands(program: Command, done: Done): void {
  const deployer = withLogOptions(
    withFolders(
      program
        .command('deployer')
        .description(
          'deploy the best trial at once, feed nine to the arena, act on approvals, keep the paper trader at work',
        )
        .option('--hybrid-mode', 'feed the arena as well; without it only trials are deployed')
        .option('--detach', 'run in the background; end it with stop')
        .option('--once', 'look once and end')
        .option(
          '--lock-step',
          'look once at every bar, after the paper trader; for proofs, with arena --lock-step',
        )
        .option('--no-supervise', 'leave starting and watching the paper trader to you')
        .addOption(new Option('--supervision-times <seconds>').hideHelp())
        .option('--dry-run', 'say what would be done and change nothing')
        .option('--check-interval <seconds>', 'how often it looks', '5')
        .option('--study <name>', 'only trials of this study count')
        .option('--min-improvement <percent>', 'how much better a trial of the same study must be', '1')
        .option(
          '--direct-deploy <policy>',
          'always, never, or over-training-champions: what a new best trial may replace',
          'over-training-champions',
        )
        .option(
          '--auto-approve <verdict>',
          'promotable: promote whoever the gate proves without asking; never anybody else',
        ),
    ),
  );
  deployer.action(async (_options, command: Command) => {
    if (command.opts<{ detach?: boolean }>().detach === true) {
      const { detachCommand } = await import('./detach-command.js');
      done(await detachCommand('deployer', command.optsWithGlobals()));
      return;
    }
    const { deployerCommand } = await import('./deployer-command.js');
    done(await deployerCommand(command.optsWithGlobals()));
  });
  withFolders(deployer.command('stop').description('ask the one that runs to end, and wait for it')).action(
    async (_options, command: Command) => {
      const { stopCommand } = await import('./stop-command.js');
      done(await stopCommand('deployer', command.optsWithGlobals()));
    },
  );
  withFolders(
    program
      .command('approve [candidate]')
      .description('shows evidence and hand-over plan of a candidate, asks, and files the decision')
      .option('--yes', 'do not ask')
      .option('--override <reason>', 'promote it although it is not proven, and say why')
      .option('--reject <reason>', 'turn this evidence down')
      .option('--due <date>', 'first bar at which the decision applies'),
  ).action(async (candidate: string | undefined, _options, command: Command) => {
    const { approveCommand } = await import('./approve-command.js');
    done(await approveCommand(candidate, command.optsWithGlobals()));
  });
  withFolders(
    program
      .command('rollback')
      .description("back to the champion before, on today's positions")
      .requiredOption('--reason <text>', 'why')
      .option('--due <date>', 'first bar at which the request applies'),
  ).action(async (_options, command: Command) => {
    const { rollbackCommand } = await import('./rollback-command.js');
    done(rollbackCommand(command.optsWithGlobals()));
  });
}
