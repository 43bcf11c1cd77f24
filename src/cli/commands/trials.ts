import type { Command } from 'commander';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import type { Done } from './arena.js';
import { withFolders } from './folder-options.js';

const EXAMPLES = `
Examples:
  npm run trials                                             what training has left, the best first
  npm run trials -- list --study mine --limit 50
  npm run trials -- show mine/7                              one trial and the contestant it would be
  npm run trials -- import study.db --kind sma-cross         parameters have the kind's own names
  npm run trials -- import study.log --mapping mapping.json  they have others

A mapping: { "kind": "sma-cross", "params": { "fast": "fast_period", "slow": { "from": "slow_period", "round": true },
"stop": { "from": "stop_pct", "scale": 0.01 }, "side": { "value": "long" } } }. The same goes into the settings, where an
Optuna storage is read as it grows: "trials": { "sources": [{ "path": "study.db", "mapping": { ... } }] }.

Exit codes: 0 fine, 1 some trials or storages could not be used, 2 wrong usage or no such trial.`;

/** `trials list | show | import`. */
export function addTrialCommands(program: Command, done: Done): void {
  const trials = withListOptions(
    withFolders(
      program
        .command('trials')
        .description('results of training: list them, look at one, bring a file of them in')
        .addHelpText('after', EXAMPLES),
    ),
  );
  trials.allowExcessArguments(true);
  trials.action(async (_options, command: Command) => {
    const [unknown] = command.args;
    if (unknown !== undefined)
      throw new Problem('usage', `trials has no subcommand "${unknown}"`, {
        hint: `did you mean "${nearest(
          unknown,
          trials.commands.map((sub) => sub.name()),
        )}"? --help lists them all`,
      });
    const { listTrialsCommand } = await import('./list-trials-command.js');
    done(await listTrialsCommand(command.optsWithGlobals()));
  });
  withListOptions(
    withFolders(
      trials
        .command('list')
        .description('all completed trials, the best first, and what became of them')
        .addHelpText('after', EXAMPLES),
    ),
  ).action(async (_options, command: Command) => {
    const { listTrialsCommand } = await import('./list-trials-command.js');
    done(await listTrialsCommand(command.optsWithGlobals()));
  });
  withFolders(
    trials
      .command('show <trial>')
      .description('one trial, e.g. mine/7: parameters, attributes, and the contestant it would be'),
  ).action(async (trial: string, _options, command: Command) => {
    const { showTrialCommand } = await import('./show-trial-command.js');
    done(await showTrialCommand(trial, command.optsWithGlobals()));
  });
  withFolders(
    trials
      .command('import <file>')
      .description(
        'check a file of trials (JSON, Optuna SQLite or JournalFile) and put its completed ones in',
      )
      .option('--kind <kind>', 'kind of contestant, where the parameters have its names already')
      .option('--mapping <file>', 'how parameters become a contestant, as JSON')
      .option('--study <name>', 'only this study')
      .option('--dry-run', 'say what would be done and write nothing')
      .addHelpText('after', EXAMPLES),
  ).action(async (file: string, _options, command: Command) => {
    const { importTrialsCommand } = await import('./import-trials-command.js');
    done(await importTrialsCommand(file, command.optsWithGlobals()));
  });
}

function withListOptions(command: Command): Command {
  return command
    .option('--study <name>', 'only this study')
    .option('--limit <n>', 'how many are listed (default 20; with --json all)');
}
