import type { ModelAnswer } from '../../domain/model-call.js';
import { parseReply } from './parse-reply.js';
import { type SignalIntents, signalsToIntents } from './signals-to-intents.js';
import { reasonAbout, reasoningInJson } from './reason-about.js';
import type { TraderView } from './trader-view.js';

/** What an answer decides, or why it decides nothing. */
export type ReadAnswer =
  | {
      readonly kind: 'decided';
      readonly decided: SignalIntents;
      /** `no-action` where the model said that there is nothing to do. */
      readonly word: 'hold' | 'no-action';
    }
  | {
      readonly kind: 'failed';
      readonly why: string;
      /** What the model should know of it at its next decision. */
      readonly tell: readonly string[];
    };

/** An answer that was cut off is read like any other: the parser knows where it ends. */
export function readAnswer(
  answer: ModelAnswer | undefined,
  { context }: TraderView,
  servedBy: string | undefined,
): ReadAnswer {
  if (answer === undefined) return failed('no answer: the question of this bar was not asked');
  if (answer.kind === 'failed') return failed(answer.why);
  if (servedBy !== undefined && answer.servedBy !== servedBy)
    return failed(`answered by ${answer.servedBy}, not by ${servedBy}`);
  const parsed = parseReply(answer.text);
  switch (parsed.kind) {
    case 'unusable':
      return failed(`unusable reply: ${parsed.class}: ${parsed.why}`, [
        `your last reply could not be used: ${parsed.why}`,
      ]);
    case 'no-action':
      return {
        kind: 'decided',
        word: 'no-action',
        decided: { intents: [], refusals: [], plans: context.plans },
      };
    case 'signals': {
      const reasoning = parsed.reasoning === '' ? reasoningInJson(answer.text) : parsed.reasoning;
      return {
        kind: 'decided',
        word: 'hold',
        decided: signalsToIntents(parsed.signals, {
          ...context,
          reason: (symbol) => reasonAbout(context.names.aliases(symbol), reasoning),
        }),
      };
    }
  }
}

function failed(why: string, tell: readonly string[] = []): ReadAnswer {
  return { kind: 'failed', why, tell };
}
