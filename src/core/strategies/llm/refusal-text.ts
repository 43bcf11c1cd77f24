import type { Refusal } from '../../domain/intent.js';
import { fixed, priceText, quantityText } from './show-figures.js';

export interface RefusalWords {
  /** The name under which the model knows a symbol. */
  nameOf(symbol: string): string;
  /** A time as the model may know it. */
  timeText(timeMs: number): string;
}

/** Why the exchange or the risk limits turned an order down, in words that a model can act on. */
export function refusalText(refusal: Refusal, words: RefusalWords): string {
  return `${words.nameOf(refusal.symbol)}: ${whyText(refusal, words)}`;
}

function whyText(refusal: Refusal, words: RefusalWords): string {
  switch (refusal.kind) {
    case 'unknown-symbol':
      return 'is not one of your symbols';
    case 'invalid':
      return `not a usable order: ${refusal.what}`;
    case 'no-price':
      return 'has no price';
    case 'no-volume':
      return 'nothing was traded in the bar, so the order did not fill';
    case 'nothing-to-close':
      return 'nothing is held';
    case 'already-held':
      return 'is held on the other side';
    case 'no-cash':
      return `needs ${usd(refusal.neededUsd)} of cash, ${usd(refusal.freeCashUsd)} are free`;
    case 'below-lot':
      return `${quantityText(refusal.quantity)} is less than the smallest quantity ${quantityText(refusal.lotSize)}`;
    case 'below-minimum':
      return `${usd(refusal.notionalUsd)} is less than the smallest order ${usd(refusal.minimumUsd)}`;
    case 'order-too-large':
      return `an order of ${usd(refusal.notionalUsd)} is over the limit ${usd(refusal.limitUsd)}`;
    case 'symbol-exposure':
      return `its notional would be ${times(refusal.exposureFraction)} of the account value, the limit is ${times(refusal.limitFraction)}`;
    case 'gross-exposure':
      return `all notionals would be ${times(refusal.exposureFraction)} of the account value, the limit is ${times(refusal.limitFraction)}`;
    case 'class-exposure':
      return `its class would be ${times(refusal.exposureFraction)} of the account value, the limit is ${times(refusal.limitFraction)}`;
    case 'correlated-exposure':
      return `it moves along with ${refusal.with
        .split(' ')
        .map((symbol) => words.nameOf(symbol))
        .join(' ')}, which leaves room for ${usd(refusal.roomUsd)} only`;
    case 'too-many-names':
      return `${String(refusal.open)} positions are open, the limit is ${String(refusal.limit)}`;
    case 'leverage':
      return `leverage ${fixed(refusal.leverage, 2)} is not offered, at most ${String(refusal.limit)}`;
    case 'breaker':
      return 'a loss limit of the account has tripped: no entries, exits only';
    case 'cooling-down':
      return `no entry before ${words.timeText(refusal.untilMs)}, because a protective order closed it`;
    case 'minimum-hold':
      return `not to be closed before ${words.timeText(refusal.untilMs)}`;
    case 'short-on-spot':
      return 'cannot be sold short, it is a spot market';
    case 'stop-on-wrong-side':
      return `stop_loss ${priceText(refusal.stop)} is on the wrong side of the price ${priceText(refusal.price)}`;
    case 'target-on-wrong-side':
      return `profit_target ${priceText(refusal.target)} is on the wrong side of the price ${priceText(refusal.price)}`;
  }
}

function usd(amount: number): string {
  return `$${fixed(amount, 2)}`;
}

function times(fraction: number): string {
  return `${fixed(fraction, 2)} times`;
}
