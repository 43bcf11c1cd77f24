import type { Command } from 'commander';
import { Problem } from '../../core/domain/problem.js';
import type { Done } from './arena.js';

/** `bench`: the engine beside the limits of the machine, as ratios in one run. */
export function addBenchCommand(program: Command, done: Done): void {
  program
    .command('bench')
    .description(
      'run the two workloads through the real engine beside the C and JavaScript limits, as ratios',
    )
    .argument('[part]', 'queue: what jobs cost by workers beside threads, on a Redis of its own')
    .option('--contestants <list>', 'sizes of W2', '10,100,1000,10000')
    .option('--repetitions <n>', 'runs of W1', '1200')
    .option('--candles <dir>', 'load these hourly candles, parsed and from the cache, instead of made ones')
    .option('--brief', 'W1, W2 and candles alone; the other goals say n/a')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (part: string | undefined, _options, command: Command) => {
      if (part === 'queue') {
        const { benchQueueCommand } = await import('./bench-queue-command.js');
        done(await benchQueueCommand(command.opts()));
        return;
      }
      if (part !== undefined)
        throw new Problem('usage', `bench has no part "${part}"`, { hint: 'there is: bench queue' });
      const { benchCommand } = await import('./bench-command.js');
      done(await benchCommand(command.opts()));
    });
}
