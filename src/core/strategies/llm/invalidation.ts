/**
 * The conditions under which a model wants to give a position up, as far as a machine can test them. The whole text
 * has to be of one known form with one figure, one comparison and one number; anything else ("or", "for two bars",
 * another timeframe, a word that is not in the list) stays text that only the model reads. It never guesses.
 */
export interface Condition {
  /** `close`, or a figure of the prompt, e.g. `rsi7`. */
  readonly metric: string;
  readonly op: 'below' | 'above';
  readonly value: number;
}

export interface ConditionContext {
  readonly timeframeMs: number;
  /** Figures that the prompt shows, e.g. `rsi7`; a figure without its period counts where there is one of it. */
  readonly metrics: readonly string[];
  /** What the position's own symbol may be called. */
  readonly aliases: readonly string[];
}

const MAX_CHARS = 300;
const NUMBER = '\\$?(?<value>\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)(?: ?usdt?)?(?!\\w|[.,]\\d|%)';
const OPERATOR =
  '(?<op>below|under|<|less than|lower than|above|over|>|greater than|higher than|exceeds|exceeding)';
const TIMEFRAME = '(?<count>\\d{1,3})[ -]?(?<unit>m|min|minute|h|hr|hour|d|day)s?';
const BAR = '(?:candles?|bars?|candlesticks?|charts?|timeframes?|closes?|basis)';
const VERB =
  '(?:closes|close|closing|breaks|drops|falls|dips|rises|moves|goes|trades|crosses|is|closed|broke|dropped|fell)';

/** Says again or why, and adds nothing: without a number, and without a word that could join another condition. */
const REMARK =
  '(?:,? (?:indicating|confirming|signaling|signalling|suggesting|invalidating|showing)(?<remark> [a-z -]+)| ?\\((?<aside>[a-z -]+)\\))';
const JOINING =
  /\b(?:or|and|if|unless|while|when|but|except|with|without|after|before|until|also|either|both|not|no|then|within|for)\b/;

const FORM = new RegExp(
  `^(?:(?:exit|close|invalid|invalidated) )?(?:if |when |once )?(?:the )?(?<subject>.{1,40}?) ${OPERATOR} ${NUMBER}` +
    `(?: (?:on|in|at|by) (?:the |an? |any )?${TIMEFRAME}(?: ${BAR})?| ${TIMEFRAME.replaceAll('?<count>', '?<count2>').replaceAll('?<unit>', '?<unit2>')} ${BAR})?` +
    `${REMARK}?\\.?$`,
);
const PRICE = new RegExp(
  `^(?:(?<name>.+?) )??(?:${TIMEFRAME} )?(?:price|close|closing price|candle|bar|candle close|bar close|close price)?(?: ?${VERB})?$`,
);
const FIGURE = new RegExp(
  `^(?<figure>[a-z]+) ?[-(]?(?<period>\\d{1,3})?\\)?(?: ?[-(]?(?<period2>\\d{1,3})[ -]?period\\)?)?(?: ${VERB})?$`,
);

export function parseInvalidation(text: string, context: ConditionContext): Condition | undefined {
  if (text.length > MAX_CHARS) return undefined;
  const said = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const found = FORM.exec(said)?.groups;
  if (found === undefined) return undefined;
  const { subject = '', op = '', value = '', count, unit, count2, unit2, remark = '', aside = '' } = found;
  if (JOINING.test(remark) || JOINING.test(aside)) return undefined;
  if (!isOwnTimeframe(count ?? count2, unit ?? unit2, context)) return undefined;
  const metric = metricOf(subject, context);
  const number = Number(value.replaceAll(',', ''));
  if (metric === undefined || (metric === 'close' && !(number > 0))) return undefined;
  return { metric, op: BELOW.has(op) ? 'below' : 'above', value: number };
}

/** False where the figure is not known: a condition that cannot be tested has not come true. */
export function holds({ op, value }: Condition, figure: number): boolean {
  return op === 'below' ? figure < value : figure > value;
}

const BELOW = new Set(['below', 'under', '<', 'less than', 'lower than']);

function metricOf(subject: string, context: ConditionContext): string | undefined {
  const price = PRICE.exec(subject)?.groups;
  if (price !== undefined) {
    const { name, count, unit } = price;
    // "drops below 30" alone may speak of anything.
    const isPrice = name === undefined ? SAYS_PRICE.test(subject) : isAlias(name, context);
    if (isPrice) return isOwnTimeframe(count, unit, context) ? 'close' : undefined;
  }
  const figure = FIGURE.exec(subject)?.groups;
  if (figure?.['figure'] === undefined) return undefined;
  const { figure: name, period, period2 } = figure;
  if (period !== undefined && period2 !== undefined && period !== period2) return undefined;
  return onlyMetric(name, period ?? period2, context.metrics);
}

const SAYS_PRICE = /price|clos|candle|bar/;

function isAlias(name: string, { aliases }: ConditionContext): boolean {
  return aliases.some((alias) => alias.toLowerCase() === name);
}

function onlyMetric(
  name: string,
  period: string | undefined,
  metrics: readonly string[],
): string | undefined {
  const fits = metrics.filter((metric) =>
    period === undefined ? metric.replace(/\d+$/, '') === name : metric === `${name}${period}`,
  );
  return fits.length === 1 ? fits[0] : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A timeframe that is not named is the contestant's own. */
function isOwnTimeframe(
  count: string | undefined,
  unit: string | undefined,
  { timeframeMs }: ConditionContext,
): boolean {
  if (count === undefined || unit === undefined) return true;
  return Number(count) * (UNIT_MS[unit.charAt(0)] ?? NaN) === timeframeMs;
}
