import type { Command } from 'commander';
import { Problem } from '../../core/domain/problem.js';
import type { Done } from './arena.js';

const EXAMPLES = `
Examples:
  npm run llm -- check                          one tiny call per model: latency, cost, structured output, what is wrong
  npm run llm -- costs                          spent per contestant and day, and what a week would cost
  npm run llm -- show gpt-4o-mini --at 2026-01-07   prompt, reply, how it was read, what came of it
  npm run llm -- import run_reasoning.json --timeframe 4h   runs that were made elsewhere, for contestants of provider "recorded"
  npm run llm -- parse replies.json.gz          how many signals, and whether they are those recorded beside the replies

Exit codes: 0 fine, 1 a model does not answer (check), 2 wrong usage or input.`;

/** `llm check`, `costs`, `show`, `import` and `parse`. */
export function addLlmCommands(program: Command, done: Done): void {
  const llm = program
    .command('llm')
    .description('language models: try them, what they cost, what they said')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(true);
  llm.action((_options, command: Command) => {
    const [unknown] = command.args;
    if (unknown === undefined) command.help({ error: true });
    else
      throw new Problem('usage', `llm has no subcommand "${unknown}"`, {
        hint: 'there are: llm check, llm costs, llm show, llm import FILE, llm parse FILE',
      });
  });
  llm
    .command('parse <file>')
    .description('read recorded replies and compare with the signals recorded beside them')
    .addHelpText('after', EXAMPLES)
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (file: string, _options, command: Command) => {
      const { llmParseCommand } = await import('./llm-parse-command.js');
      done(llmParseCommand(file, command.opts()));
    });
  withPlaces(llm.command('check').description('one tiny call of every model that a file names')).action(
    async (_options, command: Command) => {
      const { llmCheckCommand } = await import('./llm-check-command.js');
      done(await llmCheckCommand(command.optsWithGlobals()));
    },
  );
  withPlaces(
    llm
      .command('costs')
      .description('what contestants spent, by contestant and day, and what a week would cost'),
  ).action(async (_options, command: Command) => {
    const { llmCostsCommand } = await import('./llm-costs-command.js');
    done(llmCostsCommand(command.optsWithGlobals()));
  });
  withPlaces(
    llm
      .command('show <contestant>')
      .description('a decision: what was asked, what was answered, how it was read, what came of it')
      .option('--at <date>', 'the last decision at or before this time; the newest when absent'),
  ).action(async (contestant: string, _options, command: Command) => {
    const { llmShowCommand } = await import('./llm-show-command.js');
    done(llmShowCommand(contestant, command.optsWithGlobals()));
  });
  withPlaces(
    llm
      .command('import <files...>')
      .description('take in runs that were made elsewhere; contestants of provider "recorded" repeat them')
      .requiredOption('--timeframe <tf>', 'the bars that the runs traded, e.g. 4h'),
  ).action(async (files: string[], _options, command: Command) => {
    const { llmImportCommand } = await import('./llm-import-command.js');
    done(llmImportCommand(files, command.optsWithGlobals()));
  });
}

function withPlaces(command: Command): Command {
  return command
    .option('--state <dir>', 'folder of the arena (default arena_state)')
    .option('--contestants <dir>', 'folder of contestant files')
    .option('--recordings <file>', 'recorded calls to language models (default llm_recordings/calls.sqlite)')
    .option('--config <file>', 'settings file (default arena.config.json)')
    .option('--json', 'machine output alone on stdout, words on stderr');
}
