import { type Command, Option } from 'commander';
import { nearest } from '../../core/domain/nearest.js';
import { Problem } from '../../core/domain/problem.js';
import { EXIT } from '../exit-codes.js';
import { withLogOptions } from './folder-options.js';

export type Done = (exitCode: number) => void;

/** Options that every arena command shares. */
export function withStateOptions(command: Command): Command {
  return command
    .option('--state <dir>', 'folder of the arena (default arena_state)')
    .option('--json', 'machine output alone on stdout, words on stderr');
}

/** Flags of the run; the values are read by run-arena-command. */
function withRunOptions(command: Command): Command {
  return command
    .option('--market <dir>', 'folder of recorded candles, "generated", or "live": a real exchange')
    .option('--exchange <name>', 'exchange of a live market (default binance); no key is needed')
    .option('--second-exchange <name>', 'another one whose bars are compared with it')
    .option('--exchange-url <url>', 'an exchange on this machine instead of the real one (loopback only)')
    .option('--second-exchange-url <url>', 'the same for the second exchange')
    .option('--timeframe <tf>', 'bar length: 1m 3m 5m 15m 30m 1h 4h 1d')
    .option('--from <date>', 'first decided bar; a bare date is its 00:00 UTC')
    .option('--to <date>', 'last bar; a bare date includes that whole day (UTC)')
    .option('--days <n>', 'play this many days from where it stands')
    .option('--symbols <list>', 'comma separated; all when absent')
    .option('--seed <n>', 'seed of the generated market')
    .option('--instrument <type>', 'spot (default) or perpetual, for a generated or live market')
    .option(
      '--costs <file>',
      'half spread and slippage of a new arena: a table that paper -- slippage --export wrote',
    )
    .option('--contestants <dir>', 'folder of contestant files')
    .option('--deployments <dir>', 'folder of the deployer (default deployments)')
    .option('--paper <dir>', 'folder of the paper trader (default paper_trades)')
    .option('--llm <mode>', 'language models: record (default), replay or live')
    .option('--recordings <file>', 'recorded calls to language models (default llm_recordings/calls.sqlite)')
    .option('--once', 'play exactly one round')
    .option('--threads <n>', 'play blocks of bars in this many threads where it pays (default 1)')
    .option('--workers <how>', 'let workers play blocks of bars: bullmq, with REDIS_URL in the environment')
    .option('--speed <bars>', 'bars a second instead of as fast as possible')
    .option('--lock-step', 'wait at every bar until deployer and paper trader have dealt with it; for proofs')
    .option('--fresh', 'start over; the old state is moved aside, never deleted')
    .option('--quiet', 'no progress bar and no leaderboard at the end')
    .addOption(new Option('--config <file>', 'settings file (default arena.config.json)'));
}

