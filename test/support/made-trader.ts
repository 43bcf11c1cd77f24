import { createHash } from 'node:crypto';
import type { Script } from './model-server.js';

/** A script that trades: what it says follows from the prompt alone, so that the same prompt gets the same answer. */
export const madeTrader: Script = ({ user }) => {
  const chance = createHash('sha256').update(user).digest();
  const market = [...user.matchAll(/### (\S+)\ncurrent_price = ([0-9.]+)/g)].map((match) => ({
    coin: match[1] ?? '',
    price: Number(match[2]),
  }));
  const choice = market[(chance[1] ?? 0) % market.length];
  if (choice === undefined) return '{"ok": true}';
  if ((chance[0] ?? 0) < 8) return 'I would rather wait and see.';
  const { coin, price } = choice;
  const nothing = {
    quantity: null,
    leverage: null,
    profit_target: null,
    stop_loss: null,
    invalidation_condition: null,
    confidence: 0.5,
    risk_usd: null,
  };
  const buys = (chance[2] ?? 0) % 2 === 0;
  const decision = buys
    ? {
        coin,
        signal: 'buy',
        quantity: Number((2000 / price).toPrecision(3)),
        leverage: 1,
        profit_target: price * 1.05,
        stop_loss: price * 0.97,
        invalidation_condition: 'the trend turns',
        confidence: 0.6,
        risk_usd: 60,
      }
    : { coin, signal: 'close_position', ...nothing };
  return JSON.stringify({ reasoning: 'made', decisions: [decision] });
};
