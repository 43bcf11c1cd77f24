/**
 * Account books of the system that recorded the runs, rebuilt from its description, with every rule in which ours
 * differ as a switch: all switches on are our books, written a second time. What one switch is worth is found by
 * turning it. Partial closes and shorts are left away: no recorded reply asked for them.
 */
import type { MarketTable } from '../../src/core/domain/market-table.js';
import { type TimeMs, timeframeMs } from '../../src/core/domain/time.js';
import { maintenanceFraction } from '../../src/core/simulation/margin.js';
import type { TradeSignal } from '../../src/core/strategies/llm/trade-signal.js';
import type { BookRules, BookTrade, PlayedBooks } from './book-rules.js';
import { DECISION_MS, type RecordedDecision } from './recorded-decisions.js';

interface Holding {
  readonly coin: string;
  readonly symbol: number;
  readonly entryMs: TimeMs;
  readonly entryPrice: number;
  readonly quantity: number;
  readonly leverage: number;
  readonly entryFeeUsd: number;
  marginUsd: number;
  fundingUsd: number;
  stop: number;
  target: number;
}

const START_USD = 10_000;
const FEE = 0.0005;
/** Costs of an arena without settings of its own. */
const HALF_SPREAD = 0.0002;
const IMPACT = 0.001;
const MIN_NOTIONAL_USD = 10;

