import { resolve } from 'node:path';
import type { PaperRequest } from '../../app/paper-request.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { requestEnvelope } from '../request-envelope.js';
import { fileRequestIn, probeLock } from '../wire.js';
import type { PaperFlags } from '../paper-flags.js';

/** `kill` and `resume`: one file in the paper trader's inbox; it works whether anybody runs or not. */
export function paperRequestCommand(kind: 'kill' | 'resume', flags: PaperFlags): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.paper.folder);
  const base = { ...requestEnvelope(kind, flags.due), reason: flags.reason ?? 'by hand' };
  const request: PaperRequest =
    kind === 'kill' ? { ...base, kind, flatten: flags.flatten === true } : { ...base, kind };
  fileRequestIn(folder, request.id, request);
  const running = probeLock(folder).locked;
  output.say(
    `filed ${request.id}: ${running ? 'the paper trader takes it before its next bar' : 'the paper trader is not running and takes it before its first bar'}`,
  );
  output.answer({ id: request.id, kind, filed: true, paperRunning: running });
  return EXIT.fine;
}
