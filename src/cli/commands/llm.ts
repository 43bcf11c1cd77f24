import type { Command } from 'commander';
import { Problem } from '../../core/domain/problem.js';
import type { Done } from './arena.js';

const EXAMPLES = `
Examples:
  npm run llm -- parse replies.json.gz          how many signals, and whether they are those recorded beside the replies

Exit codes: 0 read, whatever came out, 2 wrong usage or input.`;

/** `llm parse`. */
export function addLlmCommands(program: Command, done: Done): void {
  const llm = program
    .command('llm')
    .description('language models: look at what they said')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(true);
  llm.action((_options, command: Command) => {
    const [unknown] = command.args;
    if (unknown === undefined) command.help({ error: true });
    else
      throw new Problem('usage', `llm has no subcommand "${unknown}"`, { hint: 'there is: llm parse FILE' });
  });
  llm
    .command('parse <file>')
    .description('read recorded replies and compare with the signals recorded beside them')
    .addHelpText('after', EXAMPLES)
    .option('--json', 'machine output alone on stdout, words on stderr')
    .action(async (file: string, _options, command: Command) => {
      const { llmParseCommand } = await import('./llm-parse-command.js');
      done(llmParseCommand(file, command.opts()));
    });
}
