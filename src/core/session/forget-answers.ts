import type { Session } from './session.js';

/** Makes answers of language models void, of one symbol or of all; a text says why it cannot. */
export function forgetAnswers(session: Session, symbol: string | undefined): string | undefined {
  const { kind, symbols } = session.plan;
  if (kind.forget === undefined) return `${kind.manifest.kind} keeps no answers of language models`;
  const own = symbol === undefined ? undefined : symbols.indexOf(symbol);
  if (own === -1) return `it does not trade ${symbol ?? ''}; it trades ${symbols.join(', ')}`;
  session.memory = kind.forget(session.memory, own);
  return undefined;
}
