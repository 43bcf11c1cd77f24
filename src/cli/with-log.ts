/** What a long-running process says: words on the terminal as ever, and the same as JSON lines in a log that rolls. */
import { stripVTControlCharacters } from 'node:util';
import { join } from 'node:path';
import type { Redact } from '../core/domain/redact.js';
import type { LogFields, ProcessLog } from '../ports/process-log.js';
import type { ArenaConfig } from './config/schema.js';
import { BACKGROUND_START, type LoggingProcess, logFolder, startStamp } from './log-file.js';
import type { Output } from './output.js';
import { redactorOf } from './secrets-of-environment.js';
import { processLog } from './wire.js';

export interface LogFlags {
  readonly json?: boolean;
  readonly jsonLogs?: boolean;
}

/** The output of a process that keeps a log. */
export interface LoggedOutput extends Output {
  readonly log: ProcessLog;
}

/** Does the work of a long-running process; what ends it is in the log as well. */
export async function withLog(
  name: LoggingProcess,
  values: Pick<ArenaConfig, 'logs' | 'deployments' | 'llm'>,
  flags: LogFlags,
  work: (output: LoggedOutput) => Promise<number>,
): Promise<number> {
  const background = process.env[BACKGROUND_START];
  // Meant for this process, and for none that it starts.
  Reflect.deleteProperty(process.env, BACKGROUND_START);
  const redact = redactorOf(process.env, keyVariables(values));
  const folder = logFolder(values);
  const words = flags.json === true ? process.stderr : process.stdout;
  const log = await processLog({
    name,
    redact,
    path:
      folder === undefined ? undefined : join(folder, `${name}-${background ?? startStamp(new Date())}.log`),
    rules: values.logs,
    also: flags.jsonLogs === true ? (line) => words.write(line) : undefined,
    told: (text) => process.stderr.write(`${redact(text)}\n`),
  });
  // In the background the terminal is a file that nobody rolls: it is for the last words of a crash.
  const isSilent = flags.jsonLogs === true || (background !== undefined && log.path() !== undefined);
  const onCrash = (error: unknown): void => {
    log.write('fatal', wordsOf(error), { fault: stackOf(error) });
  };
  process.on('uncaughtExceptionMonitor', onCrash);
  try {
    log.write('info', `${name} starts`, { command: process.argv.slice(2).join(' '), node: process.version });
    const code = await work(loggedOutput(log, redact, isSilent, flags));
    log.write('info', `${name} ends`, { exitCode: code });
    return code;
  } catch (error) {
    log.write('error', wordsOf(error), { fault: stackOf(error) });
    throw error;
  } finally {
    process.off('uncaughtExceptionMonitor', onCrash);
    log.close();
  }
}

function loggedOutput(log: ProcessLog, redact: Redact, isSilent: boolean, flags: LogFlags): LoggedOutput {
  const json = flags.json === true;
  const put = (stream: NodeJS.WriteStream, text: string, fields: LogFields = {}): void => {
    const plain = stripVTControlCharacters(text).trim();
    if (plain !== '') log.write(fields.fault === undefined ? 'info' : 'warn', plain, fields);
    if (!isSilent) stream.write(`${redact(text)}\n`);
  };
  return {
    json,
    log,
    say(text, fields) {
      put(json ? process.stderr : process.stdout, text, fields);
    },
    note(text, fields) {
      put(process.stderr, text, fields);
    },
    answer(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

/** Variables that settings name as holding the key of a provider. */
function keyVariables({ llm }: Pick<ArenaConfig, 'llm'>): string[] {
  return Object.values(llm.providers ?? {}).flatMap(({ keyVariable }) =>
    typeof keyVariable === 'string' ? [keyVariable] : [],
  );
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