/** Plays decisions on the bars of a market whose symbols begin with the coins' names. */
export function playBooks(
  market: MarketTable,
  decisions: ReadonlyMap<TimeMs, RecordedDecision>,
  rules: BookRules,
): PlayedBooks {
  const barMs = timeframeMs(market.timeframe);
  const firstMs = Math.min(...decisions.keys());
  const lastMs = Math.max(...decisions.keys());
  const symbolOf = new Map(market.symbols.map((symbol, i) => [symbol.split('-')[0] ?? '', i]));
  const held = new Map<string, Holding>();
  const trades: BookTrade[] = [];
  let cashUsd = START_USD;
  let feesUsd = 0;

  for (let t = 0; t < market.length; t++) {
    const openMs = market.openTimesMs[t] ?? NaN;
    const closeMs = openMs + barMs;
    if (closeMs < firstMs || openMs > lastMs) continue;
    if (rules.funding) for (const holding of held.values()) fund(holding, t);
    if (rules.insideBars) for (const holding of [...held.values()]) protect(holding, t);
    if (closeMs % DECISION_MS !== 0 || closeMs > lastMs) continue;
    if (!rules.insideBars) for (const holding of [...held.values()]) protectAtClose(holding, t);
    const decision = decisions.get(closeMs);
    if (decision !== undefined) act(rules.ourOrders ? decision.read : decision.told, t);
  }
  const openUsd = [...held.values()].reduce(
    (sum, { symbol, marginUsd, quantity, entryPrice }) =>
      sum + marginUsd + quantity * (price('close', symbol, market.length - 1) - entryPrice),
    0,
  );
  return {
    finalUsd: cashUsd + openUsd,
    feesUsd,
    fills: 2 * trades.length + held.size,
    trades,
    open: [...held.keys()],
  };

  function price(column: 'open' | 'high' | 'low' | 'close', symbol: number, t: number): number {
    return market.candles[symbol]?.[column][t] ?? NaN;
  }

  /** Signals that may do something, in the order in which they do it. */
  function act(signals: readonly TradeSignal[], t: number): void {
    const usable = signals.filter((signal) =>
      rules.ourOrders && signal.signal === 'close_position' ? true : isWhole(signal),
    );
    const order = ['close_position', 'hold', 'buy'];
    if (rules.ourOrders) usable.sort((a, b) => order.indexOf(a.signal) - order.indexOf(b.signal));
    for (const signal of usable) {
      const holding = held.get(signal.coin);
      if (signal.signal === 'buy' && holding === undefined) buy(signal, t);
      if (holding === undefined) continue;
      if (signal.signal === 'close_position')
        sell(holding, fillReference(holding.symbol, t), 'close', fillBar(t), closeTimeMs(t));
      if (signal.signal === 'hold') {
        holding.stop = signal.stopLoss ?? NaN;
        holding.target = signal.profitTarget ?? NaN;
        if (!rules.insideBars && !liquidateAtClose(holding, t)) protectAtClose(holding, t);
      }
    }
  }

  function buy(signal: TradeSignal, t: number): void {
    const { quantity: wanted, leverage, stopLoss, profitTarget } = signal;
    const symbol = symbolOf.get(signal.coin);
    if (symbol === undefined || wanted === null || leverage === null) return;
    const close = price('close', symbol, t);
    if (rules.ourOrders && !((stopLoss ?? NaN) < close && close < (profitTarget ?? NaN))) return;
    const reference = fillReference(symbol, t);
    const perDollar = 1 / leverage + FEE;
    const affordableUsd = Math.max(0, cashUsd / perDollar);
    const paid =
      reference * (1 + costFraction(Math.min(wanted * reference, affordableUsd), symbol, fillBar(t)));
    const short = wanted * paid * perDollar > cashUsd;
    if (short && !rules.ourOrders) return;
    const quantity = short ? affordableUsd / paid : wanted;
    const notionalUsd = quantity * paid;
    if (rules.ourOrders && notionalUsd < MIN_NOTIONAL_USD) return;
    const feeUsd = notionalUsd * FEE;
    cashUsd -= notionalUsd / leverage + feeUsd;
    feesUsd += feeUsd;
    held.set(signal.coin, {
      coin: signal.coin,
      symbol,
      entryMs: closeTimeMs(t),
      entryPrice: paid,
      quantity,
      leverage,
      entryFeeUsd: feeUsd,
      marginUsd: notionalUsd / leverage,
      fundingUsd: 0,
      stop: stopLoss ?? NaN,
      target: profitTarget ?? NaN,
    });
  }

  /** `reference` is a price in bar `bar`, and `exitMs` the time that the books give it. */
  function sell(
    holding: Holding,
    reference: number,
    exit: BookTrade['exit'],
    bar: number,
    exitMs: TimeMs,
  ): void {
    const { coin, symbol, quantity, entryPrice, entryMs, entryFeeUsd, fundingUsd, leverage } = holding;
    held.delete(coin);
    const exitPrice = reference * (1 - costFraction(quantity * reference, symbol, bar));
    const profitUsd = quantity * (exitPrice - entryPrice);
    // An isolated position cannot lose more than its margin; there it could.
    const leftUsd = rules.insideBars
      ? Math.max(0, holding.marginUsd + profitUsd)
      : holding.marginUsd + profitUsd;
    const feeUsd = rules.insideBars
      ? Math.min(quantity * exitPrice * FEE, leftUsd)
      : quantity * exitPrice * FEE;
    const receivedUsd = leftUsd - feeUsd - (rules.oneFee ? 0 : entryFeeUsd);
    cashUsd += receivedUsd;
    feesUsd += feeUsd;
    trades.push({
      coin,
      entryMs,
      exitMs,
      entryPrice,
      exitPrice,
      quantity,
      feesUsd: entryFeeUsd + feeUsd,
      fundingUsd,
      netUsd: receivedUsd - (quantity * entryPrice) / leverage - entryFeeUsd,
      exit,
    });
  }

  function closeTimeMs(t: number): TimeMs {
    return (market.openTimesMs[t] ?? NaN) + barMs;
  }

  function fillBar(t: number): number {
    return rules.nextOpen ? t + 1 : t;
  }

  function fillReference(symbol: number, t: number): number {
    return rules.nextOpen ? price('open', symbol, t + 1) : price('close', symbol, t);
  }

  function costFraction(notionalUsd: number, symbol: number, bar: number): number {
    if (!rules.spread) return 0;
    const barUsd = (market.candles[symbol]?.volume[bar] ?? NaN) * price('close', symbol, bar);
    return HALF_SPREAD + IMPACT * Math.sqrt(notionalUsd / barUsd);
  }

  function fund(holding: Holding, t: number): void {
    const series = market.funding[holding.symbol];
    const openMs = market.openTimesMs[t] ?? NaN;
    series?.timesMs.forEach((timeMs, k) => {
      if (timeMs < openMs || timeMs >= openMs + barMs) return;
      const dueUsd = holding.quantity * price('open', holding.symbol, t) * (series.rates[k] ?? NaN);
      const paidUsd = Math.min(dueUsd, holding.marginUsd);
      holding.marginUsd -= paidUsd;
      holding.fundingUsd += paidUsd;
    });
  }

  function protect(holding: Holding, t: number): void {
    const { symbol, quantity, entryPrice, marginUsd, stop, target } = holding;
    const openMs = market.openTimesMs[t] ?? NaN;
    const open = price('open', symbol, t);
    const low = price('low', symbol, t);
    const instrument = market.instruments[symbol];
    if (instrument === undefined) return;
    const kept = 1 - maintenanceFraction(instrument, quantity * entryPrice);
    const liquidation = (quantity * entryPrice - marginUsd) / (quantity * kept);
    if (open <= liquidation) sell(holding, open, 'liquidation', t, openMs);
    else if (low <= stop && stop > liquidation) sell(holding, Math.min(open, stop), 'stop', t, openMs);
    else if (low <= liquidation) sell(holding, liquidation, 'liquidation', t, openMs);
    else if (price('high', symbol, t) >= target) sell(holding, Math.max(open, target), 'target', t, openMs);
  }

  function protectAtClose(holding: Holding, t: number): void {
    const close = price('close', holding.symbol, t);
    if (close <= holding.stop) sell(holding, close, 'stop', t, closeTimeMs(t));
    else if (close >= holding.target) sell(holding, close, 'target', t, closeTimeMs(t));
  }

  function liquidateAtClose(holding: Holding, t: number): boolean {
    const close = price('close', holding.symbol, t);
    if (close > holding.entryPrice * (1 - 1 / holding.leverage)) return false;
    sell(holding, close, 'liquidation', t, closeTimeMs(t));
    return true;
  }
}

/** The nine fields make sense together; asked there of closes and holds as well. */
function isWhole({ quantity, leverage, stopLoss, profitTarget, confidence }: TradeSignal): boolean {
  const stop = stopLoss ?? NaN;
  const target = profitTarget ?? NaN;
  return (
    (quantity ?? NaN) > 0 &&
    (leverage ?? NaN) > 0 &&
    stop > 0 &&
    target > stop &&
    (confidence ?? NaN) >= 0 &&
    (confidence ?? NaN) <= 1
  );
}
