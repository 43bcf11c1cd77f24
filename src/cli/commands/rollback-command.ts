import { resolve } from 'node:path';
import type { DeployerRequest } from '../../app/run-deployer.js';
import { configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import type { PaperFlags } from '../paper-flags.js';
import { requestEnvelope } from '../request-envelope.js';
import { fileRequestIn, probeLock } from '../wire.js';

/** `rollback`: one file in the deployer's inbox. */
export function rollbackCommand(flags: PaperFlags): number {
  const output = createOutput(flags.json === true);
  const folder = resolve(configFor(flags).values.deployments.folder);
  const request: DeployerRequest = {
    ...requestEnvelope('rollback', flags.due),
    kind: 'rollback',
    reason: flags.reason ?? 'by hand',
  };
  fileRequestIn(folder, request.id, request);
  const running = probeLock(folder).locked;
  output.say(
    `filed ${request.id}: ${running ? 'the deployer takes it at its next look' : 'the deployer is not running and takes it when it starts'}`,
  );
  output.answer({ id: request.id, kind: 'rollback', filed: true, deployerRunning: running });
  return EXIT.fine;
}
