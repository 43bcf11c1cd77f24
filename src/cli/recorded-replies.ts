import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type FindReply, NO_REPLIES, findReplyIn } from '../app/journaled-answers.js';
import type { ArenaConfig } from './config/schema.js';
import { recordingsIn, sha256 } from './wire.js';

/** What models said, for replays; the recording is opened when the first reply is looked for. */
export function recordedReplies({ llm }: ArenaConfig): FindReply {
  const file = resolve(llm.recordings);
  let find: FindReply | undefined;
  return (call) => {
    find ??= existsSync(file) ? findReplyIn(recordingsIn(file, true), sha256) : NO_REPLIES;
    return find(call);
  };
}
