import type { LogFields } from '../ports/process-log.js';

/**
 * Where words go. Without --json, people's text is on stdout; with it, stdout holds the machine's answer
 * alone and people's text goes to stderr.
 */
export interface Output {
  readonly json: boolean;
  /** `fields` are for the log of a long-running process, where there is one. */
  say(text: string, fields?: LogFields): void;
  /** On stderr, with --json and without. */
  note(text: string, fields?: LogFields): void;
  /** The machine's answer; nothing without --json. */
  answer(value: unknown): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    say(text) {
      (json ? process.stderr : process.stdout).write(`${text}\n`);
    },
    note(text) {
      process.stderr.write(`${text}\n`);
    },
    answer(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}
