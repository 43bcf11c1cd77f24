/**
 * Where words go. Without --json, people's text is on stdout; with it, stdout holds the machine's answer
 * alone and people's text goes to stderr.
 */
export interface Output {
  readonly json: boolean;
  say(text: string): void;
  /** The machine's answer; nothing without --json. */
  answer(value: unknown): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    say(text) {
      (json ? process.stderr : process.stdout).write(`${text}\n`);
    },
    answer(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}
