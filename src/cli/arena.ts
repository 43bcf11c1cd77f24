#!/usr/bin/env node
/** The `arena` binary: `npx arena status` is `main arena status`. */
import { launch } from './launch.js';

void launch(['arena', ...process.argv.slice(2)]);
