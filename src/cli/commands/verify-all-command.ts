import type { Check } from '../../app/check.js';
import { Problem } from '../../core/domain/problem.js';
import { textTable } from '../../reporting/text-table.js';
import { configFor } from '../arena-config.js';
import type { ArenaConfig } from '../config/schema.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import type { PaperFlags } from '../paper-flags.js';
import { deploymentChecks, paperChecks } from '../verify-folders.js';
import { arenaChecks } from './verify-command.js';

const PARTS = {
  arena: arenaChecks,
  paper: paperChecks,
  deployments: (values: ArenaConfig) => Promise.resolve().then(() => deploymentChecks(values)),
};
type Part = keyof typeof PARTS;

/** `verify`, `paper verify`, `deployer verify`: 0 all checks hold, 3 one does not. A part that has not begun is n/a. */
export async function verifyAllCommand(
  parts: readonly Part[],
  flags: PaperFlags & { readonly replay?: boolean },
): Promise<number> {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const checks: (Check & { part: Part })[] = [];
  for (const part of parts) {
    const found = await partOf(part, values, flags.replay === true, parts.length > 1);
    checks.push(...found.map((check) => ({ part, ...check })));
  }
  const ok = checks.every((check) => check.ok);
  const table = textTable(
    [
      { title: 'Part', align: 'left', cell: (row) => row.part },
      { title: '', align: 'left', cell: (row) => (row.ok ? 'ok' : 'FAILED') },
      { title: 'Check', align: 'left', cell: (row) => row.name },
      { title: 'Detail', align: 'left', cell: (row) => row.detail },
    ],
    checks,
  );
  for (const line of table) output.say(line);
  output.answer({ ok, checks });
  return ok ? EXIT.fine : EXIT.damaged;
}

async function partOf(part: Part, values: ArenaConfig, replay: boolean, optional: boolean): Promise<Check[]> {
  try {
    return await PARTS[part](values, replay);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (optional && error.kind === 'not-running')
      return [{ name: 'journal', ok: true, detail: `n/a: ${error.message}` }];
    if (!optional) throw error;
    return [{ name: 'journal', ok: false, detail: error.message }];
  }
}
