import { type ReplyObject, type ReplyValue, isContainer } from './reply-value.js';

export interface FoundMember {
  readonly value: ReplyValue;
  /** The key is there twice with different values: which one was meant is not ours to guess. */
  readonly contradictory: boolean;
}

/** Members by the names of the reply format; `stopLoss`, `Stop Loss` and `STOP_LOSS` are `stop_loss` too. */
export type MembersByName = (name: string) => FoundMember | undefined;

export function membersByName(object: ReplyObject): MembersByName {
  const found = new Map<string, FoundMember>();
  for (const { key, value } of object.members) {
    const name = foldKey(key);
    const earlier = found.get(name);
    const contradictory =
      earlier !== undefined && (earlier.contradictory || !saysTheSame(earlier.value, value));
    found.set(name, { value, contradictory });
  }
  return (name) => found.get(foldKey(name));
}

/** The names of the reply format as most replies spell them: a long reply says each of them a thousand times. */
const USUAL: ReadonlyMap<string, string> = new Map(
  [
    'coin',
    'signal',
    'quantity',
    'leverage',
    'profit_target',
    'stop_loss',
    'invalidation_condition',
    'confidence',
    'risk_usd',
    'close_reason',
    'trade_signal_args',
    'reasoning',
    'decisions',
  ].map((name) => [name, name.replaceAll('_', '')]),
);

/** Without case and separators; Markdown writes `stop\_loss`. */
export function foldKey(key: string): string {
  return USUAL.get(key) ?? foldUnusual(key);
}

function foldUnusual(key: string): string {
  const folded = key.toLowerCase().replaceAll('_', '');
  return /[\s\\-]/.test(folded) ? folded.replace(/[\s\\-]/g, '') : folded;
}

function saysTheSame(one: ReplyValue, other: ReplyValue): boolean {
  return !isContainer(one) && !isContainer(other) && one.text.trim() === other.text.trim();
}
