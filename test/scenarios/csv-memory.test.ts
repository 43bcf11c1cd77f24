/** Reading candles holds the table and a fixed amount beside it, however large the file is. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from '../support/cli.js';

const figuresSchema = z.object({ rows: z.number(), tableBytes: z.number(), beyondTableBytes: z.number() });

function measure(...flags: readonly string[]): z.infer<typeof figuresSchema> {
  const script = join(ROOT, 'scripts/measure-csv-memory.ts');
  const stdout = execFileSync(process.execPath, ['--import', 'tsx', script, '--json', ...flags], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return figuresSchema.parse(JSON.parse(stdout));
}

describe('the peak of a load beyond the bytes of its table', () => {
  it('is below 24 MB for a plain file of 30 MB', () => {
    const figures = measure('--megabytes', '30');
    expect(figures.rows).toBeGreaterThan(500_000);
    expect(figures.tableBytes).toBeGreaterThan(24e6);
    expect(figures.beyondTableBytes, 'columns that are moved as they grow need 57 MB').toBeLessThan(24e6);
  });

  it('is below 70 MB for a gzip file of 60 MB of text, thread and its buffers included', () => {
    const figures = measure('--megabytes', '60', '--gzip');
    expect(figures.rows).toBeGreaterThan(1_000_000);
    expect(
      figures.beyondTableBytes,
      'the text at once and columns that are moved need over 100 MB',
    ).toBeLessThan(70e6);
  });
});
