import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ModelDecision, findModelDecision } from '../../app/find-model-decision.js';
import { readContestantRow } from '../../app/stored-contestants.js';
import { Problem } from '../../core/domain/problem.js';
import { formatForPeople } from '../../core/domain/time.js';
import { modelDecisionText } from '../../reporting/model-decision-text.js';
import { type ArenaFlags, configFor } from '../arena-config.js';
import { EXIT } from '../exit-codes.js';
import { findOneContestant } from '../find-one-contestant.js';
import { createOutput } from '../output.js';
import { parseFrom } from '../parse-date.js';
import { journalOf, recordingsIn, sha256 } from '../wire.js';

/** `llm show`: one decision with everything that went into it and came out of it. */
export function llmShowCommand(text: string, flags: ArenaFlags & { readonly at?: string }): number {
  const output = createOutput(flags.json === true);
  const { values } = configFor(flags);
  const folder = resolve(values.state.folder);
  const store = journalOf(folder, true);
  const file = resolve(values.llm.recordings);
  const recordings = existsSync(file) ? recordingsIn(file, true) : undefined;
  try {
    const contestant = findOneContestant(store.contestants().map(readContestantRow), text, folder);
    const atMs = flags.at === undefined ? Infinity : parseFrom(flags.at, '--at');
    const decision = findModelDecision(store, recordings, contestant.position, atMs, sha256);
    if (decision === undefined)
      throw new Problem(
        'input',
        `${contestant.name} has asked no model ${flags.at === undefined ? 'yet' : `up to ${formatForPeople(atMs)}`}`,
        { hint: 'npm run llm -- costs shows who has' },
      );
    if (decision.calls.every(({ recorded, imported }) => recorded === undefined && imported === undefined))
      output.say(`the texts are not in ${file}; name the recording with --recordings FILE`);
    output.answer({ contestant: contestant.name, ...decision });
    if (!output.json) process.stdout.write(modelDecisionText(contestant.name, textsOf(decision)));
    return EXIT.fine;
  } finally {
    recordings?.close();
    store.close();
  }
}

function textsOf({ seq, atMs, calls, decision }: ModelDecision): Parameters<typeof modelDecisionText>[1] {
  return {
    seq,
    atMs,
    decision,
    calls: calls.map(({ call, recorded, imported }) => ({
      call,
      system: recorded?.question.system,
      user: recorded?.question.user,
      form: recorded?.question.form ?? 'signals',
      reply: recorded?.answer.kind === 'answered' ? recorded.answer.text : imported,
      latencyMs: recorded?.latencyMs,
      attempts: recorded?.attempts,
    })),
  };
}
