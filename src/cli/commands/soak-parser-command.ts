import { setImmediate as turn } from 'node:timers/promises';
import { MADE_REPLIES } from '../../app/made-replies.js';
import { newParserTally, soakReply, timeLongReply } from '../../app/soak-parser.js';
import { fixed, grouped } from '../../reporting/text-table.js';
import { EXIT } from '../exit-codes.js';
import { createOutput } from '../output.js';
import { wholeBetween } from '../parse-number.js';
import { startCount } from '../progress.js';
import { readRepliesFile } from '../read-replies-file.js';

const MOST_REPLIES = 100_000_000;
const MOST_SEED = 1_000_000;
const LONG_REPLIES = 200;
/** The bar is drawn, and a signal heard, between two portions. */
const PORTION = 1000;

interface SoakParserFlags {
  readonly replies: string;
  readonly seed: string;
  readonly file?: string;
  readonly json?: boolean;
}

/** `soak parser`: damaged replies by the hundred thousand; what no reply may lead to is counted. */
export async function soakParserCommand(flags: SoakParserFlags): Promise<number> {
  const output = createOutput(flags.json === true);
  const count = wholeBetween(flags.replies, '--replies', 1, MOST_REPLIES);
  const seed = wholeBetween(flags.seed, '--seed', 0, MOST_SEED);
  const recorded = flags.file === undefined ? [] : readRepliesFile(flags.file).map(({ text }) => text);
  const replies = [...MADE_REPLIES, ...recorded];
  const nowMs = (): number => performance.now();
  const tally = newParserTally();
  const progress = startCount(count, output.json, 'replies');
  try {
    for (let number = 0; number < count; number++) {
      soakReply(tally, replies, seed, number, nowMs);
      if (number % PORTION !== 0) continue;
      progress.update(number);
      await turn();
    }
  } finally {
    progress.stop();
  }
  const perSecond = tally.replies / (tally.parseMs / 1000);
  let slowestMs = 0;
  for (let k = 0; k < LONG_REPLIES; k++)
    slowestMs = Math.max(slowestMs, timeLongReply(replies, seed, k, nowMs));

  output.say(
    `${grouped(tally.replies)} damaged replies, seed ${String(seed)}: ${grouped(perSecond)} a second`,
  );
  for (const [kind, times] of Object.entries(tally.readAs).sort(([, a], [, b]) => b - a))
    output.say(`  read as ${kind}: ${grouped(times)}`);
  output.say(
    `slowest of ${String(LONG_REPLIES)} replies of 100,000 characters: ${fixed(slowestMs, 2)} ms (best of five each)`,
  );
  output.say(`broken laws: ${grouped(tally.brokenCount)}`);
  for (const { number, what } of tally.broken) output.say(`  reply ${String(number)}: ${what}`);
  output.answer({
    replies: tally.replies,
    seed,
    perSecond: Math.round(perSecond),
    slowest100kMs: slowestMs,
    readAs: tally.readAs,
    brokenCount: tally.brokenCount,
    broken: tally.broken,
  });
  return tally.brokenCount === 0 ? EXIT.fine : EXIT.degraded;
}
