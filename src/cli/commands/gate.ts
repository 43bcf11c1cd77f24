import type { Command } from 'commander';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import type { Done } from './arena.js';

const EXAMPLES = `
Examples:
  npm run gate -- simulate                                   how often does luck alone pass? this gate and a naive rule
  npm run gate -- simulate --sharpe 5 --days 180             one of ten has a true annual Sharpe of 5
  npm run gate -- simulate --sharpe 5 --all-skilled          all ten have
  npm run gate -- power --sharpe 3 --contestants 10          how long until such skill is proven
  npm run gate -- evaluate cohorts.json                      judge return series of your own

Exit codes: 0 fine, 2 wrong usage or input.`;

const FILE_FORMAT = `
The file: { "cohorts": [{
  "returns": { "NAME": [0.001, null, ...] },   one simple return an hour, net of costs, as a fraction; null: missing
  "market_returns": [...],                     equal-weight buy and hold over the same hours
  "champion_returns": [...],                   left out: flat
  "retired_candidates": 0,                     registered once and not in the file: they count in N
  "alpha": 0.1, "look_hours": 720, "name": "...",
  "integrity": { "NAME": { "closed_trades": 57, "liquidations": 0, "decided_pct": 99.5 } }
}], "shares": { "168": 0.05, ... } }           only returns and market_returns are needed; shares: left out, those of a year

Exit codes: 0 judged, whatever the verdicts, 2 wrong usage or input.`;

/** `gate simulate | evaluate | power`. */
export function addGateCommands(program: Command, done: Done): void {
  const gate = program
    .command('gate')
    .description(
      'the gate on the bench: is a leader better, or lucky? proofs by simulation, and your own series',
    )
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(true);
  gate.action((_options, command: Command) => {
    const [unknown] = command.args;
    if (unknown === undefined) {
      command.help({ error: true });
    } else
      throw new Problem('usage', `gate has no subcommand "${unknown}"`, {
        hint: `did you mean "${nearest(
          unknown,
          gate.commands.map((sub) => sub.name()),
        )}"? --help lists them all`,
      });
  });
  withModel(
    gate
      .command('simulate')
      .description('arenas whose true skill is known: how often do this gate and a naive rule promote?')
      .option('--sharpe <s>', 'true annual Sharpe of one contestant; 0 is no skill for all', '0')
      .option('--all-skilled', 'all contestants have that Sharpe')
      .option('--days <n>', 'length of each arena', '30')
      .option('--arenas <n>', 'how many arenas', '2000'),
  ).action(async (_options, command: Command) => {
    const { gateSimulateCommand } = await import('./gate-simulate-command.js');
    done(await gateSimulateCommand(command.opts()));
  });
  withModel(
    gate
      .command('power')
      .description('how long until a contestant of a given Sharpe is proven among others without skill')
      .option('--sharpe <s>', 'its true annual Sharpe', '3')
      .option('--arenas <n>', 'how many arenas, each as long as the plan of looks', '1000'),
  ).action(async (_options, command: Command) => {
    const { gatePowerCommand } = await import('./gate-power-command.js');
    done(await gatePowerCommand(command.opts()));
  });
  gate
    .command('evaluate <file>')
    .description('judge cohorts of hourly return series in a JSON file, each at its longest look')
    .addHelpText('after', FILE_FORMAT)
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (file: string, _options, command: Command) => {
      const { gateEvaluateCommand } = await import('./gate-evaluate-command.js');
      done(gateEvaluateCommand(file, command.opts()));
    });
}

function withModel(command: Command): Command {
  return command
    .option('--contestants <n>', 'contestants in each arena', '10')
    .option('--volatility <percent>', 'annual volatility of each', '60')
    .option('--looks <plan>', 'when the gate looks: year or season-30', 'year')
    .option('--alpha <fraction>', 'error budget of a cohort for its whole life', '0.1')
    .option('--seed <n>', 'seed of all draws: the same seed, the same answer', '1')
    .option('--threads <n>', 'default: as many as there are cores; changes the time, not the answer')
    .option('--json', 'machine output alone on stdout, words on stderr');
}
