import type { Command } from 'commander';
import type { Done } from './arena.js';

const EXAMPLES = `
Examples:
  npm run sweep -- --kind sma-cross --grid '{"fast":[5,10,20],"slow":[50,100,200]}' --market candles
  npm run sweep -- --kind rsi-bands --random 100000 --space '{"period":[5,30],"low":[15,40],"stop":{"min":0.01,"max":0.2,"log":true}}'
  npm run sweep -- --kind sma-cross --grid ... --top 10 --to-contestants     the arena takes them from contestants/local/
  npm run sweep -- --kind sma-cross --grid ... --top 10 --to-trials          the deployer takes them from deployments/trials/

--params holds what is the same in all sets. Stopped or killed, a sweep goes on with the same command and ends with the
same files: sweeps/<name>/results.csv (a line per run), best.json, sweep.json. The last quarter of the time is held out:
nothing is ranked by it. Every run counts: the more are tried, the better the best of them has to be.`;

/** `sweep`: thousands of parameter sets of one kind. */
export function addSweepCommand(program: Command, done: Done): void {
  program
    .command('sweep')
    .description('run thousands of parameter sets of one kind, rank them, and say whether the best is luck')
    .addHelpText('after', EXAMPLES)
    .requiredOption('--kind <kind>', 'strategy kind, e.g. sma-cross')
    .option('--grid <json>', 'lists of values; every combination is a set')
    .option('--random <n>', 'so many sets drawn from --space')
    .option('--space <json>', 'ranges [least, most]; whole numbers stay whole')
    .option('--params <json>', 'parameters that all sets share', '{}')
    .option('--seed <n>', 'of the drawn sets, and of a generated market')
    .option('--market <dir>', 'folder of recorded candles, or "generated"')
    .option('--symbols <list>', 'comma separated; all when absent. One account trades all of them')
    .option('--each-symbol', 'one account for each symbol instead')
    .option('--timeframe <tf>', 'bar length: 1m 3m 5m 15m 30m 1h 4h 1d')
    .option('--from <date>', 'first decided bar')
    .option('--to <date>', 'last bar; a bare date includes that whole day')
    .option('--instrument <type>', 'spot (default) or perpetual, for the generated market')
    .option('--days <n>', 'length of a generated market')
    .option('--cash <usd>', 'starting cash')
    .option('--fee-bps <bps>', 'taker fee')
    .option('--half-spread-bps <bps>', 'half of the spread')
    .option('--slippage-bps <bps>', 'constant slippage; also turns the square-root impact off')
    .option('--holdout <share>', 'last part of the time that nothing is ranked by', '0.25')
    .option('--folds <n>', 'walk-forward folds (4, or fewer where the record is short)')
    .option('--purge <bars>', 'bars between training and test (longest warm-up or maxHoldBars)')
    .option('--embargo <bars>', 'further bars before a test begins', '0')
    .option('--top <n>', 'how many of the best to show and to write, at most 100', '10')
    .option('--to-contestants', 'write the best into contestants/local/')
    .option('--to-trials', 'write the best into deployments/trials/')
    .option('--name <name>', 'name of the sweep (default: the kind and a hash of the settings)')
    .option('--out <dir>', 'folder for the files (default sweeps/<name>)')
    .option('--csv <file>', 'a copy of results.csv')
    .option('--contestants <dir>', 'folder of contestant files, for kinds of your own')
    .option('--deployments <dir>', 'folder of the deployer, for --to-trials')
    .option('--threads <n>', 'play the runs in this many threads (default 1)')
    .option('--workers <kind>', 'bullmq: let workers play them (npm run worker), on the Redis of REDIS_URL')
    .option('--config <file>', 'settings file (default arena.config.json)')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { sweepCommand } = await import('./sweep-command.js');
      done(await sweepCommand(command.optsWithGlobals()));
    });
}
