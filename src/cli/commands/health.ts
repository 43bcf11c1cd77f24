import type { Command } from 'commander';
import type { Done } from './arena.js';

const EXAMPLES = `
Examples:
  npm run -s health
  npm run -s health -- --only arena          e.g. as HEALTHCHECK of a container
  npm run -s health -- --only paper,deployer --json

Without --only those count that have ever run here, and workers where REDIS_URL is set. On a live market a bar is due at every
close; in a replay none is.

Exit codes: 0 fine, 1 degraded (behind, contestants at fault, waiting), 3 damaged, 5 not running, or alive without a sign.`;

/** `health`. */
export function addHealthCommand(program: Command, done: Done): void {
  program
    .command('health')
    .description('one line each for arena, deployer, paper trader and workers; reads only, for probes')
    .addHelpText('after', EXAMPLES)
    .option('--only <names>', 'comma separated: arena, deployer, paper, worker')
    .option('--state <dir>', 'folder of the arena (default arena_state)')
    .option('--deployments <dir>', 'folder of the deployer (default deployments)')
    .option('--paper <dir>', 'folder of the paper trader (default paper_trades)')
    .option('--config <file>', 'settings file (default arena.config.json)')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { healthCommand } = await import('./health-command.js');
      done(await healthCommand(command.opts()));
    });
}
