import { durationWords } from '../core/domain/duration-words.js';
import { Problem, type ProblemKind } from '../core/domain/problem.js';
import { VenueFault, type VenueFaultKind } from '../ports/venue.js';

const KINDS: Readonly<Record<VenueFaultKind, ProblemKind>> = {
  unreachable: 'degraded',
  timeout: 'degraded',
  'rate-limited': 'degraded',
  banned: 'degraded',
  unavailable: 'degraded',
  'bad-reply': 'degraded',
  'circuit-open': 'degraded',
  'unknown-symbol': 'usage',
  refused: 'usage',
};

/** What an exchange did not do, as something that a person can act on; anything else as it is. */
export function venueProblem(error: unknown, otherwise: string): unknown {
  if (!(error instanceof VenueFault)) return error;
  const kind = KINDS[error.kind];
  const hint =
    error.kind === 'unknown-symbol'
      ? 'correct --symbols: base and quote as the exchange has them, for example BTC/USDT'
      : error.kind === 'unreachable' || error.kind === 'timeout'
        ? `check the connection (npm run doctor says more), then ${otherwise}`
        : error.retryAfterMs !== undefined && (error.kind === 'banned' || error.kind === 'rate-limited')
          ? `wait ${durationWords(error.retryAfterMs)} (asking earlier makes it longer), then ${otherwise}`
          : otherwise;
  return new Problem(kind, error.message, { hint, cause: error });
}
