import type { Command } from 'commander';
import type { Done } from './arena.js';

/** `report`. */
export function addReportCommand(program: Command, done: Done): void {
  program
    .command('report')
    .description(
      'a page (HTML, JSON, CSV) about the whole field, one contestant, the paper account or a file of trades; reads only',
    )
    .option('--contestant <id or name>', 'about this one; the beginning of either is enough')
    .option('--cohort [number]', "about this cohort (default: the board's window, as without any of these)")
    .option('--paper [dir]', 'about the paper account in this folder (default paper_trades)')
    .option('--trades <file>', 'about a file of fills like trades.csv alone')
    .option('--out <dir>', 'folder to write to (default reports/<what>-<last bar>)')
    .option('--state <dir>', 'folder of the arena (default arena_state)')
    .option('--config <file>', 'settings file (default arena.config.json)')
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (_options, command: Command) => {
      const { reportCommand } = await import('./report-command.js');
      done(reportCommand(command.optsWithGlobals()));
    });
}
