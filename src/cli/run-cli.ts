import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { Problem } from '../core/domain/problem.js';
import { addArenaCommands } from './commands/arena.js';
import { addBacktestCommand } from './commands/backtest.js';
import { addBenchCommand } from './commands/bench.js';
import { addDemoCommand } from './commands/demo.js';
import { addDeployerCommands } from './commands/deployer.js';
import { addGateCommands } from './commands/gate.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addHealthCommand } from './commands/health.js';
import { addLlmCommands } from './commands/llm.js';
import { addMarketCommands } from './commands/market.js';
import { addNotifyCommands } from './commands/notify.js';
import { addPaperCommands } from './commands/paper.js';
import { addRegimeCommands } from './commands/regime.js';
import { addReportCommand } from './commands/report.js';
import { addSoakCommands } from './commands/soak.js';
import { addStudyCommand } from './commands/study.js';
import { addSweepCommand } from './commands/sweep.js';
import { addStatusCommand } from './commands/status-all.js';
import { addTortureCommand } from './commands/torture.js';
import { addTrialCommands } from './commands/trials.js';
import { addVerifyCommands } from './commands/verify.js';
import { addWorkerCommand } from './commands/worker.js';
import { EXIT, exitCodeOf } from './exit-codes.js';
import { readableStack } from './readable-stack.js';
import { redactorOf } from './secrets-of-environment.js';

/** Parses the command line, runs the command, and turns what happened into an exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  let code: number = EXIT.fine;
  const program = new Command('strategy-arena')
    .description(
      'Run strategies side by side in simulated trading, rank them honestly, hand a paper trader to the winner.',
    )
    .exitOverride();
  const done = (result: number): void => {
    code = result;
  };
  addArenaCommands(program, done);
  addBacktestCommand(program, done);
  addDeployerCommands(program, done);
  addPaperCommands(program, done);
  addLlmCommands(program, done);
  addMarketCommands(program, done);
  addNotifyCommands(program, done);
  addTrialCommands(program, done);
  addDemoCommand(program, done);
  addRegimeCommands(program, done);
  addReportCommand(program, done);
  addStudyCommand(program, done);
  addSweepCommand(program, done);
  addStatusCommand(program, done);
  addDoctorCommand(program, done);
  addHealthCommand(program, done);
  addGateCommands(program, done);
  addBenchCommand(program, done);
  addTortureCommand(program, done);
  addSoakCommands(program, done);
  addVerifyCommands(program, done);
  addWorkerCommand(program, done);
  makeAllThrow(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error);
  }
}

/** Subcommands do not inherit exitOverride. */
function makeAllThrow(command: Command): void {
  command.exitOverride();
  command.showHelpAfterError('(add --help for all options)');
  command.commands.forEach(makeAllThrow);
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  const redact = redactorOf(process.env);
  if (error instanceof Problem) {
    process.stderr.write(`${pc.red('error')}: ${redact(error.message)}\n`);
    if (error.hint !== undefined) process.stderr.write(`  ${pc.dim('what to do:')} ${redact(error.hint)}\n`);
    return exitCodeOf(error.kind);
  }
  const text = error instanceof Error ? readableStack(error.stack ?? error.message) : String(error);
  process.stderr.write(`${pc.red('this is a bug in the program')}: ${redact(text)}\n`);
  process.stderr.write('  nothing since the last commit was kept; the state can be opened again\n');
  return EXIT.degraded;
}
