export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a line is about, for machines that search. */
export interface LogFields {
  readonly round?: number;
  readonly symbol?: string;
  /** What went wrong, in words. */
  readonly fault?: string;
  readonly [name: string]: string | number | boolean | undefined;
}

/** Where a long-running process keeps what it said. A line that was written is there when the process is killed right after. */
export interface ProcessLog {
  /** The file that is written now; undefined where none is kept. */
  path(): string | undefined;
  /** Never throws: what cannot be kept is counted. */
  write(level: Exclude<LogLevel, 'silent'>, text: string, fields?: LogFields): void;
  /** Lines that could not be kept. */
  lost(): number;
  close(): void;
}
