import { judgeReplies } from '../../app/judge-replies.js';
import { judgedRepliesText } from '../../reporting/judged-replies-text.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { readRepliesFile } from '../read-replies-file.js';

/** `llm parse FILE`: the reply parser over recorded replies. */
export function llmParseCommand(file: string, flags: { readonly json?: boolean }): number {
  const output = createOutput(flags.json === true);
  const judged = judgeReplies(readRepliesFile(file));
  output.say(judgedRepliesText(judged).join('\n'));
  const { replies, signals, reproduced, missing, wrong, unusable } = judged;
  output.answer({ replies, signals, reproduced, missing, wrong, unusable });
  return EXIT.fine;
}
