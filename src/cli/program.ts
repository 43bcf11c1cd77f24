/** The program itself, as `main` and `arena` start it. */
import './interpreted-schemas.js';
import { goOnWithoutReader } from './closed-pipe.js';
import { loadEnvironmentFile } from './load-environment-file.js';
import { runCli } from './run-cli.js';

/** Runs one command line; its exit code is the process's. */
export async function start(args: readonly string[]): Promise<void> {
  goOnWithoutReader(process.stdout);
  goOnWithoutReader(process.stderr);
  loadEnvironmentFile();
  process.exitCode = await runCli([...args]);
}
