import { type ChildProcess } from 'node:child_process';
import { type CliResult, ended, startCli } from './cli.js';

/** Runs the program beside this process, in which a server lives that it asks. `seen` gets the process at once. */
export async function runCliBeside(
  args: readonly string[],
  env: Record<string, string>,
  seen?: (child: ChildProcess) => void,
): Promise<CliResult> {
  const child = startCli(args, env);
  seen?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr?.on('data', (part: Buffer) => (stderr += part.toString()));
  const { code } = await ended(child);
  return { code, stdout, stderr };
}
