import { pino } from 'pino';
import type { Redact } from '../../core/domain/redact.js';
import type { LogFields, LogLevel, ProcessLog } from '../../ports/process-log.js';
import type { RollingFile } from './rolling-file.js';

export interface ProcessLogSetup {
  /** `arena`, `deployer`, ... */
  readonly process: string;
  readonly level: LogLevel;
  readonly redact: Redact;
  /** Undefined where no file is kept. */
  readonly file: RollingFile | undefined;
  /** Gets every line as well, e.g. a terminal that wants JSON. */
  readonly also?: ((line: string) => void) | undefined;
}

/** pino writes the lines, in this process and at once; texts go through `redact` before. */
export function openProcessLog(setup: ProcessLogSetup): ProcessLog {
  const { redact, file, also } = setup;
  const logger = pino(
    {
      level: setup.level,
      base: { process: setup.process, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write(line: string) {
        file?.write(line);
        also?.(line);
      },
    },
  );
  return {
    path: () => file?.path(),
    write(level, text, fields = {}) {
      logger[level](clean(fields, redact), redact(text));
    },
    lost: () => file?.lost() ?? 0,
    close() {
      file?.close();
    },
  };
}

function clean(fields: LogFields, redact: Redact): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  );
}
