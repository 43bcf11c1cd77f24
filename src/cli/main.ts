#!/usr/bin/env node
import { goOnWithoutReader } from './closed-pipe.js';
import { loadEnvironmentFile } from './load-environment-file.js';
import { runCli } from './run-cli.js';

goOnWithoutReader(process.stdout);
goOnWithoutReader(process.stderr);
loadEnvironmentFile();
process.exitCode = await runCli(process.argv.slice(2));
