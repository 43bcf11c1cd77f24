/** What a live arena's market went through: which bars it was played without, and which came late or changed. */
import { type TimeMs, timeframeMs } from '../core/domain/time.js';
import { type Correction, MISS_REASONS, type MarketLog, type MissReason } from '../ports/market-log.js';

export interface LoggedSymbol {
  readonly symbol: string;
  readonly missed: Readonly<Record<MissReason, number>>;
  readonly late: number;
  readonly revised: number;
}

export interface LogEvent {
  readonly symbol: string;
  readonly openMs: TimeMs;
  readonly what: MissReason | Correction['kind'];
  readonly text: string;
}

export interface MarketLogCheck {
  readonly exchange: string;
  readonly second: string | undefined;
  readonly timeframe: string;
  /** Slots, warm-up included. */
  readonly slots: number;
  readonly firstMs: TimeMs | undefined;
  readonly lastMs: TimeMs | undefined;
  /** From a bar's close until it was settled, of the newest slots; undefined before the first. */
  readonly medianLagMs: number | undefined;
  readonly mostLagMs: number | undefined;
  /** Slots that were settled a bar's length or more after their close, and how long after the latest of them. */
  readonly caughtUp: number;
  readonly longestBehindMs: number | undefined;
  readonly symbols: readonly LoggedSymbol[];
  /** Newest first. */
  readonly events: readonly LogEvent[];
}

/** Warm-up and catching up are settled long after their close and say nothing of the lag. */
const LAG_SLOTS = 1_000;

/** Undefined where no live market was followed yet. */
export function checkMarketLog(
  log: Pick<MarketLog, 'head' | 'missed' | 'corrections' | 'settled'>,
): MarketLogCheck | undefined {
  const head = log.head();
  if (head === undefined) return undefined;
  const missed = log.missed();
  const corrections = log.corrections();
  const settled = log.settled();
  const barMs = timeframeMs(head.timeframe);
  const all = settled.map(({ openMs, settledMs }) => settledMs - openMs - barMs);
  const lags = all
    .slice(-LAG_SLOTS)
    .filter((lagMs) => lagMs < barMs)
    .sort((a, b) => a - b);
  const warmUp = all.findIndex((lagMs) => lagMs < barMs);
  const behind = (warmUp < 0 ? [] : all.slice(warmUp)).filter((lagMs) => lagMs >= barMs);
  const nameOf = (symbol: number): string => head.symbols[symbol] ?? '';
  const events: LogEvent[] = [
    ...missed.map(({ openMs, symbol, reason, text }) => ({
      openMs,
      symbol: nameOf(symbol),
      what: reason,
      text,
    })),
    ...corrections.map(({ openMs, symbol, kind, receivedMs }) => ({
      openMs,
      symbol: nameOf(symbol),
      what: kind,
      text: `${kind === 'late' ? 'came' : 'changed'} ${String(Math.round((receivedMs - openMs - barMs) / 1000))} s after its close`,
    })),
  ];
  return {
    exchange: head.exchange,
    second: head.second,
    timeframe: head.timeframe,
    slots: settled.length,
    firstMs: settled[0]?.openMs,
    lastMs: settled.at(-1)?.openMs,
    medianLagMs: lags[lags.length >> 1],
    mostLagMs: lags.at(-1),
    caughtUp: behind.length,
    longestBehindMs: behind.length === 0 ? undefined : behind.reduce((a, b) => Math.max(a, b)),
    symbols: head.symbols.map((symbol, k) => ({
      symbol,
      missed: Object.fromEntries(
        MISS_REASONS.map((reason) => [
          reason,
          missed.filter((one) => one.symbol === k && one.reason === reason).length,
        ]),
      ) as Record<MissReason, number>,
      late: corrections.filter((one) => one.symbol === k && one.kind === 'late').length,
      revised: corrections.filter((one) => one.symbol === k && one.kind === 'revised').length,
    })),
    events: events.sort((a, b) => b.openMs - a.openMs),
  };
}
