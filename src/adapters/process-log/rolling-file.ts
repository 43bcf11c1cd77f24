/**
 * A file that gives way to the next when it is large or old, with a bounded number kept. Every line is one write of its own, so
 * that it is with the system when the process dies. Nothing that goes wrong here is thrown: a full disk must not stop whoever writes.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface RollingFileRules {
  /** `<folder>/<name>.log`; the next ones are `<name>.2.log` and so on. */
  readonly path: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Of this name, the newest included. */
  readonly keepFiles: number;
  nowMs(): number;
  /** Once per trouble: that nothing can be written, and that it is over. */
  told(text: string): void;
}

export interface RollingFile {
  path(): string;
  /** A line with its end. */
  write(line: string): void;
  lost(): number;
  close(): void;
}

/** Throws when the first file cannot be opened. */
export function openRollingFile(rules: RollingFileRules): RollingFile {
  const folder = dirname(rules.path);
  const name = basename(rules.path, '.log');
  let number = 1;
  let path = rules.path;
  let file: number | undefined;
  let bytes = 0;
  let sinceMs = 0;
  let lost = 0;
  let isTorn = false;
  let trouble: string | undefined;

  const open = (): number => {
    mkdirSync(folder, { recursive: true });
    const descriptor = openSync(path, 'a', 0o600);
    bytes = fstatSync(descriptor).size;
    sinceMs = rules.nowMs();
    return descriptor;
  };
  const roll = (): void => {
    close();
    number++;
    path = join(folder, `${name}.${String(number)}.log`);
    bytes = 0;
    // First of all: on a full disk this makes room.
    const oldest = number - rules.keepFiles;
    if (oldest >= 1)
      rmSync(oldest === 1 ? rules.path : join(folder, `${name}.${String(oldest)}.log`), { force: true });
    file = open();
  };
  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  file = open();
  return {
    path: () => path,
    write(line) {
      try {
        if (bytes > 0 && (bytes + line.length > rules.maxBytes || rules.nowMs() - sinceMs >= rules.maxAgeMs))
          roll();
        file ??= open();
        // What a full disk left of a line is closed first, so that the next one can be read.
        const whole = Buffer.from(isTorn ? `\n${line}` : line);
        const written = writeSync(file, whole);
        bytes += written;
        isTorn = written < whole.length;
        if (isTorn) throw new Error('the line was cut short');
        if (trouble !== undefined)
          rules.told(`the log ${path} is written again; ${String(lost)} lines are lost`);
        trouble = undefined;
      } catch (error) {
        lost++;
        const why = error instanceof Error ? error.message : 'unknown';
        if (trouble === undefined)
          rules.told(`the log ${path} cannot be written (${why}); going on without it`);
        trouble = why;
      }
    },
    lost: () => lost,
    close,
  };
}

/** Deletes all but the newest `keep` starts of a process: `<process>-<start>.log` and what belongs to them. */
export function removeOldLogs(folder: string, name: string, keep: number): void {
  const starts = new Map<string, string[]>();
  for (const file of readdirSync(folder)) {
    const start = new RegExp(`^${name}-(\\d{8}T\\d{6}-\\d{3}Z)\\.`).exec(file)?.[1];
    if (start !== undefined) starts.set(start, [...(starts.get(start) ?? []), file]);
  }
  for (const start of [...starts.keys()].sort().slice(0, -keep))
    for (const file of starts.get(start) ?? []) rmSync(join(folder, file), { force: true });
}
