import { type Command, Option } from 'commander';
import { Problem } from '../../core/domain/problem.js';
import type { Done } from './arena.js';

const EXAMPLES = `
Examples:
  npm run soak -- gate                    200 arenas of 10 coin flippers on generated markets, costs as always
  npm run soak -- gate --free             the same without any costs: nothing but luck decides
  npm run soak -- gate --looks season-30
  npm run soak -- parser                  200,000 damaged replies of language models
  npm run soak -- workers --seconds 60    jobs by workers that are killed, on a Redis that is disturbed
  npm run soak -- live                    14 days of a live arena through faults of its exchange, which is on this machine
  npm run soak -- live --days 30 --numbers
  npm run soak -- memory                  30 days of a live arena in six minutes: its memory day by day

Exit codes: 0 within the budget and no law broken, 1 otherwise, 2 wrong usage.`;

/** `soak gate | parser | workers | live | memory`. */
export function addSoakCommands(program: Command, done: Done): void {
  const soak = program
    .command('soak')
    .description('long runs of the real engine that count what must hardly ever happen')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(true);
  soak.action((_options, command: Command) => {
    const [unknown] = command.args;
    if (unknown === undefined) command.help({ error: true });
    else
      throw new Problem('usage', `soak has no subcommand "${unknown}"`, {
        hint: 'there are: soak gate, soak parser, soak workers, soak live, soak memory',
      });
  });
  soak
    .command('gate')
    .description('arenas whose contestants have no skill: how often does the gate promote one of them?')
    .addHelpText('after', EXAMPLES)
    .option('--arenas <n>', 'how many arenas', '200')
    .option('--contestants <n>', 'coin flippers in each', '10')
    .option('--days <n>', 'length of each arena', '30')
    .option('--free', 'no fees, spread or slippage')
    .option('--looks <plan>', 'when the gate looks: year or season-30', 'year')
    .option('--alpha <fraction>', 'error budget of a cohort for its whole life', '0.1')
    .option('--seed <n>', 'seed of markets and coin flips', '1')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { soakGateCommand } = await import('./soak-gate-command.js');
      done(await soakGateCommand(command.opts()));
    });
  soak
    .command('parser')
    .description(
      'damaged replies of language models: does one throw, or give a coin or number that it does not hold?',
    )
    .option('--replies <n>', 'how many', '200000')
    .option('--seed <n>', 'seed of the damages', '1')
    .option('--file <file>', 'also start from these recorded replies (the format of `llm parse`)')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { soakParserCommand } = await import('./soak-parser-command.js');
      done(await soakParserCommand(command.opts()));
    });
  soak
    .command('workers')
    .description(
      'jobs by real workers while they are killed and their Redis is paused, restarted and flushed: is a result lost, doubled or different?',
    )
    .addHelpText('after', EXAMPLES)
    .option('--seconds <n>', 'how long', '60')
    .option('--workers <n>', 'worker processes, one thread each', '3')
    .option('--seed <n>', 'seed of jobs and disturbances', '1')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { soakWorkersCommand } = await import('./soak-workers-command.js');
      done(await soakWorkersCommand(command.opts()));
    });
  soak
    .command('live')
    .description(
      'a live arena while its exchange fails in every way and it is killed: does it end as without faults, and list exactly what it missed?',
    )
    .addHelpText('after', EXAMPLES)
    .option('--days <n>', 'how long; the clock of the exchange is moved by whoever waits', '14')
    .option('--seed <n>', 'seed of the market and of the faults', '7')
    .option('--symbols <n>', 'how many, 2 to 10', '3')
    .option('--contestants <n>', 'rule contestants', '20')
    .addOption(
      new Option(
        '--instrument <type>',
        'perpetual: with funding, a second venue that disagrees, and a symbol that is delisted on the way; spot: without',
      )
        .choices(['perpetual', 'spot'])
        .default('perpetual'),
    )
    .option('--numbers', 'also measure requests and times with 10 and 1,000 contestants on 10 symbols')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { soakLiveCommand } = await import('./soak-live-command.js');
      done(await soakLiveCommand(command.opts()));
    });
  soak
    .command('memory')
    .description(
      'a live arena in a process of its own on an exchange of this machine: does its memory grow after the second day?',
    )
    .option('--days <n>', 'how long, 6 to 90', '30')
    .option('--hour-ms <ms>', 'how long an hour of the exchange lasts, 200 to 60000', '500')
    .addOption(
      new Option('--instrument <type>', 'what is traded').choices(['perpetual', 'spot']).default('perpetual'),
    )
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { soakMemoryCommand } = await import('./soak-memory-command.js');
      done(await soakMemoryCommand(command.opts()));
    });
}
