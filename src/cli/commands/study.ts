import type { Command } from 'commander';
import type { Done } from './arena.js';

const EXAMPLES = `
Examples:
  npm run study -- --models gpt-4o-mini,anthropic:claude-haiku-4-5 --temperatures 0.1,0.7 --trials 10 \\
      --market candles --from 2025-10-17 --to 2025-10-31 --interval 4h
  npm run study -- --models gpt-4o-mini --trials 5 --llm replay      again, from the recording, without a key

What was answered is recorded: stopped, it goes on with the same command. --windows splits the time into parts of equal
length, each a new account: trials of one window share one path of prices, several windows say more.`;

/** `study`. */
export function addStudyCommand(program: Command, done: Done): void {
  program
    .command('study')
    .description(
      'repeat trials of language models over the same bars, and say what the differences are worth',
    )
    .addHelpText('after', EXAMPLES)
    .requiredOption('--models <list>', 'models with commas between; "provider:model" for another provider')
    .option('--temperatures <list>', 'temperatures with commas between, or "default"', 'default')
    .option('--trials <n>', 'trials of every configuration', '5')
    .option('--interval <tf>', "how often they decide; the market's bars when absent")
    .option('--kind <name>', 'kind of the contestants', 'llm-trader')
    .option('--params <json>', 'further parameters of the kind', '{}')
    .option('--windows <n>', 'windows that the time is split into', '1')
    .option('--placebos <n>', 'random traders to compare with', '1000')
    .option('--seed <n>', 'of permutations and resamples, and of the generated market')
    .option('--market <dir>', 'folder of recorded candles, or "generated"')
    .option('--timeframe <tf>', 'bar length: 1m 3m 5m 15m 30m 1h 4h 1d')
    .option('--from <date>', 'first decided bar; a bare date is its 00:00 UTC')
    .option('--to <date>', 'last bar; a bare date includes that whole day (UTC)')
    .option('--days <n>', 'days of a generated market')
    .option('--symbols <list>', 'comma separated; all when absent')
    .option('--instrument <type>', 'spot (default) or perpetual, for the generated market')
    .option('--out <dir>', 'folder for the files', 'reports/study')
    .option('--llm <mode>', 'record (default), replay or live')
    .option('--recordings <file>', 'recorded calls to language models (default llm_recordings/calls.sqlite)')
    .option('--contestants <dir>', 'folder of contestant files, for kinds of your own')
    .option('--config <file>', 'settings file (default arena.config.json)')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { studyCommand } = await import('./study-command.js');
      done(await studyCommand(command.optsWithGlobals()));
    });
}
