import type { Command } from 'commander';
import type { Done } from './arena.js';

const DOWNLOAD_EXAMPLES = `
Examples:
  npm run market -- download --exchange binance --symbols BTC/USDT,ETH/USDT --timeframe 1h --from 2024-01-01
  npm run market -- download --exchange binance --symbols BTC/USDT --instrument perpetual --from 2024-01-01 --to 2024-06-30
  npm run arena -- --market data/binance-1h

It fills data/<exchange>-<timeframe> (data/<exchange>-perpetual-<timeframe>): closed bars only, and nothing that the exchange does not
have. Stopped or killed, the same command goes on after the last whole line; later it adds what is new (--from may then be left away).

Exit codes: 0 all that the exchange has is there, 1 the exchange or the disk failed (what is written is safe), 2 wrong usage.`;

const CHECK_EXAMPLES = `
Examples:
  npm run market -- check                              every folder in data/
  npm run market -- check data/binance-1h              coverage, gaps, bars twice, outliers, wrong prices
  npm run market -- check data/binance-1h data/kraken-1h     also bar by bar against each other
  npm run market -- check --state arena_state          what a live arena missed, and what came late or changed

Exit codes: 0 nothing to look at, 1 something that a person should look at, 2 wrong usage.`;

/** `market download` and `market check`. */
export function addMarketCommands(program: Command, done: Done): void {
  const market = program
    .command('market')
    .description('candles of real exchanges: download them into a folder, and check a folder');
  market
    .command('download')
    .description('download candles (and funding) of an exchange into a folder that arenas and backtests read')
    .addHelpText('after', DOWNLOAD_EXAMPLES)
    .option('--exchange <name>', 'binance, hyperliquid, kraken, coinbase, ...')
    .option('--symbols <list>', 'comma separated, e.g. BTC/USDT,ETH/USDT; those of the folder when absent')
    .option('--timeframe <tf>', 'bar length: 1m 3m 5m 15m 30m 1h 4h 1d')
    .option('--instrument <type>', 'spot (default) or perpetual')
    .option('--from <date>', 'first bar; needed for symbols that are new')
    .option('--to <date>', 'last bar; a bare date includes that whole day (default: the newest closed bar)')
    .option('--out <dir>', 'folder of all downloads', 'data')
    .option('--exchange-url <url>', 'address of an exchange on this machine instead of the real one')
    .option('--config <file>', 'settings file (default arena.config.json)')
    .option('--quiet', 'no progress bar')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { marketDownloadCommand } = await import('./market-download-command.js');
      done(await marketDownloadCommand(command.opts()));
    });
  market
    .command('check [dirs...]')
    .description('look at folders of candles, or at the log of a live arena, as a careful person would')
    .addHelpText('after', CHECK_EXAMPLES)
    .option('--timeframe <tf>', 'only bars of this length')
    .option('--state <dir>', 'folder of a live arena, whose own log is looked at')
    .option('--config <file>', 'settings file (default arena.config.json)')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (dirs: string[], _options, command: Command) => {
      const { marketCheckCommand } = await import('./market-check-command.js');
      done(marketCheckCommand(dirs, command.opts()));
    });
}
