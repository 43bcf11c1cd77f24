import type { Account } from '../domain/account.js';
import { writeLedgerEntry } from '../domain/ledger.js';
import { timeframeMs } from '../domain/time.js';
import { liquidationPrice } from './margin.js';
import type { Venue } from './venue.js';

/**
 * Books every funding time in [open, close) of bar `t` for the positions held after the open's fills:
 * longs pay a positive rate on their notional at the bar's open, shorts receive it. It moves the isolated
 * margin, and with it the liquidation price, so that a position never costs more than its margin.
 */
export function bookFunding(venue: Venue, account: Account, t: number): void {
  const market = venue.market;
  const openMs = market.openTimesMs[t] ?? NaN;
  const closeMs = openMs + timeframeMs(market.timeframe);
  for (let own = 0; own < account.positions.length; own++) {
    const position = account.positions[own];
    if (position === undefined || position.quantity === 0) continue;
    const marketIndex = venue.marketIndex[own] ?? -1;
    const series = market.funding[marketIndex];
    const instrument = venue.instruments[own];
    if (series === undefined || instrument === undefined) continue;
    const open = venue.candles[own]?.open[t] ?? NaN;
    const price = Number.isNaN(open) ? position.markPrice : open;
    for (let k = firstAtOrAfter(series.timesMs, openMs); k < series.timesMs.length; k++) {
      const timeMs = series.timesMs[k] ?? NaN;
      if (!(timeMs < closeMs)) break;
      const dueUsd = position.quantity * price * (series.rates[k] ?? 0);
      // A margin that is used up pays no more: the next check of the liquidation price ends the position.
      const paidUsd = Math.min(dueUsd, position.marginUsd);
      if (paidUsd === 0) continue;
      position.marginUsd -= paidUsd;
      position.tradeNetUsd -= paidUsd;
      position.liquidationPrice = liquidationPrice(position, instrument);
      account.fundingUsd += paidUsd;
      writeLedgerEntry(venue.ledger, {
        contestant: venue.contestant,
        timeMs,
        symbol: marketIndex,
        effect: 'funding',
        reason: 'funding',
        quantity: 0,
        referencePrice: price,
        price,
        feeUsd: 0,
        spreadUsd: 0,
        slippageUsd: 0,
        amountUsd: -paidUsd,
        absorbedUsd: 0,
        quantityAfter: position.quantity,
        cashAfterUsd: account.cashUsd,
        closedTradeNetUsd: 0,
        closesTrade: false,
      });
    }
  }
}

/** Index of the first of these ascending times that is not before `timeMs`. */
export function firstAtOrAfter(timesMs: Float64Array, timeMs: number): number {
  let low = 0;
  let high = timesMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesMs[middle] ?? Infinity) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
