import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Problem } from '../core/domain/problem.js';
import { compiledFile } from './compiled.js';

const packageSchema = z.object({ version: z.string() });
const DIGITS = 12;

/**
 * Number and hash of the compiled code. A worker of other code could give other results for the same job, and nobody
 * would see it: a number that people raise by hand is not enough.
 */
export function programVersion(): string {
  const folder = fileURLToPath(compiledFile(''));
  if (!existsSync(folder))
    throw new Problem('input', `${folder}: the program is not compiled`, { hint: 'npm run build' });
  const hash = createHash('sha256');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
    if (/\.c?js$/.test(name))
      hash
        .update(name)
        .update('\0')
        .update(readFileSync(join(folder, name)));
  const { version } = packageSchema.parse(JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8')));
  return `${version}+${hash.digest('hex').slice(0, DIGITS)}`;
}
