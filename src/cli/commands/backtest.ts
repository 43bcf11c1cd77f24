import type { Command } from 'commander';
import type { Done } from './arena.js';

/** `backtest`: one contestant alone. */
export function addBacktestCommand(program: Command, done: Done): void {
  program
    .command('backtest')
    .description('run one strategy alone over candles, with the same session code as the arena')
    .option('--market <dir>', 'folder of recorded candles, or "generated"')
    .option('--symbols <list>', 'comma separated; all when absent')
    .option('--timeframe <tf>', 'bar length: 1m 3m 5m 15m 30m 1h 4h 1d')
    .requiredOption('--kind <kind>', 'strategy kind, e.g. sma-cross')
    .option('--params <json>', 'its parameters as JSON', '{}')
    .option('--cash <usd>', 'starting cash')
    .option('--fee-bps <bps>', 'taker fee')
    .option('--half-spread-bps <bps>', 'half of the spread')
    .option('--slippage-bps <bps>', 'constant slippage; also turns the square-root impact off')
    .option('--quantity <units>', 'fixed order size in base units')
    .option('--from <date>', 'first decided bar')
    .option('--to <date>', 'last bar; a bare date includes that whole day')
    .option('--instrument <type>', 'spot (default) or perpetual, for the generated market')
    .option('--seed <n>', 'seed of the strategy, and of a generated market')
    .option('--days <n>', 'length of a generated market')
    .option('--trades-csv <file>', 'write every fill')
    .option('--equity-csv <file>', 'write the equity at every close')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { backtestCommand } = await import('./backtest-command.js');
      done(await backtestCommand(command.opts()));
    });
}
