import type { Command } from 'commander';
import { Problem } from '../../core/domain/problem.js';
import { type Done, withStateOptions } from './arena.js';

const EXAMPLES = `
Examples:
  npm run regime -- show                           what every contestant that trades by regimes takes the market for
  npm run regime -- invalidate "regime gpt-4o-mini"        its model is asked again at the next bar, about every symbol
  npm run regime -- invalidate 3fa81c02 --symbol BTC-USD   about one symbol

What a model said is fresh for two hours (lifeHours), stale for as long again, then a formula stands in for it. refresh is
invalidate under another name: answers come with bars, so nothing is asked before the next one.

Exit codes: 0 fine, 2 wrong usage or input, 3 damaged state, 5 nothing has been played yet.`;

/** `regime show | refresh | invalidate`. */
export function addRegimeCommands(program: Command, done: Done): void {
  const regime = program
    .command('regime')
    .description(
      'regimes that contestants trade by: what models said of the market, how old it is, ask again',
    )
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(true);
  regime.action((_options, command: Command) => {
    const [unknown] = command.args;
    if (unknown === undefined) command.help({ error: true });
    else
      throw new Problem('usage', `regime has no subcommand "${unknown}"`, {
        hint: 'there are: regime show, regime refresh, regime invalidate',
      });
  });
  withStateOptions(
    regime
      .command('show [contestant]')
      .description('regimes in the saved memories, with their age and where they came from'),
  ).action(async (contestant: string | undefined, _options, command: Command) => {
    const { showRegimesCommand } = await import('./regime-command.js');
    done(await showRegimesCommand(contestant, command.opts()));
  });
  for (const name of ['refresh', 'invalidate'])
    withStateOptions(
      regime
        .command(`${name} <contestant>`)
        .description('make what its model said void: it is asked again at the next bar')
        .option('--symbol <symbol>', 'of one symbol only')
        .option('--reason <text>', 'why')
        .option('--due <date>', 'first bar at which the request applies'),
    ).action(async (contestant: string, _options, command: Command) => {
      const { invalidateRegimeCommand } = await import('./regime-command.js');
      done(invalidateRegimeCommand(contestant, command.opts()));
    });
}
