import type { ParsedReply } from '../core/strategies/llm/parse-reply.js';
import type { TradeSignal } from '../core/strategies/llm/trade-signal.js';

/**
 * What must hold for whatever a reply says, judged without the parser: every coin and every number of a signal is in the
 * reply, a number as a whole ("1150.5" does not hold 115), and no coin has two signals. Undefined when all of it holds.
 */
export function brokenReplyLaw(reply: string, parsed: ParsedReply): string | undefined {
  if (parsed.kind === 'unusable') return parsed.why === '' ? 'unusable without a reason' : undefined;
  if (parsed.kind === 'no-action') return undefined;
  const text = withAsciiSigns(reply);
  const upper = text.toUpperCase();
  const numbers = numbersIn(text);
  const coins = new Set<string>();
  for (const signal of parsed.signals) {
    if (!upper.includes(signal.coin)) return `the coin ${signal.coin} is not in the reply`;
    if (coins.has(signal.coin)) return `the coin ${signal.coin} has two signals`;
    coins.add(signal.coin);
    for (const [field, number] of figuresOf(signal))
      if (number !== null && !numbers.has(number))
        return `${signal.coin}: ${field} ${String(number)} is not in the reply`;
  }
  return coins.size === 0 ? 'signals without a signal' : undefined;
}

function figuresOf(signal: TradeSignal): [string, number | null][] {
  const { quantity, leverage, profitTarget, stopLoss, confidence, riskUsd } = signal;
  return Object.entries({ quantity, leverage, profitTarget, stopLoss, confidence, riskUsd });
}

/** Full-width digits, points, commas and signs are digits to people. */
function withAsciiSigns(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
}

function numbersIn(text: string): Set<number> {
  const numbers = new Set<number>();
  for (const [said] of text.matchAll(/[+-]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/g)) {
    const number = Number(said.replaceAll(',', ''));
    numbers.add(number + 0);
    // A minus before it may be a dash or a bullet.
    if (/^[+-]/.test(said)) numbers.add(Math.abs(number));
  }
  return numbers;
}