export function addArenaCommands(program: Command, done: Done): void {
  const arena = withLogOptions(
    withRunOptions(
      withStateOptions(
        program.command('arena').description('run the arena, or look at it; without a subcommand it runs'),
      ),
    ),
  ).option('--detach', 'run in the background; end it with stop');
  // Without this a mistyped subcommand would be "too many arguments"; with it the right one can be named.
  arena.allowExcessArguments(true);
  arena.action(async (_options, command: Command) => {
    const [unknown] = command.args;
    if (unknown !== undefined)
      throw new Problem('usage', `arena has no subcommand "${unknown}"`, {
        hint: `did you mean "${nearest(
          unknown,
          arena.commands.map((sub) => sub.name()),
        )}"? --help lists them all`,
      });
    if (command.opts<{ detach?: boolean }>().detach === true) {
      const { detachCommand } = await import('./detach-command.js');
      done(await detachCommand('arena', command.optsWithGlobals()));
      return;
    }
    const { runArenaCommand } = await import('./run-arena-command.js');
    done(await runArenaCommand(command.optsWithGlobals()));
  });

  withStateOptions(arena.command('stop').description('ask the one that runs to end, and wait for it')).action(
    async (_options, command: Command) => {
      const { stopCommand } = await import('./stop-command.js');
      done(await stopCommand('arena', command.optsWithGlobals()));
    },
  );

  withStateOptions(arena.command('leaderboard').description('print the leaderboard as it stands')).action(
    async (_options, command: Command) => {
      const { leaderboardCommand } = await import('./leaderboard-command.js');
      done(leaderboardCommand(command.optsWithGlobals()));
    },
  );
  withStateOptions(
    arena
      .command('looks')
      .description('every look of the gate so far: who came nearest, what luck explains, how many passed')
      .option('--cohort <n>', 'looks at this cohort only')
      .option('--look <hours>', 'looks at this age only; with --cohort every verdict of that look'),
  ).action(async (_options, command: Command) => {
    const { looksCommand } = await import('./looks-command.js');
    done(looksCommand(command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('status')
      .description(
        `is it running, how far is it, is it healthy; exit code ${String(EXIT.notRunning)} when not running`,
      ),
  ).action(async (_options, command: Command) => {
    const { statusCommand } = await import('./status-command.js');
    done(statusCommand(command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('verify')
      .description('check the hash chain and the books, and derive the board again from the journal')
      .option(
        '--recordings <file>',
        'recorded calls to language models (default llm_recordings/calls.sqlite)',
      )
      .option('--replay', 'also play all rounds again from the candles and compare every hash'),
  ).action(async (_options, command: Command) => {
    const { verifyCommand } = await import('./verify-command.js');
    done(await verifyCommand(command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('diff')
      .description('live market: what bars that came late or were revised would have changed in the ranks')
      .option(
        '--recordings <file>',
        'recorded calls to language models (default llm_recordings/calls.sqlite)',
      ),
  ).action(async (_options, command: Command) => {
    const { rescoreCommand } = await import('./rescore-command.js');
    done(await rescoreCommand(command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('add <file>')
      .description('enter the contestants of a JSON file; they trade from the next bar')
      .option('--due <date>', 'first bar at which the request applies'),
  ).action(async (file: string, _options, command: Command) => {
    const { addCommand } = await import('./request-commands.js');
    done(await addCommand(file, command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('retire <contestant>')
      .description(
        'take a contestant (id, name, or the beginning of either) out of the arena; its record stays',
      )
      .option('--reason <text>', 'why', 'retired by hand')
      .option('--due <date>', 'first bar at which the request applies'),
  ).action(async (contestant: string, _options, command: Command) => {
    const { contestantCommand } = await import('./request-commands.js');
    done(contestantCommand('retire', contestant, command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('prune')
      .description('retire now whoever is past the minimum period and far below the field (never the leader)')
      .option('--due <date>', 'first bar at which the request applies'),
  ).action(async (_options, command: Command) => {
    const { pruneCommand } = await import('./request-commands.js');
    done(pruneCommand(command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('finals')
      .description(
        'a cohort of the best few by p at the last look, judged among themselves on data from now on',
      )
      .option('--size <number>', 'how many, 2 to 20', '3')
      .option('--due <date>', 'first bar at which the request applies'),
  ).action(async (_options, command: Command) => {
    const { finalsCommand } = await import('./request-commands.js');
    done(finalsCommand(command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('halt <contestant>')
      .description('refuse the entries of a contestant that has breakers, until reset-breakers; exits go on')
      .option('--reason <text>', 'why', 'halted by hand')
      .option('--due <date>', 'first bar at which the request applies'),
  ).action(async (contestant: string, _options, command: Command) => {
    const { contestantCommand } = await import('./request-commands.js');
    done(contestantCommand('halt', contestant, command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('explain <contestant>')
      .description('what it saw at a bar, every rule with its numbers, what it wanted and what came of it')
      .option('--at <time>', 'the last decision at or before this time (UTC); the newest when absent'),
  ).action(async (contestant: string, _options, command: Command) => {
    const { explainCommand } = await import('./explain-command.js');
    done(await explainCommand(contestant, command.optsWithGlobals()));
  });
  withStateOptions(
    arena
      .command('reset-breakers <contestant>')
      .description("let a contestant enter again after a breaker; drawdown counts from today's equity")
      .option('--reason <text>', 'why')
      .option('--due <date>', 'first bar at which the request applies'),
  ).action(async (contestant: string, _options, command: Command) => {
    const { contestantCommand } = await import('./request-commands.js');
    done(contestantCommand('reset-breakers', contestant, command.optsWithGlobals()));
  });
  withRunOptions(
    withStateOptions(
      arena.command('config').description('print every setting, its value and where it came from'),
    ),
  ).action(async (_options, command: Command) => {
    const { configCommand } = await import('./config-command.js');
    done(configCommand(command.optsWithGlobals()));
  });
  const journal = arena.command('journal').description('the journal behind the board');
  withStateOptions(
    journal.command('dump').description('print the canonical journal: equal runs print equal bytes'),
  ).action(async (_options, command: Command) => {
    const { journalDumpCommand } = await import('./journal-command.js');
    done(await journalDumpCommand(command.optsWithGlobals()));
  });
}
