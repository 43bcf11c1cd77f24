import { resolve } from 'node:path';
import type { PaperRequest } from '../../app/paper-request.js';
import { parsePaperSettings } from '../../app/paper-settings.js';
import { Problem } from '../../core/domain/problem.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { requestEnvelope } from '../request-envelope.js';
import { fileRequestIn, journalOf, probeLock } from '../wire.js';
import type { PaperFlags } from '../paper-flags.js';

/** `kill` and `resume`: one file in the paper trader's inbox; it works whether anybody runs or not. */
export function paperRequestCommand(kind: 'kill' | 'resume', flags: PaperFlags): number {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const folder = resolve(values.paper.folder);
  const base = { ...requestEnvelope(kind, flags.due), reason: flags.reason ?? 'by hand' };
  const request: PaperRequest =
    kind === 'kill' ? { ...base, kind, flatten: flags.flatten === true } : { ...base, kind };
  fileRequestIn(folder, request.id, request);
  const running = probeLock(folder).locked;
  const isOutNow =
    request.kind === 'kill' && request.flatten && fillsAtQuotes(folder, resolve(values.state.folder));
  output.say(
    `filed ${request.id}: ${running ? 'the paper trader takes it before its next bar' : 'the paper trader is not running and takes it before its first bar'}` +
      (isOutNow
        ? `; ${running ? '' : 'once it runs '}it sells at the next quote, and says what it sold`
        : ''),
  );
  output.answer({ id: request.id, kind, filed: true, paperRunning: running });
  return EXIT.fine;
}

/** Whether the account there sells at live quotes; a folder without a readable account sells nothing yet. */
function fillsAtQuotes(folder: string, arenaFolder: string): boolean {
  try {
    const store = journalOf(folder, true);
    try {
      const saved = store.meta('settings');
      return saved !== undefined && parsePaperSettings(saved, folder, arenaFolder).fills === 'quote';
    } finally {
      store.close();
    }
  } catch (error) {
    // A kill must be filed whatever the state of the folder is.
    if (error instanceof Problem) return false;
    throw error;
  }
}
