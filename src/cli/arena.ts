#!/usr/bin/env node
/** The `arena` binary: `npx arena status` is `main.js arena status`. */
import { launch } from './launch.js';

await launch(['arena', ...process.argv.slice(2)]);
