import { fixed, priceText } from './show-figures.js';

/** Why a signal of a reply did not become an intent. The model is told at its next decision. */
export type SignalRefusal =
  | { readonly kind: 'unknown-coin' | 'ambiguous-coin'; readonly coin: string }
  | {
      readonly kind:
        | 'said-twice'
        | 'already-held'
        | 'other-side-held'
        | 'not-held'
        | 'no-price'
        | 'no-quantity'
        | 'no-leverage'
        | 'no-stop'
        | 'no-target'
        | 'leaving';
      readonly symbol: string;
    }
  | {
      readonly kind: 'leverage-range';
      readonly symbol: string;
      readonly leverage: number;
      readonly least: number;
      readonly most: number;
    }
  | {
      readonly kind: 'stop-side' | 'target-side';
      readonly symbol: string;
      readonly side: 'long' | 'short';
      readonly level: number;
      readonly price: number;
    }
  | {
      readonly kind: 'stop-widened';
      readonly symbol: string;
      readonly stop: number;
      readonly present: number;
    }
  | { readonly kind: 'confidence-range'; readonly symbol: string; readonly confidence: number }
  | { readonly kind: 'too-many-positions'; readonly symbol: string; readonly most: number };

/** A refusal in words; `nameOf` gives the name under which the model knows a symbol. */
export function signalRefusalText(refusal: SignalRefusal, nameOf: (symbol: string) => string): string {
  if ('coin' in refusal)
    return refusal.kind === 'unknown-coin'
      ? `${coinText(refusal.coin)} is not one of your symbols`
      : `${coinText(refusal.coin)} may be several of your symbols: use the full name`;
  return `${nameOf(refusal.symbol)}: ${whyText(refusal)}`;
}

type OfSymbol = Exclude<SignalRefusal, { coin: string }>;

function whyText(refusal: OfSymbol): string {
  switch (refusal.kind) {
    case 'said-twice':
      return 'named twice in one reply; the later signal counted';
    case 'already-held':
      return 'is held already; a position is not added to';
    case 'other-side-held':
      return 'is held on the other side; close it first';
    case 'not-held':
      return 'nothing is held that could be closed';
    case 'no-price':
      return 'has no bar at that time';
    case 'no-quantity':
      return 'quantity must be a number above 0';
    case 'no-leverage':
      return 'leverage must be a number';
    case 'no-stop':
      return 'stop_loss must be a price above 0';
    case 'no-target':
      return 'profit_target must be a price above 0';
    case 'leaving':
      return 'its invalidation condition came true at that close, so it was closed whatever the reply said';
    case 'leverage-range':
      return `leverage ${fixed(refusal.leverage, 2)} is outside ${String(refusal.least)} to ${String(refusal.most)}`;
    case 'stop-side':
      return `stop_loss ${priceText(refusal.level)} of a ${refusal.side} must be ${refusal.side === 'long' ? 'below' : 'above'} the price ${priceText(refusal.price)}`;
    case 'target-side':
      return `profit_target ${priceText(refusal.level)} of a ${refusal.side} must be ${refusal.side === 'long' ? 'above' : 'below'} the price ${priceText(refusal.price)}`;
    case 'stop-widened':
      return `stop_loss ${priceText(refusal.stop)} is farther away than ${priceText(refusal.present)}; a stop may only come closer`;
    case 'confidence-range':
      return `confidence ${fixed(refusal.confidence, 3)} is outside 0 to 1`;
    case 'too-many-positions':
      return `there may be ${String(refusal.most)} positions at most`;
  }
}

/** What a reply calls a coin comes from outside: only what looks like a ticker is said again. */
function coinText(coin: string): string {
  return /^[A-Z0-9]{1,10}(?:[-/][A-Z0-9]{1,6})?$/.test(coin) ? coin : 'a coin that you named';
}
