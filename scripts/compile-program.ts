/**
 * Part of the build: runs the program FILE once and keeps in OUT what V8 compiled for that. A backtest is what many
 * commands have in common: settings, schemas, kinds, candles and a run.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadProgram } from '../src/cli/load-program.js';

const [file, out] = process.argv.slice(2);
if (file === undefined || out === undefined) throw new Error('compile-program FILE OUT');
const program = loadProgram(resolve(file), undefined);
process.stdout.write = () => true;
process.stderr.write = () => true;
await program.start(['backtest', '--market', 'generated', '--days', '30', '--kind', 'sma-cross', '--json']);
writeFileSync(out, program.compile());
