import type { Command } from 'commander';
import type { Done } from './arena.js';

const EXAMPLES = `
Examples:
  npm run doctor
  npm run doctor -- --exchange kraken --symbols BTC/USD,ETH/USD
  npm run doctor -- --offline

Each line is ok, warn, fail or skip (not needed, or not asked for), with what to do below it. Names of keys are shown, never keys.

Exit codes: 0 nothing fails (a warning alone is 0), 1 something fails, 2 wrong usage.`;

/** `doctor`. */
export function addDoctorCommand(program: Command, done: Done): void {
  program
    .command('doctor')
    .description('look at this machine, the exchange, keys, disk and state, and say what to do')
    .addHelpText('after', EXAMPLES)
    .option('--offline', 'ask nobody over the network')
    .option('--exchange <name>', 'binance, hyperliquid, kraken, coinbase, ...')
    .option('--symbols <list>', 'comma separated, e.g. BTC/USDT,ETH/USDT')
    .option('--instrument <type>', 'spot (default) or perpetual')
    .option('--exchange-url <url>', 'address of an exchange on this machine instead of the real one')
    .option('--state <dir>', 'folder of the arena (default arena_state)')
    .option('--deployments <dir>', 'folder of the deployer (default deployments)')
    .option('--paper <dir>', 'folder of the paper trader (default paper_trades)')
    .option('--config <file>', 'settings file (default arena.config.json)')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { doctorCommand } = await import('./doctor-command.js');
      done(await doctorCommand(command.opts()));
    });
}
