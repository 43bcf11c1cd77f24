#!/usr/bin/env node
/** The `arena` binary: `npx arena status` is `main.js arena status`. */
import { goOnWithoutReader } from './closed-pipe.js';
import { loadEnvironmentFile } from './load-environment-file.js';
import { runCli } from './run-cli.js';

goOnWithoutReader(process.stdout);
goOnWithoutReader(process.stderr);
loadEnvironmentFile();
process.exitCode = await runCli(['arena', ...process.argv.slice(2)]);
