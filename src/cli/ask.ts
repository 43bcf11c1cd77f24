import { createInterface } from 'node:readline/promises';

/** Yes or no from a person; no when nobody answers. */
export async function confirmed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await Promise.race([
      terminal.question(`${question} [y/N] `),
      new Promise<string>((done) => {
        terminal.on('close', () => {
          done('');
        });
      }),
    ]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
