import type { PositionView } from '../strategy.js';
import { FENCED_WORDS, fenceText } from './fence-text.js';
import type { PromptInput } from './prompt-template.js';
import { fixed, priceText, quantityText, signedPercent } from './show-figures.js';
import { type ExitPlan, sharpeOfDecisions } from './trader-memory.js';

/** The account: return, cash, value, a record for each position, Sharpe ratio. */
export function accountSection(input: PromptInput): string {
  const { observation, memory } = input;
  const { portfolio } = observation;
  const start = memory.start?.equityUsd ?? portfolio.equityUsd;
  const sharpe = sharpeOfDecisions(memory, observation.nowMs);
  const records = observation.symbols.flatMap((symbol, i) => {
    const position = portfolio.position(i);
    return position === undefined ? [] : [positionRecord(input, i, position, memory.plans[symbol])];
  });
  return [
    '## YOUR ACCOUNT',
    `Total return: ${start > 0 ? signedPercent(portfolio.equityUsd / start - 1) : 'n/a'}`,
    `Available cash: ${fixed(portfolio.cashUsd, 2)}`,
    `Account value: ${fixed(portfolio.equityUsd, 2)}`,
    `Positions: ${records.length === 0 ? 'none' : String(records.length)}`,
    ...records,
    `Sharpe ratio: ${sharpe === undefined ? 'n/a' : fixed(sharpe, 3)}`,
  ].join('\n');
}

function positionRecord(
  input: PromptInput,
  index: number,
  position: PositionView,
  plan: ExitPlan | undefined,
): string {
  const { entryPrice, markPrice, quantity, stopPrice, targetPrice } = position;
  const size = Math.abs(quantity);
  const fields: [string, string][] = [
    ['symbol', JSON.stringify(input.names.shown[index] ?? '')],
    ['side', quantity > 0 ? '"long"' : '"short"'],
    ['quantity', quantityText(size)],
    ['entry_price', priceText(entryPrice)],
    ['current_price', priceText(markPrice)],
    ['liquidation_price', priceText(position.liquidationPrice)],
    ['unrealized_pnl', fixed(quantity * (markPrice - entryPrice), 2)],
    ['leverage', fixed(position.leverage, 2)],
    ['profit_target', priceText(targetPrice)],
    ['stop_loss', priceText(stopPrice)],
    ['confidence', fixed(plan?.confidence ?? NaN, 2)],
    ['risk_usd', fixed(plan?.riskUsd ?? NaN, 2)],
    ['loss_at_stop_usd', fixed(quantity * (entryPrice - stopPrice), 2)],
    ['notional_usd', fixed(size * markPrice, 2)],
  ];
  if (position.staleBars > 0) fields.push(['bars_since_price', String(position.staleBars)]);
  return `{${fields.map(([name, text]) => `"${name}": ${text === 'n/a' ? '"n/a"' : text}`).join(', ')}}`;
}

/** The conditions that the model gave for what it holds, in its own words, which are as foreign as anybody's. */
export function conditionsSection(input: PromptInput): string {
  const { observation, memory } = input;
  const blocks = observation.symbols.flatMap((symbol, i) => {
    const plan = memory.plans[symbol];
    if (plan === undefined || observation.portfolio.position(i) === undefined) return [];
    const name = input.names.shown[i] ?? '';
    const words = [plan.invalidation, plan.entryReason === '' ? '' : `at entry: ${plan.entryReason}`];
    const said = words.filter((line) => line !== '');
    if (said.length === 0) return [`${name}: no condition was given.`];
    return [fenceText(`${FENCED_WORDS} ${name}`, said.join('\n')), `${name}: ${testText(input, i, plan)}`];
  });
  return [
    '## INVALIDATION CONDITIONS YOU GAVE',
    ...(blocks.length === 0 ? ['None: nothing is held with a plan of yours.'] : blocks),
  ].join('\n');
}

function testText({ leaving }: PromptInput, index: number, { condition }: ExitPlan): string {
  if (condition === null) return 'not tested by a machine; judge it yourself.';
  const test = `${condition.metric} ${condition.op} ${String(condition.value)}`;
  return leaving.has(index)
    ? `tested at every close as "${test}": it holds now, and the position is closed at the next open.`
    : `tested at every close as "${test}": it does not hold now.`;
}
