#!/usr/bin/env node
/** The `arena` binary: `npx arena status` is `main.js arena status`. */
import { runCli } from './run-cli.js';

process.exitCode = await runCli(['arena', ...process.argv.slice(2)]);
