import type { Command } from 'commander';
import type { Done } from './arena.js';

/** `bench`: the engine beside the limits of the machine, as ratios in one run. */
export function addBenchCommand(program: Command, done: Done): void {
  program
    .command('bench')
    .description(
      'run the two workloads through the real engine beside the C and JavaScript limits, as ratios',
    )
    .option('--contestants <list>', 'sizes of W2', '10,100,1000,10000')
    .option('--repetitions <n>', 'repetitions of W1', '101')
    .option('--candles <dir>', 'load these hourly candles, parsed and from the cache, instead of made ones')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { benchCommand } = await import('./bench-command.js');
      done(benchCommand(command.opts()));
    });
}
